"""The seed of the catalogue: whole, and as the vendors' interfaces say."""

from __future__ import annotations

import re

import pytest

from openpartner.core.catalogue import vocabulary
from openpartner.core.catalogue.charges import (
    action_codes,
    action_of_code,
    action_spelled,
    charging_codes,
    charging_spelled,
)
from openpartner.core.catalogue.entries import HUAWEI, TENCENT, Level, seeded
from openpartner.core.catalogue.units import all_units, conversions, unit_called, unit_types
from openpartner.lake.schema import Action, Charging

PARENTS = {
    TENCENT: {
        Level.PRODUCT: Level.SERVICE,
        Level.COMPONENT_TYPE: Level.SERVICE,
        Level.COMPONENT: Level.COMPONENT_TYPE,
        Level.ZONE: Level.REGION,
    },
    HUAWEI: {
        Level.RESOURCE_TYPE: Level.SERVICE,
        Level.USAGE_TYPE: Level.RESOURCE_TYPE,
        Level.ZONE: Level.REGION,
    },
}
SHAPES = {
    (TENCENT, Level.SERVICE): r"p_[a-z0-9_]+",
    (TENCENT, Level.PRODUCT): r"sp_[a-z0-9_]+",
    (TENCENT, Level.COMPONENT_TYPE): r"v_[a-z0-9_]+",
    (TENCENT, Level.COMPONENT): r"sv_[a-z0-9_]+",
    (TENCENT, Level.REGION): r"[1-9]\d?",
    (TENCENT, Level.ZONE): r"\d{6}",
    (HUAWEI, Level.SERVICE): r"hws\.service\.type\.[a-z0-9]+",
    (HUAWEI, Level.RESOURCE_TYPE): r"hws\.resource\.type\.[a-z0-9.]+",
    (HUAWEI, Level.REGION): r"[a-z]+-[a-z]+-\d+",
}
"""The patterns of the vendors' documented codes: `p_cbs`, `100002`, `hws.service.type.obs`, `ap-southeast-1` ..."""
TENCENT_ACTIONS = {
    "prepay_purchase", "prepay_renew", "prepay_modify", "prepay_return", "postpay_deduct", "postpay_deduct_h",
    "postpay_deduct_d", "postpay_deduct_m", "postpay_deduct_s", "offline_deduct", "online_deduct", "recon_deduct",
    "recon_increase", "recon_guarantee", "ripay_purchase", "ri_hour_pay", "svp_hour_pay", "pre_purchase",
    "prePurchase", "pre_renew", "preRenew", "pre_upgrade", "preUpgrade", "pre_downgrade", "preDowngrade",
}  # fmt: skip
"""The enumeration in the SDK's DescribeCustomerBillDetailRequest: 25 codes."""
HUAWEI_BILL_TYPES = {1, 2, 3, 4, 5, 8, 9, 12, 14, 15, 16, 17, 18, 20, 23, 24, 25, 100, 101, 102, 103}
"""Those of the SDKs' ResFeeRecordV2 of both sites."""


@pytest.mark.parametrize("cloud", [TENCENT, HUAWEI])
def test_every_entry_is_named_in_both_languages_and_hangs_on_another(cloud: str) -> None:
    for level in Level:
        for entry in seeded(cloud, level).values():
            assert entry.name_en
            assert entry.name_zh
            above = PARENTS[cloud].get(level)
            assert bool(entry.parent) == (above is not None), entry
            if above is not None:
                assert ("", entry.parent) in seeded(cloud, above), entry


@pytest.mark.parametrize(("cloud", "level"), list(SHAPES))
def test_codes_have_the_vendors_shape(cloud: str, level: Level) -> None:
    codes = [code for _, code in seeded(cloud, level)]
    assert codes
    assert [code for code in codes if not re.fullmatch(SHAPES[cloud, level], code)] == []


def test_the_documented_examples_are_there() -> None:
    """tencent:D.0.2: the four codes of one disk."""
    chain = [("p_cbs", Level.SERVICE), ("sp_cbs_premium", Level.PRODUCT), ("v_cbs_memspace", Level.COMPONENT_TYPE),
             ("sv_cbs_memspace_premium", Level.COMPONENT)]  # fmt: skip
    for code, level in chain:
        assert ("", code) in seeded(TENCENT, level)
    assert ("", "100002") in seeded(TENCENT, Level.ZONE)


