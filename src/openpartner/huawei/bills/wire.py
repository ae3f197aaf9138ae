"""Parameters that bill operations share: months, days, pages, and what a blank value means to each (huawei:C9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated

from django.conf import settings
from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_INVALID, NULL_IS_ABSENT, On, Presence
from openpartner.core.base.errors import ChannelError, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import Site
from openpartner.core.billing.months import first_day, last_day, month_of, month_of_day, month_text
from openpartner.core.billing.queries import BillFilter
from openpartner.huawei.base import OFFSET_MAX
from openpartner.huawei.bills import codes
from openpartner.huawei.errors import NOT_MY_CUSTOMER
from openpartner.kit import clock

BILLS_CLOSED = "CBC.18000016"
TOO_MANY_INDEPENDENT = "CBC.18000048"
INDEPENDENT_MAX = 1000
MASTER_RAISES: Mapping[type[ChannelError], str] = {NotAllowed: BILLS_CLOSED}
"""What a customer's bill operation raises: the partner has closed the view of bills (huawei:C8)."""
PARTNER_RAISES: Mapping[type[ChannelError], str] = {NotVisible: NOT_MY_CUSTOMER}

EVEN_BLANK_FILTERS = Presence(null=On.KEEP, empty=On.KEEP, bare=On.KEEP)
"""No filter when absent; blank, empty and null are values to compare with."""
NULL_FILTERS = Presence(null=On.KEEP, empty=On.REJECT, bare=On.ABSENT)
EMPTY_AND_NULL_FILTER = Presence(null=On.KEEP, empty=On.KEEP, bare=On.ABSENT)
EMPTY_FILTERS = Presence(null=On.REJECT, empty=On.KEEP, bare=On.ABSENT)
NULL_OR_BARE_IS_ABSENT = Presence(null=On.ABSENT, empty=On.REJECT, bare=On.ABSENT)

Cycle = Annotated[str, Meta(max_length=10), BLANK_IS_INVALID]
Code = Annotated[str, Meta(max_length=64)]
LongCode = Annotated[str, Meta(max_length=256)]
Day = Annotated[str, Meta(max_length=20)]
Number = Annotated[int, Meta(ge=0, le=OFFSET_MAX)]
Limit = Annotated[Annotated[int, Meta(ge=1, le=1000)], NULL_IS_ABSENT]
Offset = Annotated[Annotated[int, Meta(ge=0, le=OFFSET_MAX)], NULL_IS_ABSENT]

UNCOLLECTED = frozenset({"", "null", "-1"})
"""How the pages spell the project of what belongs to none: null on one, -1 on the other (SDK, mbc_00004)."""
CURRENCIES: Mapping[str, str] = {Site.INTL: "USD", Site.EU: "EUR", Site.CN: "CNY"}
MAJOR_UNIT = 1
"""The measure unit of every amount (huawei:C5)."""


def cycle_month(field: str, text: str) -> int:
    """The bill month of a parameter, which lies in the history that is kept (huawei:B15, huawei:E6).

    vendor doc silent: the answer about an older month or one to come; it is refused, because an empty bill would be a
    wrong one.
    """
    try:
        month = month_of(text)
    except ValueError as error:
        raise Invalid(field, "must be a month such as 2026-01") from error
    oldest = this_month() - settings.OPENPARTNER.bill_history_months
    if month < oldest:
        raise Invalid(field, f"lies before {month_text(oldest)}, where the history begins")
    if month > this_month():
        raise Invalid(field, "is a month to come")
    return month


def this_month() -> int:
    """The current bill month: Beijing's."""
    return month_of_day(today())


def today() -> date:
    """The current day in Beijing."""
    return clock.now().astimezone(clock.BEIJING).date()


def day_of(field: str, text: str) -> date:
    """The day of a parameter such as 2026-01-31."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(field, "must be a day such as 2026-01-31") from error
    if day.isoformat() != text:
        raise Invalid(field, "must be a day such as 2026-01-31")
    return day


def days_within(month: int, names: tuple[str, str], begin: str | None, end: str | None) -> tuple[date, date] | None:
    """The days of a pair of parameters, which lie in the month; None unless both are given, as documented."""
    if begin is None or end is None:
        return None
    since, until = day_of(names[0], begin), day_of(names[1], end)
    for name, day in zip(names, (since, until), strict=True):
        if not first_day(month) <= day <= last_day(month):
            raise Invalid(name, f"must lie in {month_text(month)}")
    if since > until:
        raise Invalid(names[0], f"must not be after {names[1]}")
    return since, until


def chargings(field: str, code: int | None) -> dict[str, tuple[str, ...]]:
    """The condition of a charge mode, none without one."""
    if code is None:
        return {}
    if code not in codes.CHARGINGS:
        raise Invalid(field, "must be 1, 3, 10 or 11")
    return {"charging": codes.CHARGINGS[code]}


def bill_types(field: str, code: int | None) -> tuple[codes.Conditions, codes.Conditions]:
    """The conditions of a detail's bill type, what lines have and have not; none without one."""
    if code is None:
        return {}, {}
    if code not in codes.ACTIONS:
        raise Invalid(field, "is not a bill type")
    return codes.of_bill_type(code)


def project(text: str | None) -> dict[str, tuple[str, ...]]:
    """The condition of an enterprise project."""
    if text is None:
        return {}
    return {"project_id": ("",) if text in UNCOLLECTED else (text,)}


def texts(**columns: str | None) -> dict[str, tuple[str, ...]]:
    """Equality on each column whose value is given; the empty text stands for nothing."""
    return {column: (value,) for column, value in columns.items() if value is not None}


def charge_mode_text(field: str, text: str | None) -> dict[str, tuple[str, ...]]:
    """The condition of a charge mode that travels as a text; a blank one is no charge mode."""
    if text is None:
        return {}
    return chargings(field, int(text) if text.isascii() and text.isdigit() else -1)


def trades(where: BillFilter, trade_id: str | None) -> list[BillFilter]:
    """The conditions of a trade, an order or a transaction; they exclude one another."""
    if trade_id is None:
        return [where]
    if not trade_id:
        return [replace(where, equal={**where.equal, "order_id": ("",), "transaction_id": ("",)})]
    return [
        replace(where, equal={**where.equal, "order_id": (trade_id,)}),
        replace(
            where,
            equal={**where.equal, "transaction_id": (trade_id,)},
            without={**where.without, "order_id": (trade_id,)},
        ),
    ]


def resource_types(wheres: Sequence[BillFilter], code: str | None) -> list[BillFilter]:
    """The conditions of a resource type, which for lines of a cloud that has none is the product."""
    if code is None:
        return list(wheres)
    ways = [{"resource_type_code": ("",), "product_code": (code,)}]
    if code:
        ways.append({"resource_type_code": (code,)})
    return [replace(where, equal={**where.equal, **equal}) for where in wheres for equal in ways]
