"""The list of customers (seed 003, huawei:B3, tencent:B.2)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

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
)
def customers(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The customers the signed-in person may see."""
    extras = Extras(
        bulk=bulk_for(caller) if caller.kind.is_partner and request.GET.get("tab", "own") == "own" else [],
        snippets=lambda where: for_customers(where, caller),
        empty=_("Customers appear here when they are bound to you."),
    )
    return list_page(request, CUSTOMERS, caller, extras)
