"""The mail log: what was sent to whom, and why something was not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import page
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.listings.mail import MAIL


@page("mail/", Permission.MEMBER_MANAGE, menu=Menu(Group.RECORDS, __("Mail"), "mail"))
def mail(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The mails of the account, newest first. Their texts are not kept."""
    extras = Extras(
        lead=_("What was mailed to your members. Texts are not kept once a mail is sent or given up."),
        empty=_("Invitations, links and notices appear here when they are sent."),
    )
    return list_page(request, MAIL, caller, extras)
