"""The start page: what needs attention, and the channel in figures."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.home_tasks import awaited, customers_where, standing_badly, told
from openpartner.console.joining.applying import is_waiting, standing
from openpartner.console.menu import Group, Menu
from openpartner.console.page import page
from openpartner.core.audit.queries import EventFilter, events
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind, Suspension
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.customers.figures import (
    PartnerFigure,
    customers_by_month,
    customers_by_partner,
    how_many,
)
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import count_customers
from openpartner.core.partners.queries import viewed
from openpartner.kit import clock
from openpartner.kit.masks import mask_name
from openpartner.listings.declare import Words
from openpartner.listings.words import SUSPENSIONS

MONTHS = 12
PARTNERS = 8
EVENTS = 6
RECENT_DAYS = 30


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
        values |= {
            "figures": _figures(own, caller),
            "charts": _charts(own, caller),
            "tasks": [*awaited(caller), *standing_badly(own, caller)],
        }
    if is_waiting(request, caller):
        return render(request, "console/joining/home.html", standing(request, caller))
    if Permission.CUSTOMER_READ in caller.permissions and caller.kind is AccountKind.CUSTOMER:
        values["own_page"] = reverse("customer", args=[caller.account_id])
        values["tasks"] = awaited(caller)
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
    note = _("%(count)s in the 30 days before") % {"count": told(before)}
    found = [
        Number(__("Customers"), f"{count_customers(scope):,}", __("bound today"), customers_where()),
        Number(__("New in 30 days"), told(recent), note, customers_where(associated_from=f"{begin:%Y-%m-%d}")),
        Number(__("Suspended"), told(suspended), __("in any way"), customers_where(is_suspended="yes")),
    ]
    if caller.kind is AccountKind.DISTRIBUTOR and viewed(caller) != scope:
        indirect = f"{count_customers(caller.scope) - count_customers(scope):,}"
        found.append(Number(__("Resellers' customers"), indirect, __("bound today"), customers_where(tab="indirect")))
    else:
        verified = how_many(scope, CustomerFilter(is_verified=True))
        found.append(
            Number(__("Real name verified"), told(verified), __("of all customers"), customers_where(is_verified="yes"))
        )
    return found


def _begin_of_day(days_ago: int) -> datetime:
    """The first instant of a day where the reader is: lists are asked by whole days."""
    day = timezone.localtime(clock.now()).date() - timedelta(days=days_ago)
    return datetime.combine(day, time.min, timezone.get_current_timezone())


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
        addresses=[customers_where(suspension=int(one)) for one in counts],
    )


def _partner_label(one: PartnerFigure, caller: Caller) -> str:
    """One's own name; of another what every list shows of it, and the uin that tells it from others."""
    return one.name if one.account_id == caller.account_id else f"{mask_name(one.name)} {one.uin}"


def _partner_pages(partners: list[PartnerFigure], caller: Caller) -> list[str]:
    """The pages of partners, for those who may open them; the caller's own customers for itself."""
    if Permission.PARTNER_READ not in caller.permissions:
        return []
    own = caller.account_id
    return [
        customers_where() if one.account_id == own else reverse("reseller", args=[one.account_id]) for one in partners
    ]


def _month(year: int, month: int) -> str:
    last = calendar.monthrange(year, month)[1]
    return customers_where(associated_from=f"{year}-{month:02}-01", associated_until=f"{year}-{month:02}-{last:02}")
