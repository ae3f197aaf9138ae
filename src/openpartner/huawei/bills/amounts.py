"""The amounts of a line or of a sum of lines, as Huawei divides them (huawei:E6).

Both identities hold whatever a source delivered: official = discount + truncated + payable, and payable is what it was
paid with, where what nobody says to be paid is owed.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

COLUMNS = (
    "list_cost",
    "truncated",
    "cost_after_discount",
    "voucher_deduction",
    "flexible_coupon_paid",
    "stored_card_paid",
    "bonus_paid",
    "cash_paid",
    "credit_paid",
    "adjusted",
)
"""What is read of the lake for them."""
NOTHING = Decimal(0)


class Amounts(NamedTuple):
    """In the currency's major unit, with eight decimals."""

    official: Decimal
    discount: Decimal
    truncated: Decimal
    payable: Decimal
    coupon: Decimal
    flexible: Decimal
    stored_card: Decimal
    bonus: Decimal
    cash: Decimal
    credit: Decimal
    debt: Decimal
    adjusted: Decimal

    @property
    def balances(self) -> list[tuple[str, Decimal]]:
        """What each kind of balance paid, by Huawei's name for it; without those that paid nothing."""
        found = (
            ("BALANCE_TYPE_DEBIT", self.cash),
            ("BALANCE_TYPE_CREDIT", self.credit),
            ("BALANCE_TYPE_BONUS", self.bonus),
            ("BALANCE_TYPE_COUPON", self.coupon),
            ("BALANCE_TYPE_RCASH_COUPON", self.flexible),
            ("BALANCE_TYPE_STORED_VALUE_CARD", self.stored_card),
        )
        return [(name, paid) for name, paid in found if paid]


def amounts_of(values: Sequence[Decimal]) -> Amounts:
    """From the values of COLUMNS, in their order."""
    # A sum of nothing is spelled 0, not 0E-8.
    official, truncated, payable, coupon, flexible, stored_card, bonus, cash, credit, adjusted = (
        value or NOTHING for value in values
    )
    paid = coupon + flexible + stored_card + bonus + cash + credit + adjusted
    return Amounts(
        official,
        (official - truncated - payable) or NOTHING,
        truncated,
        payable,
        coupon,
        flexible,
        stored_card,
        bonus,
        cash,
        credit,
        (payable - paid) or NOTHING,
        adjusted,
    )


def total_of(amounts: Sequence[Amounts]) -> Amounts:
    """Their sums, each for itself."""
    if len(amounts) == 1:
        return amounts[0]
    return Amounts(*(sum(column, NOTHING) for column in zip(*amounts, strict=True))) if amounts else EMPTY


EMPTY = Amounts(*[NOTHING] * len(Amounts._fields))