def test_every_action_of_the_vendors_is_known_and_is_one_of_ours() -> None:
    assert {one.code for one in action_codes(TENCENT)} == TENCENT_ACTIONS
    assert {int(one.code) for one in action_codes(HUAWEI)} == HUAWEI_BILL_TYPES
    for cloud in (TENCENT, HUAWEI):
        for one in action_codes(cloud):
            assert one.action in set(Action)
            assert one.charging in {*Charging, ""}
            assert one.name("en")
            assert one.name("zh") == one.name_zh != ""
        for one in charging_codes(cloud):
            assert one.charging in set(Charging)


def test_codes_are_read_and_spelled() -> None:
    found = action_of_code(TENCENT, "preRenew")
    assert found is not None
    assert (found.action, found.charging) == (Action.RENEWAL, Charging.PREPAID)
    spelled = {action: one.code for action in Action if (one := action_spelled(TENCENT, action))}
    assert spelled[Action.PURCHASE] == "prepay_purchase"
    assert spelled[Action.USAGE_HOURLY] == "postpay_deduct_h"
    assert Action.TAX not in spelled
    assert action_of_code(TENCENT, "") is action_of_code(TENCENT, "no_such") is None
    assert action_of_code("aws", "prepay_purchase") is None


def test_ways_of_charging_are_read_and_spelled() -> None:
    """`Standard RI` is a name on bills without a code."""
    prepaid = charging_spelled(TENCENT, Charging.PREPAID)
    assert prepaid is not None
    assert prepaid.code == "prePay"
    reserved = charging_spelled(TENCENT, Charging.RESERVED)
    assert reserved is not None
    assert (reserved.code, reserved.name_en) == ("", "Standard RI")
    assert {one.code: one.charging for one in charging_codes(HUAWEI)} == {
        "1": Charging.PREPAID,
        "3": Charging.POSTPAID,
        "10": Charging.RESERVED,
        "11": Charging.SAVINGS_PLAN,
    }


def test_every_unit_has_a_type_and_a_number_of_its_own() -> None:
    units = {unit.id: unit for unit in all_units()}
    assert len(units) == len(all_units())
    assert {unit.type for unit in all_units()} == unit_types().keys()
    for unit in all_units():
        base = units[unit.base]
        assert (base.base, base.factor, base.type) == (base.id, 1, unit.type)


@pytest.mark.parametrize(
    ("unit", "into", "ratio"),
    [(10, 11, 1024), (1, 1001, 100), (4, 1002, 3600), (4, 1003, 60), (19, 20, 12), (24, 25, 24)],
)
def test_conversions_are_exact(unit: int, into: int, ratio: int) -> None:
    """1 GB is 1024 MB (huawei:D5); an hour has 60 minutes of 60 seconds, a year 12 months, a day 24 hours."""
    assert [one.ratio for one in conversions() if (one.unit, one.into) == (unit, into)] == [ratio]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("GB", 10),
        ("gb", 10),
        ("Hour", 4),
        ("小时", 4),
        (" h ", 4),
        ("Mbit/s", 15),
        ("个", 14),
        ("", None),
        ("ell", None),
    ],
)
def test_units_are_found_by_what_bills_call_them(text: str, number: int | None) -> None:
    """huawei:D5: 10 GB, 4 hours, 15 Mbit/s, 14 a count."""
    found = unit_called(text)
    assert (found.id if found else None) == number


def test_months_are_no_number_of_days() -> None:
    pairs = {(one.unit, one.into) for one in conversions()}
    assert not pairs & {(20, 24), (20, 25), (19, 24), (19, 25)}


def test_the_vocabulary_is_wide_enough_for_made_up_bills() -> None:
    assert len({service.name for service in vocabulary.services()}) == len(vocabulary.services()) >= 40
    assert len({service.category for service in vocabulary.services()}) >= 12
    assert {service.model for service in vocabulary.services()} == {"IaaS", "PaaS", "SaaS"}
    assert len(dict(vocabulary.regions())) >= 30
    assert len(set(vocabulary.units())) >= 30
