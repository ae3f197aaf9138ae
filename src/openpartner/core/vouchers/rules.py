"""Which vouchers pay a charge, in which order, and how much each: pure rules (tencent:E.4).

A charge is paid by the vouchers that may pay it: the one that runs out first, then the one that pays less of it, then
the one with less on it. Refunds are never paid by vouchers and never give any back; neither are overdue debts and
frozen amounts, which are no charges.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from openpartner.core.vouchers.vocabulary import PaymentMode, Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What is to be paid, in millionths, and what it is for."""

    micros: int
    at: datetime
    is_prepaid: bool = False
    is_refund: bool = False
    service: str = ""
    product: str = ""
    partner: int = 0
    currency: str = "USD"


@dataclass(slots=True, kw_only=True)
class Purse:
    """A voucher as far as picking goes. `micros` is what is left on it; `take` changes it."""

    key: int
    micros: int
    valid_from: datetime
    valid_until: datetime
    payment_mode: PaymentMode = PaymentMode.ALL
    reach: Reach = Reach.ALL
    services: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    is_reusable: bool = True
    is_spent: bool = False
    """Paid once, where it pays once only."""
    partner: int = 0
    currency: str = "USD"

    def pays(self, charge: Charge) -> bool:
        """Whether it may pay any of the charge."""
        return (
            charge.micros > 0
            and not charge.is_refund
            and self.micros > 0
            and not self.is_spent
            and self.partner == charge.partner
            and self.currency == charge.currency
            and self.valid_from <= charge.at < self.valid_until
            and self._fits_mode(charge)
            and self.covers(charge.service, charge.product)
        )

    def covers(self, service: str, product: str) -> bool:
        """Whether the product is in its reach: a code names a service or a product below it."""
        if self.services and service not in self.services:
            return False
        if self.reach is Reach.EXCLUDED:
            return service not in self.products and product not in self.products
        if self.reach is Reach.LISTED or self.products:
            return not self.products.isdisjoint((service, product))
        return True

    def _fits_mode(self, charge: Charge) -> bool:
        wanted = PaymentMode.PREPAID if charge.is_prepaid else PaymentMode.POSTPAID
        return self.payment_mode in {PaymentMode.ALL, wanted}


@dataclass(frozen=True, slots=True)
class Part:
    """What one voucher pays of a charge."""

    key: int
    micros: int


def take(purses: Iterable[Purse], charge: Charge) -> list[Part]:
    """Pay as much of the charge as the vouchers may, changing what is left on them; returns who paid what, in order."""
    able = [one for one in purses if one.pays(charge)]
    able.sort(key=lambda one: (one.valid_until, min(one.micros, charge.micros), one.micros, one.key))
    left, parts = charge.micros, []
    for purse in able:
        part = min(purse.micros, left)
        if not part:
            break
        purse.micros -= part
        purse.is_spent = not purse.is_reusable
        left -= part
        parts.append(Part(purse.key, part))
    return parts
