"""Account managers: how many customers each looks after, and how many have nobody (huawei:B11)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.asked import number_in
from openpartner.console.audiences import is_partner
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import page
from openpartner.core.access.users import get_user
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import count_customers
from openpartner.listings.managers import MANAGERS


@page(
    "account-managers/",
    Permission.CUSTOMER_ASSIGN,
    menu=Menu(Group.ORGANIZATION, __("Account managers"), "managers"),
    is_for=is_partner,
    is_list=True,
)
def managers(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Everybody to whom customers can be assigned."""
    total = count_customers(caller.own())
    unassigned = count_customers(caller.own(), CustomerFilter(is_assigned=False))
    extras = Extras(
        lead=_("Choose customers in their list to assign them. What is spent from then on is the manager's."),
        above="console/organization/managers_figures.html",
        values={
            "unassigned": unassigned,
            "assigned": total - unassigned,
            "unassigned_address": f"{reverse('customers')}?is_assigned=no",
            "assigned_address": f"{reverse('customers')}?is_assigned=yes",
        },
    )
    return list_page(request, MANAGERS, caller, extras)


@page("account-managers/<str:user>/", Permission.CUSTOMER_ASSIGN, is_for=is_partner)
def manager(_request: HttpRequest, caller: Caller, user: str) -> HttpResponse:
    """The customers of one account manager, in the list of customers."""
    found = get_user(caller.scope, number_in(user, "user"))
    return HttpResponseRedirect(f"{reverse('customers')}?manager={found.pk}")
