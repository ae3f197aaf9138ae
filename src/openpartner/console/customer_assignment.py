"""Customer assignment: who looks after whom, many at once, with the history of each manager (huawei:B11)."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Bulk, Button
from openpartner.console.asked import number_in
from openpartner.console.bulk import answer
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import LISTING, action, page
from openpartner.core.access.models import User
from openpartner.core.access.users import get_user
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.bulk import RowResult, assign_managers
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import count_customers
from openpartner.listings.assignments import ASSIGNED_CUSTOMERS, ASSIGNMENT, ASSIGNMENTS, UNASSIGNED_CUSTOMERS
from openpartner.listings.shown import ShownRow

NOBODY_THERE = __("Account managers must exist in Organization first: invite them under Members.")


def assigns(caller: Caller) -> bool:
    """Whether the caller has customers of its own to assign, and sees all of them."""
    return caller.kind.is_partner and caller.scope.manager is None


@page(
    "customer-assignment/",
    Permission.CUSTOMER_ASSIGN,
    menu=Menu(Group.SALES, __("Customer assignment"), "managers"),
    is_for=assigns,
    is_list=True,
)
def customer_assignment(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Everybody who can look after customers, and how many each has."""
    total = count_customers(caller.own())
    unassigned = count_customers(caller.own(), CustomerFilter(is_assigned=False))

    def buttons(row: ShownRow) -> list[Button]:
        return [
            Button(_("Assign customers"), reverse("assign_to_manager", args=[row.identity]), "plus"),
            Button(_("History"), reverse("manager_history", args=[row.identity]), "jobs"),
        ]

    extras = Extras(
        lead=_(
            "What a customer spends while it is assigned belongs to its manager: details and dashboards count from the "
            "moment of the assignment, daily summaries from the day after."
        ),
        buttons=[Button(_("Members"), reverse("members"), "people")]
        if Permission.MEMBER_MANAGE in caller.permissions
        else [],
        above="console/organization/managers_figures.html",
        row_buttons=buttons,
        empty=NOBODY_THERE,
        values={
            "unassigned": unassigned,
            "assigned": total - unassigned,
            "unassigned_address": f"{reverse('customers')}?is_assigned=no",
            "assigned_address": f"{reverse('customers')}?is_assigned=yes",
        },
    )
    return list_page(request, ASSIGNMENT, caller, extras)


@page("customer-assignment/<str:user>/", Permission.CUSTOMER_ASSIGN, methods=LISTING, is_for=assigns, is_list=True)
def assigned_customers(request: HttpRequest, caller: Caller, user: str) -> HttpResponse:
    """The customers of one account manager, to be looked at and taken away."""
    person = _person(caller, user)
    new = Button(_("Assign customers"), reverse("assign_to_manager", args=[person.pk]), "plus", is_primary=True)
    extras = Extras(
        title=_("Customers of %(name)s") % {"name": person.name},
        lead=_("Who is unassigned keeps its history, and can be assigned to somebody else."),
        back=_back(),
        fixed={"manager": str(person.pk)},
        buttons=[
            *([new] if person.is_active else []),
            Button(_("History"), reverse("manager_history", args=[person.pk]), "jobs"),
        ],
        bulk=[Bulk(_("Unassign"), reverse("unassign_chosen", args=[person.pk]), "close")],
        empty=_("Nobody is assigned to this account manager."),
    )
    return list_page(request, ASSIGNED_CUSTOMERS, caller, extras)


@page(
    "customer-assignment/<str:user>/assign/", Permission.CUSTOMER_ASSIGN, methods=LISTING, is_for=assigns, is_list=True
)
def assign_to_manager(request: HttpRequest, caller: Caller, user: str) -> HttpResponse:
    """The customers that nobody looks after, to choose from: no others can be assigned here (huawei:B11)."""
    person = _person(caller, user)
    if not person.is_active:
        raise Conflict(_("this person is disabled: customers are assigned to others"))
    extras = Extras(
        title=_("Assign customers to %(name)s") % {"name": person.name},
        lead=_("Customers without an account manager. What they spend from now on is the manager's."),
        back=(reverse("assigned_customers", args=[person.pk]), person.name),
        fixed={"is_assigned": "no"},
        bulk=[Bulk(_("Assign"), reverse("assign_unassigned", args=[person.pk]), "check")],
        empty=_("Everybody is looked after."),
    )
    return list_page(request, UNASSIGNED_CUSTOMERS, caller, extras)


@page(
    "customer-assignment/<str:user>/history/", Permission.CUSTOMER_ASSIGN, methods=LISTING, is_for=assigns, is_list=True
)
def manager_history(request: HttpRequest, caller: Caller, user: str) -> HttpResponse:
    """Whom one account manager looked after, since when and until when."""
    person = _person(caller, user)
    extras = Extras(
        lead=_("%(name)s: in daily summaries the first day of an assignment is the day after it began.")
        % {"name": person.name},
        back=(reverse("assigned_customers", args=[person.pk]), person.name),
        fixed={"manager": str(person.pk)},
        empty=_("Nobody was assigned to this account manager so far."),
    )
    return list_page(request, ASSIGNMENTS, caller, extras)


@action("customer-assignment/<str:user>/assign/chosen/", Permission.CUSTOMER_ASSIGN, is_for=assigns)
def assign_unassigned(request: HttpRequest, caller: Caller, user: str) -> HttpResponse:
    """Assign the chosen customers; those that somebody else has got meanwhile stay theirs."""
    person = _person(caller, user)

    def act(chosen: Sequence[str]) -> list[RowResult]:
        return assign_managers(caller, account_ids=chosen, manager=person.pk, only_unassigned=True)

    form = forms.Form(request.POST if "confirm" in request.POST else None)
    return answer(request, caller, form, _("Assign to %(name)s") % {"name": person.name}, act)


@action("customer-assignment/<str:user>/unassign/", Permission.CUSTOMER_ASSIGN, is_for=assigns)
def unassign_chosen(request: HttpRequest, caller: Caller, user: str) -> HttpResponse:
    """Take the chosen customers from an account manager."""
    _person(caller, user)

    def act(chosen: Sequence[str]) -> list[RowResult]:
        return assign_managers(caller, account_ids=chosen, manager=None)

    form = forms.Form(request.POST if "confirm" in request.POST else None)
    return answer(request, caller, form, _("Unassign"), act)


def _person(caller: Caller, user: str) -> User:
    return get_user(caller.scope, number_in(user, "user"))


def _back() -> tuple[str, str]:
    return reverse("customer_assignment"), _("Customer assignment")
