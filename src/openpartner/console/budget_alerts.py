"""Budget alerts (huawei:B16): what was told, and who of the partner's is told by e-mail."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.audiences import is_partner
from openpartner.console.credit_policy import has_policy
from openpartner.console.form_page import Ask
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, LISTING, page
from openpartner.console.recipients import recipients_page
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.commands import set_recipients
from openpartner.core.budgets.queries import recipients
from openpartner.listings.budget_alerts import BUDGET_ALERTS


@page(
    "budgets/alerts/",
    Permission.CREDIT_READ,
    menu=Menu(Group.MONEY, __("Budget alerts"), "bell"),
    methods=LISTING,
    is_for=is_partner,
    is_list=True,
)
def budget_alerts(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Every alert about customers' budgets; a distributor's those of its resellers' customers too."""
    can_set = has_policy(caller) and Permission.CREDIT_WRITE in caller.permissions
    extras = Extras(
        lead=_("When customers have used 75, 90 and 100 % of their budgets, at list price."),
        buttons=[Button(_("Recipients"), reverse("edit_budget_recipients"), "mail")] if can_set else [],
        empty=_("No budget has come near its end yet."),
    )
    return list_page(request, BUDGET_ALERTS, caller, extras)


@page("budgets/alerts/recipients/", Permission.CREDIT_WRITE, methods=FORM, is_for=has_policy)
def edit_budget_recipients(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Say who is told, instead of the account's own address."""
    ask = Ask(
        title=_("Recipients of budget alerts"),
        effects=[
            _("They are told of the budgets of all customers you see. Customers are not told."),
            _("A reseller and its distributor have recipients of their own."),
        ],
        submit=_("Save"),
        back=reverse("budget_alerts"),
        back_label=_("Budget alerts"),
    )
    return recipients_page(
        request,
        caller,
        ask,
        now=recipients(caller.account),
        change=lambda emails: set_recipients(caller, emails=emails),
    )
