"""Huawei's codes of charges, both ways. Expectations: huawei:E5."""

from __future__ import annotations

import pytest

from openpartner.huawei.bills import codes
from openpartner.lake.schema import Action, Charging

INTERNATIONAL = {1, 2, 3, 4, 5, 8, 9, 12, 14, 15, 16, 17, 18, 20, 23, 24, 100, 101, 102}
CHINA = INTERNATIONAL | {25, 103}


def test_every_line_has_codes() -> None:
    assert {codes.charge_mode(one) for one in Charging} == {1, 3, 10, 11}
    assert {codes.bill_type(one, None) for one in Action} <= INTERNATIONAL
    assert {codes.sum_type(one, None) for one in Action} == {1, 2, 3}


def test_every_code_means_something() -> None:
    assert codes.ACTIONS.keys() == CHINA
    assert codes.CHARGINGS.keys() == {1, 3, 10, 11}
    assert sorted(charging for found in codes.CHARGINGS.values() for charging in found) == sorted(Charging)


def test_a_line_of_huaweis_keeps_its_code() -> None:
    for code, action in codes.ACTIONS.items():
        assert codes.bill_type(action, str(code)) == code


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("kept", [None, "postpay_deduct_h", "8", "24", "100", "5"])
def test_a_line_is_found_by_the_type_it_is_told_with_and_by_no_other(action: Action, kept: str | None) -> None:
    if kept is not None and kept.isdigit():
        action = codes.ACTIONS[int(kept)]
    found = []
    for code in codes.ACTIONS:
        equal, without = codes.of_bill_type(code)
        line = {"action": str(action), "action_code": kept or ""}
        if all(line[column] in values for column, values in equal.items()) and not any(
            line[column] in values for column, values in without.items()
        ):
            found.append(code)
    assert found == [codes.bill_type(action, kept)]


@pytest.mark.parametrize(
    ("action", "kept", "expected"),
    [
        (Action.USAGE, "5", 1),
        (Action.REFUND, "24", 2),
        (Action.REFUND_OF_CHANGE, None, 2),
        (Action.ADJUSTMENT_DEBIT, "16", 3),
        (Action.TAX, "15", 1),
        (Action.TAX, "100", 2),
        (Action.TAX, "101", 3),
        (Action.TAX, None, 1),
    ],
)
def test_months_know_three_types(action: Action, kept: str | None, expected: int) -> None:
    assert codes.sum_type(action, kept) == expected


@pytest.mark.parametrize(
    ("code", "expected"), [(1, "CS"), (4, "CS"), (8, "CS"), (103, "CS"), (5, "T"), (20, "T"), (24, "T")]
)
def test_the_trade_is_an_order_or_a_transaction(code: int, expected: str) -> None:
    assert codes.trade_of(code, "CS", "T") == expected
    assert codes.trade_of(code, None, "T") == "T"
    assert codes.trade_of(code, None, None) == ""
