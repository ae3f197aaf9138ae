"""Exact amounts: whole millionths of a currency's unit, and how anything finer is rounded to them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Final

MICROS_PER_UNIT: Final = 1_000_000
DECIMALS: Final = 6
MICROS_MAX: Final = 2**63 - 1
"""What a column of 64 bits holds: 9.2 trillion units."""
_DIGITS: Final = 60
_MAGNITUDE_MAX: Final = 40
"""Powers of ten beyond which nothing fits into 64 bits, or shows in millionths."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact amount of one currency, counted in millionths of its unit. Amounts of two currencies never meet."""

    currency: str
    micros: int

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> Money:
        """The amount, exactly. ValueError with more than six decimals: whoever rounds says how."""
        return cls(currency, exact_micros(Decimal(amount)))

    @property
    def amount(self) -> Decimal:
        """The amount in units, with six decimals."""
        return decimal_of(self.micros)

    @property
    def spoken(self) -> str:
        """For a sentence that people read: in groups of three, with its currency."""
        whole, _point, part = plain(abs(self.micros)).partition(".")
        sign = "\N{MINUS SIGN}" if self.micros < 0 else ""
        return f"{sign}{int(whole):,}.{part} {self.currency}"

    def __add__(self, other: Money) -> Money:
        return Money(self.currency, self.micros + self._like(other))

    def __sub__(self, other: Money) -> Money:
        return Money(self.currency, self.micros - self._like(other))

    def __neg__(self) -> Money:
        return Money(self.currency, -self.micros)

    def __str__(self) -> str:
        return f"{plain(self.micros)} {self.currency}"

    def _like(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{other.currency} is not {self.currency}")
        return other.micros


def exact_micros(amount: Decimal) -> int:
    """Millionths of an amount that has no finer part. ValueError otherwise, and when 64 bits do not hold it."""
    micros, residue = rounded_micros(amount)
    if residue:
        raise ValueError(f"{amount} has more than {DECIMALS} decimals")
    return micros


def rounded_micros(amount: Decimal) -> tuple[int, Decimal]:
    """Millionths, rounded half to even, and what was left out: `amount = micros / 10**6 + residue`, exactly.

    ValueError when 64 bits do not hold it, or when it is no number.
    """
    if not amount.is_finite():
        raise ValueError(f"{amount} is not an amount")
    # Before anything is computed: an exponent of a million is quickly written, and long to spell out.
    if amount and amount.adjusted() > _MAGNITUDE_MAX:
        raise ValueError(f"{amount} is too large")
    if amount and amount.adjusted() < -_MAGNITUDE_MAX:
        return 0, amount
    with localcontext() as context:
        context.prec = _DIGITS
        micros = int((amount * MICROS_PER_UNIT).to_integral_value(rounding=ROUND_HALF_EVEN))
        if abs(micros) > MICROS_MAX:
            raise ValueError(f"{amount} is too large")
        return micros, amount - decimal_of(micros)


def rounded_parts(exact: int, a_micro: int) -> tuple[int, int]:
    """The same of an amount in finer units, `a_micro` of which make a millionth: what was left out is in these units.

    In whole numbers, for tens of thousands at a time: decimals take five times as long.
    """
    micros, rest = divmod(exact, a_micro)
    if 2 * rest > a_micro or (2 * rest == a_micro and micros % 2):
        micros += 1
    if abs(micros) > MICROS_MAX:
        raise ValueError(f"{exact} is too large")
    return micros, exact - micros * a_micro


def decimal_of(micros: int) -> Decimal:
    """Units with six decimals."""
    return Decimal(micros).scaleb(-DECIMALS)


def plain(micros: int, *, decimals: int = 2) -> str:
    """Units as text without an exponent: at least so many decimals, more where there are some."""
    sign, digits = ("-" if micros < 0 else ""), f"{abs(micros):07d}"
    whole, part = digits[:-DECIMALS], digits[-DECIMALS:].rstrip("0")
    part = part.ljust(decimals, "0")
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"
