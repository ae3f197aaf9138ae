"""The history of associations (huawei:B7): an administrator's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import LISTING, page
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.listings.association_records import ASSOCIATION_RECORDS
from openpartner.listings.customers import closed_indirect
from openpartner.listings.declare import Words


def _is_seller(caller: Caller) -> bool:
    return caller.kind is not AccountKind.CUSTOMER


def sees_association_records(caller: Caller) -> bool:
    """Whether the caller may open the page."""
    return _is_seller(caller) and Permission.AUDIT_READ in caller.permissions


@page(
    "association-records/",
    Permission.AUDIT_READ,
    menu=Menu(Group.SALES, _("Association records"), "link"),
    methods=LISTING,
    is_for=_is_seller,
    is_list=True,
)
def association_records(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Which customers were bound and released, when and by whom."""
    extras = Extras(
        lead=_lead(caller),
        empty=_("Every customer that is bound or released leaves a record here."),
    )
    return list_page(request, ASSOCIATION_RECORDS, caller, extras)


def _lead(caller: Caller) -> Words:
    closed = closed_indirect(caller) if caller.kind is AccountKind.DISTRIBUTOR else ""
    return closed or _("Every customer that was bound or released, also those that have left since.")
