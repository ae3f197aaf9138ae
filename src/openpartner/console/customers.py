"""The list of customers (seed 003, huawei:B3, tencent:B.2)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openpartner.console.actions import Button
from openpartner.console.association_records import sees_association_records
from openpartner.console.audiences import is_no_customer, is_partner
from openpartner.console.bulk import bulk_for
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import LISTING, page
from openpartner.console.snippets import for_customers
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.listings.customers import CUSTOMERS


@page(
    "customers/",
    Permission.CUSTOMER_READ,
    menu=Menu(Group.SALES, _("Customers"), "customers", "c"),
    methods=LISTING,
    is_list=True,
    is_for=is_no_customer,
)
def customers(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The customers the signed-in person may see."""
    records = Button(_("Association records"), reverse("association_records"), "link")
    extras = Extras(
        buttons=[*([records] if sees_association_records(caller) else []), *_inviting(caller)],
        bulk=bulk_for(caller) if caller.kind.is_partner and request.GET.get("tab", "own") == "own" else [],
        snippets=lambda where: for_customers(where, caller),
        empty=_("Customers appear here when they are bound to you."),
    )
    return list_page(request, CUSTOMERS, caller, extras)


def _inviting(caller: Caller) -> list[Button]:
    """Where a partner who may asks for more of them."""
    if not is_partner(caller) or Permission.CUSTOMER_CREATE not in caller.permissions:
        return []
    return [Button(_("Invite a customer"), reverse("invite_one"), "plus", is_primary=True)]
