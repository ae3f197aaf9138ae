"""The start page: what needs attention, and the channel in figures."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.bill_imports import is_provider
from openpartner.console.menu import Group, Menu
from openpartner.console.page import page
from openpartner.core.audit.queries import EventFilter, events
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind, Suspension
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing.unassigned import has_unassigned, unassigned_accounts
from openpartner.core.customers.figures import (
    PartnerFigure,
    customers_by_month,
    customers_by_partner,
    how_many,
)
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import count_customers
from openpartner.core.partners.queries import viewed
from openpartner.core.vouchers.records import ListedFilter, listed_applications
from openpartner.core.vouchers.vocabulary import VoucherState
from openpartner.kit import clock
from openpartner.kit.masks import mask_name
from openpartner.kit.slices import Page
from openpartner.listings.declare import Words
from openpartner.listings.words import SUSPENSIONS

MONTHS = 12
PARTNERS = 8
EVENTS = 6
RECENT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Task:
    """Something that wants attention: how many, and the list of them."""

    label: Words
    count: str
    address: str
    icon: str
    tone: str = "warn"


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart draws, and the table that says the same."""

    name: str
    title: Words
    kind: str
    unit: Words
    labels: list[str]
    values: list[int]
    addresses: list[str] = field(default_factory=list)

    @property
    def drawing(self) -> dict[str, Any]:
        """What the script reads."""
        return {
            "kind": self.kind,
            "unit": str(self.unit),
            "labels": self.labels,
            "values": self.values,
            "addresses": self.addresses,
        }

    @property
    def script(self) -> str:
        """The id of the element that carries it."""
        return f"data-{self.name}"

    @property
    def rows(self) -> list[tuple[str, int]]:
        """The table's rows."""
        return list(zip(self.labels, self.values, strict=True))


@dataclass(frozen=True, slots=True)
class Number:
    """A figure, what it counts, and the list behind it."""

    label: Words
    value: str
    note: Words
    address: str


@page("", None, menu=Menu(Group.START, __("Home"), "home", "h"))
def home(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Figures of what the person may see; without the right to see customers, the frame alone."""
    values: dict[str, Any] = {"caller": caller}
    if Permission.CUSTOMER_READ in caller.permissions and caller.kind is not AccountKind.CUSTOMER:
        # What the first tab of the list of customers shows, so that each figure is the list it leads to.
        own = caller.own() if caller.kind is AccountKind.DISTRIBUTOR else viewed(caller)
        values |= {"figures": _figures(own, caller), "charts": _charts(own, caller), "tasks": _tasks(own, caller)}
    if Permission.CUSTOMER_READ in caller.permissions and caller.kind is AccountKind.CUSTOMER:
        values["own_page"] = reverse("customer", args=[caller.account_id])
    if Permission.AUDIT_READ in caller.permissions:
        values["events"] = events(caller.scope, EventFilter()).order_by("-at", "-pk")[:EVENTS]
    return render(request, "console/home.html", values)


def _figures(scope: Scope, caller: Caller) -> list[Number]:
    begin = _begin_of_day(RECENT_DAYS)
    recent = how_many(scope, CustomerFilter(associated_from=begin))
    earlier = CustomerFilter(
        associated_from=_begin_of_day(2 * RECENT_DAYS), associated_until=begin - timedelta(microseconds=1)
    )
    before = how_many(scope, earlier)
    suspended = how_many(scope, CustomerFilter(is_suspended=True))
    note = _("%(count)s in the 30 days before") % {"count": _told(before)}
    found = [
        Number(__("Customers"), f"{count_customers(scope):,}", __("bound today"), _list()),
        Number(__("New in 30 days"), _told(recent), note, _list(associated_from=f"{begin:%Y-%m-%d}")),
        Number(__("Suspended"), _told(suspended), __("in any way"), _list(is_suspended="yes")),
    ]
    if caller.kind is AccountKind.DISTRIBUTOR and viewed(caller) != scope:
        indirect = f"{count_customers(caller.scope) - count_customers(scope):,}"
        found.append(Number(__("Resellers' customers"), indirect, __("bound today"), _list(tab="indirect")))
    else:
        verified = how_many(scope, CustomerFilter(is_verified=True))
        found.append(
            Number(__("Real name verified"), _told(verified), __("of all customers"), _list(is_verified="yes"))
        )
    return found


def _begin_of_day(days_ago: int) -> datetime:
    """The first instant of a day where the reader is: lists are asked by whole days."""
    day = timezone.localtime(clock.now()).date() - timedelta(days=days_ago)
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def _tasks(scope: Scope, caller: Caller) -> list[Task]:
    """What somebody should look at, most pressing first; what there is none of is left out."""
    found = [
        _task(scope, __("Suspended with resources"), "lock", "bad", suspension=Suspension.ACCOUNT_AND_RESOURCES),
        _task(scope, __("Suspended"), "lock", "warn", suspension=Suspension.ACCOUNT),
        _task(scope, __("Real name not verified"), "roles", "warn", is_verified=False),
    ]
    if caller.kind.is_partner:
        found.append(_task(scope, __("Without an account manager"), "people", "calm", is_assigned=False))
    if is_provider(caller) and Permission.IMPORT in caller.permissions and has_unassigned(caller.account):
        count = f"{len(unassigned_accounts(caller)):,}"
        found.append(Task(__("Cloud accounts without a customer"), count, reverse("unassigned"), "link"))
    if is_provider(caller) and Permission.VOUCHER_READ in caller.permissions:
        where = ListedFilter(state=VoucherState.UNDER_REVIEW)
        if waiting := listed_applications(caller.scope, where).count():
            address = f"{reverse('voucher_applications')}?state={VoucherState.UNDER_REVIEW:d}"
            found.append(Task(__("Vouchers to approve or reject"), f"{waiting:,}", address, "tag"))
    return [task for task in found if task is not None]


def _task(scope: Scope, label: Words, icon: str, tone: str, **condition: bool | Suspension) -> Task | None:
    """How many customers meet one condition, and the list of them; None when there are none."""
    found = how_many(scope, CustomerFilter(**condition))  # type: ignore[arg-type]  # by name
    if not found.total:
        return None
    query = {name: _spelled(value) for name, value in condition.items()}
    return Task(label, _told(found), _list(**query), icon, tone)


def _spelled(value: object) -> str:
    """A condition's value as the addresses of lists spell it."""
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:d}"


