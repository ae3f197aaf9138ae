"""Far pages: the monthly counters say in which month a row stands, so that a page is reached without walking to it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet, Sum

from openpartner.core.accounts.models import NEWEST_FIRST, AssociationCount
from openpartner.core.base.compiled import Compiled, marks_for
from openpartner.core.base.scope import Scope
from openpartner.core.customers.matching import listed

NEAR = 1_000
"""Rows that are skipped one by one rather than asking the counters."""
Months = list[tuple[int, int]]
"""Months and how many customers each has, newest first."""
OLDEST_FIRST = tuple(name.removeprefix("-") for name in NEWEST_FIRST)


def is_counted(scope: Scope) -> bool:
    """Whether the counters speak about exactly this scope."""
    shape = scope.shape
    return len(shape) == 1 and shape[0] in AssociationCount.scope_columns


def total_of(scope: Scope) -> int:
    """How many customers a counted scope shows."""
    return int(_total(scope.shape[0])(*scope.values)[0][0] or 0)


def far_page(scope: Scope, offset: int, limit: int) -> tuple[list[int], int]:
    """The keys of one slice of all customers of a counted scope, newest first, and how many customers there are.

    Read inside a snapshot: counters and rows must be of one moment.
    """
    months: Months = _months(scope.shape[0])(*scope.values)
    total = sum(count for _, count in months)
    end = min(offset + limit, total)
    if offset >= total:
        return [], total
    month, above = _month_of_row(months, offset)
    from_newest = offset - above
    last_month, above_last = _month_of_row(months, end - 1)
    below_last = total - above_last - next(count for month, count in months if month == last_month)
    from_oldest = total - below_last - end
    # Whichever end of a month is nearer: thus the last pages are read from the end of the list.
    if from_newest <= from_oldest:
        rows = _from(scope.shape[0], newest_first=True)(*scope.values, _begin(month + 1), end - offset, from_newest)
        return [row[0] for row in rows], total
    rows = _from(scope.shape[0], newest_first=False)(*scope.values, _begin(last_month), end - offset, from_oldest)
    return [row[0] for row in reversed(rows)], total


def _month_of_row(months: Months, place: int) -> tuple[int, int]:
    """The month in which the row of this place stands, and how many rows are newer than the month."""
    above = 0
    for month, count in months:
        if place < above + count:
            return month, above
        above += count
    raise AssertionError("the place is below the total")


def _begin(month: int) -> datetime:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)


@lru_cache(maxsize=8)
def _total(level: str) -> Compiled:
    def build(mark: int) -> QuerySet[Any, Any]:
        return total_rows(level, mark)

    return Compiled(build, *marks_for([int]), empty=[(0,)])


def total_rows(level: str, key: int) -> QuerySet[Any, Any]:
    """The sum of the counters of a level, as a query of one number."""
    rows = AssociationCount.objects.within(Scope(**{level: key}))
    grouped = rows.order_by().values(AssociationCount.scope_columns[level]).annotate(n=Sum("customers"))
    summed: QuerySet[Any, Any] = grouped.values_list("n")
    return summed


@lru_cache(maxsize=8)
def _months(level: str) -> Compiled:
    def build(mark: int) -> QuerySet[Any, Any]:
        rows = AssociationCount.objects.within(Scope(**{level: mark}))
        return rows.values("month").annotate(n=Sum("customers")).order_by("-month").values_list("month", "n")

    return Compiled(build, *marks_for([int]))


@lru_cache(maxsize=16)
def _from(level: str, *, newest_first: bool) -> Compiled:
    def build(key: int, moment: datetime) -> QuerySet[Any, Any]:
        rows = listed((level,), (), [key])
        if newest_first:
            return rows.filter(associated_at__lt=moment).order_by(*NEWEST_FIRST).values_list("pk")
        return rows.filter(associated_at__gte=moment).order_by(*OLDEST_FIRST).values_list("pk")

    return Compiled(build, *marks_for([int, datetime]), limit=True)
