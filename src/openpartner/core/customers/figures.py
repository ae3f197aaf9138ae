"""The channel in figures: how many customers, since when, with whom, and how many want attention."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import ExtractMonth, ExtractYear

from openpartner.core.accounts.models import Account, AssociationCount
from openpartner.core.base.compiled import snapshot
from openpartner.core.base.scope import Scope
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.matching import customers
from openpartner.core.customers.pages import is_counted
from openpartner.core.customers.queries import CustomerRows
from openpartner.kit import clock
from openpartner.kit.slices import Page, Slice

KEYS = CustomerRows("pk")


@dataclass(frozen=True, slots=True)
class Month:
    """How many of today's customers were bound in a month of the reader's time zone."""

    year: int
    month: int
    customers: int


@dataclass(frozen=True, slots=True)
class PartnerFigure:
    """How many customers a partner has."""

    account_id: str
    uin: int
    name: str
    customers: int


def how_many(scope: Scope, where: CustomerFilter) -> Page[Any]:
    """The number of customers that match as `total`; more than 10,000 may be told as 10,000 and `more`."""
    return KEYS.page(scope, where, Slice(0, 1), order="-associated", exact=False)


def customers_by_month(scope: Scope, months: int, zone: tzinfo) -> list[Month]:
    """The last months of a time zone, oldest first, those without a customer too. Read from counters where there are.

    A month begins at its first day's midnight in the zone, as the days do that lists are asked by.
    """
    today = clock.now().astimezone(zone)
    last = today.year * 12 + today.month - 1
    shown = range(last - months + 1, last + 1)
    found = _counted_months(scope, shown, zone) if is_counted(scope) else _read_months(scope, shown, zone)
    return [Month(one // 12, one % 12 + 1, found.get(one, 0)) for one in shown]


def customers_by_partner(scope: Scope, top: int) -> list[PartnerFigure]:
    """The partners with the most customers among those the scope shows, largest first; empty without counters."""
    if not is_counted(scope):
        return []
    rows = AssociationCount.objects.within(scope).order_by().values("partner").annotate(n=Sum("customers"))
    largest = {row["partner"]: row["n"] for row in rows.filter(n__gt=0).order_by("-n", "partner")[:top]}
    partners = Account.objects.everything(reason="the counters are within the scope").in_bulk(largest)
    return [
        PartnerFigure(one.account_id, one.uin, one.called, count)
        for one, count in ((partners[key], count) for key, count in largest.items())
    ]


def _counted_months(scope: Scope, shown: range, zone: tzinfo) -> dict[int, int]:
    """Counters are of months of UTC: whoever was bound between the two beginnings of a month is in the other one."""
    with snapshot():
        rows = AssociationCount.objects.within(scope).filter(month__gte=shown.start).order_by()
        found = Counter(dict(rows.values("month").annotate(n=Sum("customers")).values_list("month", "n")))
        for month in range(shown.start, shown.stop + 1):
            ours, utc = _begin(month, zone), _begin(month, UTC)
            if ours == utc:
                continue
            between = customers(scope).filter(associated_at__gte=min(ours, utc), associated_at__lt=max(ours, utc))
            moved = between.order_by().count() * (1 if ours < utc else -1)
            found[month] += moved
            found[month - 1] -= moved
    return found


def _begin(month: int, zone: tzinfo) -> datetime:
    """The first instant of a month, year * 12 + month - 1, of a zone."""
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=zone).astimezone(UTC)


def _read_months(scope: Scope, shown: range, zone: tzinfo) -> dict[int, int]:
    """The same from the customers themselves: an account manager has a few hundred."""
    rows = customers(scope).filter(associated_at__gte=_begin(shown.start, zone)).order_by()
    rows = rows.annotate(y=ExtractYear("associated_at", tzinfo=zone), m=ExtractMonth("associated_at", tzinfo=zone))
    grouped = rows.values("y", "m").annotate(n=Count("pk")).values_list(F("y") * 12 + F("m") - 1, "n")
    return dict(grouped)
