"""Amounts, instants and months as the wire has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta

from openpartner.core.base.scope import Scope
from openpartner.core.billing import queries
from openpartner.core.billing.queries import BillFilter, By, Dimension
from openpartner.tencent.base import RefusedAs

CURRENCY = "USD"
"""The vendor's one currency (tencent:D.0.1)."""
BAD_MONTH = "InvalidParameterValue.InvalidMonth"
EIGHT_HOURS = timedelta(hours=8)
SECOND_LENGTH = len("2026-11-21 08:00:00")

Month = Annotated[str, Meta(pattern=r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])\Z"), RefusedAs(BAD_MONTH)]
NONE = Decimal(0)


def padded(amount: Decimal | None) -> str:
    """With eight decimals, as summaries have it: 148.40000000."""
    return f"{amount or NONE:.8f}"


def plain(amount: Decimal | None) -> str:
    """Without zeros at the end, as details have it: 0.003585."""
    text = f"{amount or NONE:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def second(moment: datetime | None) -> str:
    """UTC+8, as every instant of this vendor; a line of another cloud may have none."""
    return str(moment + EIGHT_HOURS)[:SECOND_LENGTH] if moment else ""


def sums(scope: Scope, where: BillFilter, by: Sequence[By], amounts: Sequence[str]) -> list[tuple[Any, ...]]:
    """What `queries.sums` gives, of one currency.

    The wire has no field for it, and amounts of several are no sum: where a bill has more than one, sums are over what
    is in US dollars, and details show every line with its own.
    """
    rows = queries.sums(scope, where, (Dimension.CURRENCY, *by), amounts)
    currencies = {row[0] for row in rows}
    return [row[1:] for row in rows if len(currencies) == 1 or row[0] == CURRENCY]


def total(scope: Scope, where: BillFilter, amount: str) -> Decimal:
    """The sum of one amount; 0 when there is no line."""
    return sum((row[-1] for row in sums(scope, where, (), (amount,))), NONE)
