"""What time says: since when requests are counted, and when one is approved."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta

COUNTED_MONTHS = 3
"""huawei:A3: requests are counted over three months."""
MIGRATION_DAYS = 30
"""How long a migration waits for everybody's word, as long as an invitation does."""


def months_before(moment: datetime, months: int) -> datetime:
    """The same day and time so many months ago, or the last day of that month.

    >>> months_before(datetime(2026, 5, 31, 8), 3)
    datetime.datetime(2026, 2, 28, 8, 0)
    """
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def due_after(asked: datetime, days: int | None) -> datetime | None:
    """When a request is approved by time, None where it never is."""
    return None if days is None else asked + timedelta(days=days)
