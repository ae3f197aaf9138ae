"""How long a contract lasts and when it can be renewed or let go, as arithmetic on instants (tencent:A.1)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MONTHS_OF_YEAR = 12


@dataclass(frozen=True, slots=True)
class Terms:
    """The calendar of an agreement that ends."""

    months: int
    """How long a period lasts."""
    renewable_days: int
    """From how many days before its end it can be renewed by hand."""
    settled_days: int
    """How many days before its end it renews itself, and from when on nobody can ask that it does not."""


YEARLY = Terms(months=12, renewable_days=45, settled_days=30)
"""tencent:A.1: twelve months, renewable from 45 days before the end, renewed by itself 30 days before."""


class Phase(StrEnum):
    """Where a period stands."""

    RUNNING = "running"
    """It can be asked not to renew, and is not renewable yet."""
    RENEWABLE = "renewable"
    """It can be renewed, and still be asked not to."""
    SETTLED = "settled"
    """It has renewed itself, or ends; an ending one can still be renewed by hand."""
    OVER = "over"


def period_end(since: datetime, terms: Terms) -> datetime:
    """When a period that begins at an instant ends: the same day months later, or that month's last.

    >>> from datetime import UTC
    >>> period_end(datetime(2028, 2, 29, 9, tzinfo=UTC), YEARLY).isoformat()
    '2029-02-28T09:00:00+00:00'
    """
    months = since.year * MONTHS_OF_YEAR + since.month - 1 + terms.months
    year, month = divmod(months, MONTHS_OF_YEAR)
    day = min(since.day, calendar.monthrange(year, month + 1)[1])
    return since.replace(year=year, month=month + 1, day=day)


def renewable_from(until: datetime, terms: Terms) -> datetime:
    """The first instant at which a period that ends then can be renewed by hand."""
    return until - timedelta(days=terms.renewable_days)


def settled_from(until: datetime, terms: Terms) -> datetime:
    """The instant at which it renews itself."""
    return until - timedelta(days=terms.settled_days)


def phase(until: datetime, terms: Terms, moment: datetime) -> Phase:
    """Where a period that ends at `until` stands at a moment; each phase begins at its first instant."""
    if moment >= until:
        return Phase.OVER
    if moment >= settled_from(until, terms):
        return Phase.SETTLED
    if moment >= renewable_from(until, terms):
        return Phase.RENEWABLE
    return Phase.RUNNING
