"""The audit log: what happened, who did it, and whether it can still be bent."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.asked import number_in
from openpartner.console.detail_page import detail_page
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import page
from openpartner.core.audit.queries import get_event, last_sealed_at
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.listings.audit import AUDIT
from openpartner.listings.organization_words import DOORS, EVENTS


@page("audit-log/", Permission.AUDIT_READ, menu=Menu(Group.RECORDS, __("Audit log"), "audit"), is_list=True)
def audit_log(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What concerns the caller's account and whoever it looks after."""
    extras = Extras(
        above="console/organization/sealed.html",
        values={"sealed_at": last_sealed_at()},
        lead=_("What was done, by whom and through which door. Nobody can change or remove it."),
    )
    return list_page(request, AUDIT, caller, extras)


@page("audit-log/<str:event>/", Permission.AUDIT_READ)
def audit_event(request: HttpRequest, caller: Caller, event: str) -> HttpResponse:
    """One event in full."""
    found = get_event(caller.scope, number_in(event, "event"))
    return detail_page(
        request,
        caller,
        "organization/audit_event",
        title=EVENTS.get(found.action, found.action),
        back=("audit_log", _("Audit log")),
        values={"event": found, "door": DOORS.get(found.via, found.via), "details": readable(found.details)},
    )


def readable(details: str) -> list[tuple[str, str]]:
    """The details of an event by name, each value as one line."""
    found = json.loads(details)
    return [(name.replace("_", " ").replace("-", " "), _spelled(value)) for name, value in found.items()]


def _spelled(value: object) -> str:
    match value:
        case None | "" | []:
            return "—"
        case bool():
            return _("yes") if value else _("no")
        case str():
            return value.replace(",", ", ") if " " not in value else value
        case list():
            return ", ".join(map(_spelled, value))
        case dict():
            return "; ".join(f"{name}: {_spelled(one)}" for name, one in value.items())
    return str(value)
