"""Pay modes and transaction types, whole in both directions. Expectations: tencent:E.6, tencent:F.11."""

from __future__ import annotations

import typing

import pytest

from openpartner.core.billing.charge_names import CODES, WITHOUT_CODE
from openpartner.core.catalogue.charges import action_of_code, action_spelled
from openpartner.core.catalogue.entries import TENCENT
from openpartner.lake.schema import Action, Charging
from openpartner.tencent.bills.codes import (
    CHARGING_OF,
    NAMES,
    PAY_MODE_NAMES,
    billing_mode,
    of_pay_modes,
    pay_mode,
    transaction_type,
)
from openpartner.tencent.bills.conditions import ActionType

CODES_OF_THE_PAGE = {
    *("prepay_purchase", "prepay_renew", "prepay_modify", "prepay_return"),
    *("postpay_deduct", "postpay_deduct_h", "postpay_deduct_d", "postpay_deduct_m", "postpay_deduct_s"),
    *("offline_deduct", "online_deduct", "recon_deduct", "recon_increase", "recon_guarantee"),
    *("ripay_purchase", "ri_hour_pay", "svp_hour_pay"),
    *("pre_purchase", "prePurchase", "pre_renew", "preRenew"),
    *("pre_upgrade", "preUpgrade", "pre_downgrade", "preDowngrade"),
}
"""The 25 of tencent:E.6."""


def test_all_25_codes_are_known_and_named() -> None:
    assert set(CODES) == set(NAMES) == CODES_OF_THE_PAGE
    assert len(CODES_OF_THE_PAGE) == 25
    assert all(NAMES.values())
    taken = typing.get_args(typing.get_args(typing.get_args(ActionType)[0])[0])
    assert set(taken) == CODES_OF_THE_PAGE


@pytest.mark.parametrize("code", sorted(CODES_OF_THE_PAGE))
def test_a_known_code_is_told_as_it_came(code: str) -> None:
    assert {transaction_type(action, code) for action in (None, *Action)} == {code}


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("code", [None, "", "3", "CBC"])
def test_a_line_without_a_known_code_has_one_by_what_it_is_about(action: Action, code: str | None) -> None:
    told = transaction_type(action, code)
    assert told in CODES_OF_THE_PAGE
    if action not in WITHOUT_CODE:
        found = action_of_code(TENCENT, told)
        assert found is not None
        assert found.action == action


@pytest.mark.parametrize("code", sorted(set(WITHOUT_CODE.values())))
def test_a_code_that_stands_in_is_how_its_own_kind_is_spelled(code: str) -> None:
    """A filter by code has one condition on codes and one on kinds, which together are right only then."""
    found = action_of_code(TENCENT, code)
    assert found is not None
    spelled = action_spelled(TENCENT, found.action)
    assert spelled is not None
    assert spelled.code == code


def test_every_way_of_charging_has_one_pay_mode() -> None:
    assert {pay_mode(one) for one in (None, "", *Charging)} == {"prePay", "postPay"} == set(PAY_MODE_NAMES)
    assert sorted(one for kinds in CHARGING_OF.values() for one in kinds) == sorted(Charging)
    assert all(pay_mode(one) == mode for mode, kinds in CHARGING_OF.items() for one in kinds)
    assert of_pay_modes(["postPay"])["charging"][-1] == ""  # a line that does not say it is told as postpaid
    assert of_pay_modes(["riPay"]) == {"charging": ()}


@pytest.mark.parametrize(
    ("charging", "name"),
    [
        (Charging.PREPAID, "Yearly/monthly subscription"),
        (Charging.POSTPAID, "Pay-As-You-Go resources"),
        (Charging.RESERVED, "Standard RI"),
        (None, "Pay-As-You-Go resources"),
    ],
)
def test_bills_name_a_third_mode(charging: str | None, name: str) -> None:
    assert billing_mode(charging) == name
