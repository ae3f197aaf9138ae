"""The log of SMS: what was sent to whom, and why something was not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import page
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.listings.sms import SMS


@page("sms/", Permission.MEMBER_MANAGE, menu=Menu(Group.RECORDS, __("SMS"), "message"), is_list=True)
def sms(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The SMS that were sent because somebody of the account asked for them, newest first."""
    extras = Extras(
        lead=_("What was sent by SMS at your request. Texts are not kept once an SMS is sent or given up."),
        empty=_("Codes appear here when they are sent."),
    )
    return list_page(request, SMS, caller, extras)
