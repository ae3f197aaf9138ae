"""Sums of bill lines that several pages show, kept for as long as no month they are of has changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from openpartner.core.base.scope import Scope
from openpartner.core.billing.manifest import MonthInfo
from openpartner.core.billing.queries import BillFilter, By, months, sums

KEPT = 48
KEPT_ROWS = 200_000
Sums = list[tuple[Any, ...]]

_lock = Lock()
_kept: OrderedDict[tuple[Any, ...], Sums] = OrderedDict()


@dataclass(frozen=True, slots=True)
class AsOf:
    """What has to be said beside figures: of which state the least certain month is, and when it last changed."""

    state: str
    """estimated, final or restated; empty when no month has been published."""
    at: datetime | None
    months: tuple[MonthInfo, ...] = ()

    def of_month(self, month: int) -> str:
        """The state of one month."""
        return as_of([one for one in self.months if one.month == month]).state


def summed(scope: Scope, where: BillFilter, by: Sequence[By], amounts: Sequence[str]) -> Sums:
    """As `queries.sums`: a row for each group. What was read is kept until a month is published again."""
    published = tuple(
        (one.cloud, one.month, one.version, one.published_at)
        for one in months(scope, first=where.first_month, last=where.last_month, clouds=where.clouds)
    )
    if not published:
        return []
    if scope.manager is not None:  # whose customers change without a bill
        return sums(scope, where, by, amounts)
    key = (scope, repr(where), tuple(by), tuple(amounts), published)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = sums(scope, where, by, amounts)
    if len(found) <= KEPT_ROWS:
        with _lock:
            _kept[key] = found
            while len(_kept) > KEPT or sum(map(len, _kept.values())) > 2 * KEPT_ROWS:
                _kept.popitem(last=False)
    return found


def state_of(scope: Scope, first: int, last: int, clouds: Sequence[str] = (), customer: int | None = None) -> AsOf:
    """The state of the months that a figure is of."""
    return as_of(months(scope, first=first, last=last, clouds=clouds, customer=customer))


def as_of(found: Sequence[MonthInfo]) -> AsOf:
    """The least certain state of some months, and the last time one of them changed."""
    words = {one.word for one in found}
    state = next((word for word in ("estimated", "restated", "final") if word in words), "")
    return AsOf(state, max((one.published_at for one in found), default=None), tuple(found))
