"""Bill months as numbers: year * 12 + month - 1, in the source's own billing period."""

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def month_of(text: str) -> int:
    """The month of a text such as 2026-11. ValueError when it is anything else."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return int(found[1]) * 12 + int(found[2]) - 1


def month_of_day(day: date) -> int:
    """The month a day lies in."""
    return day.year * 12 + day.month - 1


def month_text(month: int) -> str:
    """The spelling of a month: 2026-11."""
    return f"{month // 12:04}-{month % 12 + 1:02}"


def first_day(month: int) -> date:
    """The first day of a month."""
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    """The last day of a month."""
    return first_day(month + 1) - timedelta(days=1)