def _charts(scope: Scope, caller: Caller) -> list[Chart]:
    months = customers_by_month(scope, MONTHS, timezone.get_current_timezone())
    charts = [
        Chart(
            name="months",
            title=_("Customers by month of association"),
            kind="columns",
            unit=_("Customers"),
            labels=[f"{one.year}-{one.month:02}" for one in months],
            values=[one.customers for one in months],
            addresses=[_month(one.year, one.month) for one in months],
        )
    ]
    charts.append(_states(scope))
    partners = customers_by_partner(viewed(caller), PARTNERS)
    if len(partners) > 1:
        charts.append(
            Chart(
                name="partners",
                title=_("Customers by partner"),
                kind="bars",
                unit=_("Customers"),
                labels=[_partner_label(one, caller) for one in partners],
                values=[one.customers for one in partners],
                addresses=_partner_pages(partners, caller),
            )
        )
    return charts


def _states(scope: Scope) -> Chart:
    """How many customers stand how: the suspended ones are few and counted, the others are the rest."""
    stopped = {one: count_customers(scope, CustomerFilter(suspension=one)) for one in Suspension if one}
    counts = {Suspension.NONE: count_customers(scope) - sum(stopped.values()), **stopped}
    return Chart(
        name="states",
        title=_("Customers by status"),
        kind="bars",
        unit=_("Customers"),
        labels=[str(SUSPENSIONS[one]) for one in counts],
        values=list(counts.values()),
        addresses=[_list(suspension=int(one)) for one in counts],
    )


def _partner_label(one: PartnerFigure, caller: Caller) -> str:
    """One's own name; of another what every list shows of it, and the uin that tells it from others."""
    return one.name if one.account_id == caller.account_id else f"{mask_name(one.name)} {one.uin}"


def _partner_pages(partners: list[PartnerFigure], caller: Caller) -> list[str]:
    """The pages of partners, for those who may open them; the caller's own customers for itself."""
    if Permission.PARTNER_READ not in caller.permissions:
        return []
    own = caller.account_id
    return [_list() if one.account_id == own else reverse("reseller", args=[one.account_id]) for one in partners]


def _told(found: Page[Any]) -> str:
    """A count as people read it; with a plus where counting stopped."""
    return f"{found.total:,}{'+' if found.more else ''}"


def _list(**query: object) -> str:
    """The address of the customers that a query string finds."""
    address = reverse("customers")
    return f"{address}?{urlencode(query)}" if query else address


def _month(year: int, month: int) -> str:
    last = calendar.monthrange(year, month)[1]
    return _list(associated_from=f"{year}-{month:02}-01", associated_until=f"{year}-{month:02}-{last:02}")
