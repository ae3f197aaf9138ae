"""Which vouchers pay a charge: the vendor's worked examples (tencent:E.4) and the rules around them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from openpartner.core.vouchers.rules import Charge, Purse, take
from openpartner.core.vouchers.vocabulary import PaymentMode, Reach

UNIT = 1_000_000
NOW = datetime(2026, 3, 1, tzinfo=UTC)
NINTH, LATER = datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 20, tzinfo=UTC)
NAMES = {1: "A", 2: "B", 3: "C", 4: "D"}


def purses() -> list[Purse]:
    """A has 5 and B has 8, both until the 9th; C and D run out later. Given in another order than they pay in."""
    rows = [(4, 50, LATER + timedelta(days=1)), (3, 30, LATER), (2, 8, NINTH), (1, 5, NINTH)]
    return [Purse(key=key, micros=units * UNIT, valid_from=NOW, valid_until=until) for key, units, until in rows]


def paid(units: int, given: list[Purse] | None = None, **more: object) -> list[tuple[str, int]]:
    charge = Charge(micros=units * UNIT, at=NOW, **more)  # type: ignore[arg-type]
    return [(NAMES[part.key], part.micros // UNIT) for part in take(given or purses(), charge)]


@pytest.mark.parametrize(
    ("charge", "parts"),
    [
        (10, [("A", 5), ("B", 5)]),
        (20, [("A", 5), ("B", 8), ("C", 7)]),
        (4, [("A", 4)]),
    ],
)
def test_the_worked_examples(charge: int, parts: list[tuple[str, int]]) -> None:
    """tencent:E.4, tencent:F.7: the examples go by ascending amounts, and so does picking."""
    assert paid(charge) == parts


def test_what_is_left_pays_the_next_charge_and_no_more_than_there_is() -> None:
    given = purses()
    assert paid(10, given) == [("A", 5), ("B", 5)]
    assert paid(100, given) == [("B", 3), ("C", 30), ("D", 50)]
    assert paid(1, given) == []


def test_a_refund_is_not_paid_by_vouchers() -> None:
    """tencent:E.4: refunds do not give vouchers back, and nothing is taken for them."""
    assert paid(-10) == []
    assert paid(10, is_refund=True) == []


def test_a_voucher_of_one_use_pays_one_charge() -> None:
    """huawei:E4: version 1 is for a single use."""
    given = [Purse(key=1, micros=5 * UNIT, valid_from=NOW, valid_until=NINTH, is_reusable=False)]
    assert paid(2, given) == [("A", 2)]
    assert paid(2, given) == []


@pytest.mark.parametrize(
    ("values", "charge", "pays"),
    [
        ({"valid_from": NOW + timedelta(seconds=1)}, {}, False),
        ({"valid_until": NOW}, {}, False),
        ({"valid_until": NOW + timedelta(seconds=1)}, {}, True),
        ({"payment_mode": PaymentMode.PREPAID}, {"is_prepaid": True}, True),
        ({"payment_mode": PaymentMode.PREPAID}, {}, False),
        ({"payment_mode": PaymentMode.POSTPAID}, {"is_prepaid": True}, False),
        ({"reach": Reach.LISTED, "products": frozenset({"p_cvm"})}, {"service": "p_cvm"}, True),
        ({"reach": Reach.LISTED, "products": frozenset({"sp_a"})}, {"service": "p_a", "product": "sp_a"}, True),
        ({"reach": Reach.LISTED, "products": frozenset({"p_cvm"})}, {"service": "p_cbs"}, False),
        ({"reach": Reach.EXCLUDED, "products": frozenset({"p_cvm"})}, {"service": "p_cvm"}, False),
        ({"reach": Reach.EXCLUDED, "products": frozenset({"p_cvm"})}, {"service": "p_cbs"}, True),
        ({"services": frozenset({"hws.service.type.ec2"})}, {"service": "hws.service.type.ebs"}, False),
        ({"partner": 1}, {"partner": 2}, False),
        ({"currency": "CNY"}, {}, False),
    ],
)  # fmt: skip  # one case, one line
def test_what_a_voucher_may_pay(values: dict[str, object], charge: dict[str, object], pays: bool) -> None:  # noqa: FBT001  # a case
    given = {"key": 1, "micros": UNIT, "valid_from": NOW, "valid_until": NINTH, **values}
    assert bool(paid(1, [Purse(**given)], **charge)) == pays  # type: ignore[arg-type]
