"""The amounts that budgets, quotas and transfers take: above zero, two decimals, as Huawei's pages say."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.base.errors import Invalid
from openpartner.kit.money import Money

AMOUNT_MAX = 2_147_483_647
"""huawei:E1."""
PLACES = 2


def checked(field: str, amount: Decimal, currency: str, *, from_zero: bool = False) -> Money:
    """The amount as money; Invalid outside of (0, 2147483647] or with more than two decimals."""
    if not amount.is_finite():
        raise Invalid(field, "is not an amount")
    if amount > AMOUNT_MAX or amount < 0 or (amount == 0 and not from_zero):
        raise Invalid(field, f"must be {'from' if from_zero else 'above'} 0 and at most {AMOUNT_MAX}")
    if amount != round(amount, PLACES):
        raise Invalid(field, "has more than two decimals")
    return Money.of(round(amount, PLACES), currency)
