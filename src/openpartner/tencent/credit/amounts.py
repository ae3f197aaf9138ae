"""Amounts of credit on the wire: numbers, exact in both directions (tencent:D.0.1)."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.credit.allocations import CHANGE_MAX
from openpartner.core.credit.purses import currency_at
from openpartner.kit.money import MICROS_PER_UNIT, Money, decimal_of, plain

CENT = Decimal("0.01")


def number(micros: int) -> Decimal:
    """Units without needless decimals: 1000.1."""
    return Decimal(plain(micros, decimals=0))


def in_cents(micros: int) -> Decimal:
    """Units with two decimals."""
    # vendor doc silent: how it is cut to cents. Downwards, so that nobody is told more than there is.
    return decimal_of(micros).quantize(CENT, rounding=ROUND_FLOOR)


def change_of(caller: Caller, amount: Decimal, field: str) -> Money:
    """The amount that a request gives, in the caller's currency. Invalid beyond a trillion or six decimals."""
    # Compared before anything is computed: an exponent of a billion is quickly written.
    if not amount.is_finite() or abs(amount) > CHANGE_MAX // MICROS_PER_UNIT:
        raise Invalid(field, "is larger than may be changed at once")
    try:
        return Money.of(amount, currency_at(caller.site))
    except ValueError as error:
        # vendor doc silent: finer than a millionth; refused rather than rounded, because it is money.
        raise Invalid(field, str(error)) from error
