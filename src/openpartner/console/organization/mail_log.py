"""The mail log: what was sent to whom, and why something was not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.asked import number_in
from openpartner.console.detail_page import detail_page
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import page
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.mail.queries import get_mail
from openpartner.listings.mail import MAIL
from openpartner.listings.organization_words import DELIVERIES, DELIVERY_TONES, MAILS


@page("mail/", Permission.MEMBER_MANAGE, menu=Menu(Group.RECORDS, __("Mail"), "mail"), is_list=True)
def mail(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The mails of the account, newest first. Their texts are not kept."""
    extras = Extras(
        lead=_("What was mailed to your members. Texts are not kept once a mail is sent or given up."),
        empty=_("Invitations, links and notices appear here when they are sent."),
    )
    return list_page(request, MAIL, caller, extras)


@page("mail/<str:mail>/", Permission.MEMBER_MANAGE)
def mail_page(request: HttpRequest, caller: Caller, mail: str) -> HttpResponse:
    """One mail: how it was sent, or why it was not."""
    found = get_mail(caller.scope, number_in(mail, "mail"))
    return detail_page(
        request,
        caller,
        "organization/mail",
        title=MAILS.get(found.template, found.template),
        back=("mail", _("Mail")),
        values={"mail": found, "state": DELIVERIES[found.state], "tone": DELIVERY_TONES[found.state]},
    )
