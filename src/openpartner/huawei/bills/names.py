"""The words of an answer: names of codes in the caller's language, units, periods, and instants."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from openpartner.core.catalogue.entries import Level, seeded
from openpartner.core.catalogue.units import unit_called

ONE = Decimal(1)
PERIODS = {
    **dict.fromkeys(("year", "years", "y", "年", "19"), 19),
    **dict.fromkeys(("month", "months", "mon", "月", "20"), 20),
    **dict.fromkeys(("day", "days", "d", "天", "日", "24"), 24),
    **dict.fromkeys(("hour", "hours", "h", "小时", "时", "25"), 25),
    **dict.fromkeys(("one-off", "once", "一次性", "5"), 5),
}
"""The period types of bills (huawei:E5) by the ways sources spell their units."""


@lru_cache(maxsize=8192)
def name_of(cloud: str, level: Level, code: str, given: str, language: str) -> str | None:
    """The name of a code: the catalogue's in the language, else the one that came with the line, else the code."""
    entry = seeded(cloud, level).get(("", code)) if code else None
    return (entry.name(language) if entry else given or code) or None


class ResourceType(NamedTuple):
    """What Huawei calls a resource type: the line's, or of a cloud that has none its product."""

    code: str
    name: str | None


def resource_type(
    cloud: str, code: str | None, given: str | None, product: str | None, product_name: str | None, language: str
) -> ResourceType:
    """The resource type of a line, and its name."""
    if code:
        return ResourceType(code, name_of(cloud, Level.RESOURCE_TYPE, code, given or "", language))
    return ResourceType(product or "", name_of(cloud, Level.PRODUCT, product or "", product_name or "", language))


def period_type(unit: str | None) -> int | None:
    """The period type of a duration's unit; None when the unit is none of Huawei's periods."""
    return PERIODS.get(unit.strip().casefold()) if unit else None


def measure_of(unit: str | None) -> int | None:
    """The number of a measure unit by its name or abbreviation; None when Huawei numbers none such."""
    found = unit_called(unit) if unit else None
    return found.id if found else None


def instant(moment: datetime | None) -> str | None:
    """Huawei's spelling of an instant of the lake, which is UTC without a zone."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def plain(quantity: Decimal | None) -> Decimal | None:
    """A quantity without the zeros that the lake keeps behind it."""
    if quantity is None:
        return None
    short = quantity.normalize()
    return short if short.as_tuple().exponent <= 0 else short.quantize(ONE)  # type: ignore[operator]  # of a number
