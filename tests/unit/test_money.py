"""Exact amounts in millionths (docs/decisions/0004: money is integers, and each rounding is named)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpartner.kit.money import (
    DECIMALS,
    MICROS_MAX,
    Money,
    decimal_of,
    exact_micros,
    plain,
    rounded_micros,
    rounded_parts,
)


@pytest.mark.parametrize(
    ("amount", "micros"),
    [
        ("0.0000005", 0),
        ("0.0000015", 2),
        ("0.0000025", 2),
        ("-0.0000005", 0),
        ("-0.0000015", -2),
        ("1.00000051", 1_000_001),
    ],
)
def test_halves_go_to_the_even_neighbour(amount: str, micros: int) -> None:
    """IEEE 754 roundTiesToEven, as architecture 4.1 asks."""
    assert rounded_micros(Decimal(amount))[0] == micros


@pytest.mark.parametrize(
    ("exact", "micros", "left"),
    [(50, 0, 50), (150, 2, -50), (250, 2, 50), (-50, 0, -50), (-150, -2, 50), (149, 1, 49), (-151, -2, 49)],
)
def test_finer_units_are_rounded_alike(exact: int, micros: int, left: int) -> None:
    """Of 10^-8, which bills are booked in: a hundred make a millionth, and halves go to the even neighbour."""
    assert rounded_parts(exact, 100) == (micros, left)
    assert rounded_micros(Decimal(exact).scaleb(-DECIMALS - 2))[0] == micros


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=15))
def test_what_is_rounded_and_what_is_left_make_the_amount(amount: Decimal) -> None:
    micros, residue = rounded_micros(amount)
    assert decimal_of(micros) + residue == amount
    assert abs(residue) <= Decimal("0.0000005")


@pytest.mark.parametrize("exponent", [41, 999_990, 999_999_999])
def test_an_exponent_is_soon_written_and_never_spelt_out(exponent: int) -> None:
    """JSON may say 1e999990: it is refused at once, as what is too fine is."""
    for sign in ("", "-"):
        with pytest.raises(ValueError, match="is too large"):
            exact_micros(Decimal(f"{sign}1e{exponent}"))
        with pytest.raises(ValueError, match="more than 6 decimals"):
            exact_micros(Decimal(f"{sign}1e-{exponent}"))


@given(st.integers(min_value=-MICROS_MAX, max_value=MICROS_MAX))
def test_text_and_back(micros: int) -> None:
    assert exact_micros(Decimal(plain(micros))) == micros


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1.0000001", "9223372036854.775808"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r"amount|decimals|large"):
        exact_micros(Decimal(amount))


def test_currencies_never_meet() -> None:
    with pytest.raises(ValueError, match="EUR is not USD"):
        Money("USD", 1) + Money("EUR", 1)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1234567.5", "1,234,567.50 USD"),
        ("-0.004", "\N{MINUS SIGN}0.004 USD"),
        ("0", "0.00 USD"),
        ("999", "999.00 USD"),
    ],
)
def test_people_read_groups_of_three(amount: str, text: str) -> None:
    assert Money.of(amount, "USD").spoken == text
