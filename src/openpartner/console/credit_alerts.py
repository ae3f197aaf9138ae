"""Balance alerts (tencent:B.2): what was told, and who of the partner's is told by e-mail."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.credit_policy import has_policy
from openpartner.console.form_page import Ask
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, LISTING, page
from openpartner.console.recipients import recipients_page
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.recipients import recipients, set_credit_recipients
from openpartner.listings.credit_notices import CREDIT_NOTICES


@page(
    "credit/alerts/",
    Permission.CREDIT_READ,
    menu=Menu(Group.MONEY, __("Balance alerts"), "alert"),
    methods=LISTING,
    is_list=True,
)
def credit_alerts(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Every alert about customers' credit, or about one's own."""
    can_set = has_policy(caller) and Permission.CREDIT_WRITE in caller.permissions
    extras = Extras(
        lead=_("When available credit falls to 25, 10 or 0 % of the total, or to a customer's own percentages."),
        buttons=[Button(_("Recipients"), reverse("edit_credit_recipients"), "mail")] if can_set else [],
        empty=_("Nothing had to be told yet."),
    )
    return list_page(request, CREDIT_NOTICES, caller, extras)


@page("credit/alerts/recipients/", Permission.CREDIT_WRITE, methods=FORM, is_for=has_policy)
def edit_credit_recipients(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Say who is told, instead of the account's own address."""
    ask = Ask(
        title=_("Recipients of balance alerts"),
        effects=[
            _("They are told of all of your direct customers. Each customer is told of its own credit besides."),
            _("Percentages of one customer are set on its page."),
        ],
        submit=_("Save"),
        back=reverse("credit_alerts"),
        back_label=_("Balance alerts"),
    )
    return recipients_page(
        request,
        caller,
        ask,
        now=recipients(caller.account),
        change=lambda emails: set_credit_recipients(caller, emails=emails),
    )
