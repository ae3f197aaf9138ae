"""Quotas and coupons of partners through the official SDK. Expectations: huawei:D7a, huawei:E4 and the SDK's models."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any

import pytest

from tests.sdk.huawei.coupons.asking import Huawei, Made, People, ask, refusal
from tests.support.live_quotas import SERVICES

NUMBERS = count()
FAR = "2036-01-01T00:00:00Z"
BEGUN = "2026-10-01T00:00:00Z"
NOBODY = "f" * 32
WRONG_KIND = (403, "CBC.0151")
BAD = (400, "CBC.0100")
QUOTA = (400, "CBC.99000012")
NOT_MINE = (400, "CBC.99000037")


def issue(huawei: Huawei, people: People, quota: str, value: str = "10", **more: Any) -> str:
    """Issue one coupon to su and return its id."""
    given = {"quota_id": quota, "customer_ids": [people["su"].account_id], "face_value": Decimal(value)}
    given |= {"memo": f"coupon {next(NUMBERS)}", **more}  # two equal requests of one second would be one
    answer = ask(huawei, people["song"], "CreatePartnerCoupons", **given)
    assert answer.error_details == []
    (info,) = answer.coupon_infos
    assert info.id == people["su"].account_id
    return str(info.coupon_id)


def quota_of(huawei: Huawei, people: People, code: str, who: str = "song", **more: Any) -> Any:
    answer = ask(huawei, people[who], "ListQuotaCoupons", quota_ids=[code], **more)
    assert answer.total_count == 1
    return answer.quotas[0]


def coupon(huawei: Huawei, people: People, code: str) -> Any:
    answer = ask(huawei, people["song"], "ListIssuedPartnerCoupons", coupon_id=code)
    assert answer.total_count == 1
    return answer.user_coupons[0]


def test_quotas_are_listed_by_type(huawei: Huawei, people: People, made: Made) -> None:
    """Without a type those of vouchers, as the SDK's model says."""
    found = ask(huawei, people["song"], "ListQuotaCoupons")
    assert {one.quota_id for one in found.quotas} == {made["voucher"], made["frozen"]}
    (cash,) = ask(huawei, people["song"], "ListQuotaCoupons", quota_type=1).quotas
    assert (cash.quota_id, cash.quota_type, cash.quota_value) == (made["cash"], 1, 500)
    assert (cash.quota_status, cash.measure_id, cash.currency) == (0, 1, "CNY")
    assert (cash.effective_time, cash.expire_time, cash.create_time) == (BEGUN, FAR, BEGUN)
    (limit,) = cash.limit_infos
    assert [value.value1 for value in limit.limit_values] == list(SERVICES)
    (pickup,) = ask(huawei, people["song"], "ListQuotaCoupons", quota_type=2).quotas
    assert pickup.quota_id == made["pickup"]


@pytest.mark.parametrize(
    ("conditions", "names"),
    [
        ({"quota_status_list": [0]}, {"voucher"}),
        ({"quota_status_list": [5]}, {"frozen"}),
        ({"quota_status_list": [0, 5]}, {"voucher", "frozen"}),
        ({"quota_status_list": [3]}, set()),
        ({"quota_status_list": []}, {"voucher", "frozen"}),
        ({"create_time_begin": BEGUN}, set()),  # created after it, as the SDK's model says
        ({"create_time_end": "2026-10-01T00:00:01Z"}, {"voucher", "frozen"}),
        ({"expire_time_begin": "2035-12-31T00:00:00Z"}, {"voucher", "frozen"}),
        ({"effective_time_end": BEGUN}, set()),
        ({"offset": 1, "limit": 1}, {"voucher"}),
        ({"indirect_partner_id": "anything"}, {"voucher", "frozen"}),  # ignored from a reseller
    ],
)
def test_quotas_are_filtered(
    huawei: Huawei, people: People, made: Made, conditions: dict[str, Any], names: set[str]
) -> None:
    found = ask(huawei, people["song"], "ListQuotaCoupons", **conditions)
    assert {one.quota_id for one in found.quotas} == {made[name] for name in names}


def test_a_coupon_is_issued_and_reclaimed(huawei: Huawei, people: People, made: Made) -> None:
    before = quota_of(huawei, people, made["voucher"]).balance
    code = issue(huawei, people, made["voucher"], "12.34", memo="welcome", expire_time="2030-01-01T00:00:00Z")
    assert quota_of(huawei, people, made["voucher"]).balance == before - Decimal("12.34")
    row = coupon(huawei, people, code)
    assert (row.status, row.customer_id, row.coupon_type) == (2, people["su"].account_id, 1)
    assert (row.face_value, row.balance, row.measure_id) == (Decimal("12.34"), Decimal("12.34"), 1)
    assert (row.effective_time, row.expire_time) == (BEGUN, "2030-01-01T00:00:00Z")
    assert (row.media_type, row.fetch_method, row.is_frozen, row.use_limits) == (1, 3, "0", [])
    ask(huawei, people["song"], "ReclaimPartnerCoupons", coupon_id=code)
    row = coupon(huawei, people, code)
    assert (row.status, row.balance) == (5, 0)
    assert quota_of(huawei, people, made["voucher"]).balance == before
    # Only what is usable is reclaimed (huawei:E4). Not the same request, which would get the first answer.
    again = {"coupon_id": code, "indirect_partner_id": "ignored"}
    assert refusal(lambda: ask(huawei, people["song"], "ReclaimPartnerCoupons", **again)) == QUOTA


def test_a_coupon_inherits_the_limits_of_its_quota_or_has_narrower_ones(
    huawei: Huawei, people: People, made: Made
) -> None:
    limits: list[dict[str, Any]] = [{}, {"cloud_service_types": [SERVICES[0]], "product_ids": ["p-1"]}]
    wide, narrow = (coupon(huawei, people, issue(huawei, people, made["cash"], **more)) for more in limits)
    assert wide.coupon_type == 4
    assert [limit.value1 for limit in wide.use_limits] == list(SERVICES)
    assert [(limit.limit_key, limit.value1) for limit in narrow.use_limits] == [
        ("cloud_service_type", SERVICES[0]),
        ("product_id", "p-1"),
    ]


def test_each_customer_has_its_own_result(huawei: Huawei, people: People, made: Made) -> None:
    ids = [people["su"].account_id, people["cora"].account_id, NOBODY]
    answer = ask(
        huawei,
        people["song"],
        "CreatePartnerCoupons",
        quota_id=made["voucher"],
        customer_ids=ids,
        face_value=Decimal(1),
    )
    assert [one.id for one in answer.coupon_infos] == [people["su"].account_id]
    assert [(one.id, one.error_code) for one in answer.error_details] == [(one, "CBC.99000035") for one in ids[1:]]
    assert len({one.error_msg for one in answer.error_details}) == 1  # a stranger's and nobody's read the same


def test_what_the_quota_does_not_hold_is_not_issued(huawei: Huawei, people: People, made: Made) -> None:
    answer = ask(
        huawei,
        people["song"],
        "CreatePartnerCoupons",
        quota_id=made["pickup"],
        customer_ids=[people["su"].account_id],
        face_value=Decimal("50.01"),
    )
    assert [(one.id, one.error_code) for one in answer.error_details] == [(people["su"].account_id, "CBC.5003")]
    assert quota_of(huawei, people, made["pickup"], quota_type=2).balance == 50
    # The failure stands in the log (the SDK's model: result -1).
    failed = ask(huawei, people["song"], "ListPartnerCouponsRecord", quota_id=made["pickup"], result="-1")
    assert [(one.customer_id, one.operation_amount, one.coupon_id) for one in failed.records] == [
        (people["su"].account_id, Decimal("50.01"), None)
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"quota_id": "nothing"}, QUOTA),
        ({"quota_id": "dora"}, QUOTA),
        ({"quota_id": "frozen"}, QUOTA),
        ({"face_value": Decimal(0)}, BAD),
        ({"face_value": Decimal(-1)}, BAD),
        ({"face_value": Decimal("1.001")}, BAD),
        ({"customer_ids": []}, BAD),
        ({"expire_time": "2036-01-01T00:00:01Z"}, BAD),  # later than the quota's
        ({"valid_time": "2026-09-30T23:59:59Z"}, BAD),  # before the quota's
        ({"expire_time": "tomorrow"}, BAD),
        ({"quota_id": "cash", "cloud_service_types": ["hws.service.type.obs"]}, BAD),
        ({"product_ids": [f"p-{number}" for number in range(11)]}, BAD),
        ({"memo": "x" * 256}, BAD),
    ],
)
def test_a_coupon_that_cannot_be_is_refused(
    huawei: Huawei, people: People, made: Made, changed: dict[str, Any], expected: tuple[int, str]
) -> None:
    given = {"quota_id": "voucher", "customer_ids": [people["su"].account_id], "face_value": Decimal(1), **changed}
    given["quota_id"] = made.get(given["quota_id"], given["quota_id"])
    assert refusal(lambda: ask(huawei, people["song"], "CreatePartnerCoupons", **given)) == expected


@pytest.mark.parametrize("who", ["sol", "olga", "dora"])
def test_a_strangers_coupon_is_as_none(huawei: Huawei, people: People, made: Made, who: str) -> None:
    code = issue(huawei, people, made["voucher"], "1")
    for one in (code, "nothing"):
        assert refusal(partial(ask, huawei, people[who], "ReclaimPartnerCoupons", coupon_id=one)) == QUOTA
        assert ask(huawei, people[who], "ListIssuedPartnerCoupons", coupon_id=one).total_count == 0
    assert coupon(huawei, people, code).status == 2


def test_issued_coupons_are_filtered(huawei: Huawei, people: People, made: Made) -> None:
    code = issue(huawei, people, made["cash"], "3", valid_time="2035-01-01T00:00:00Z")
    su = people["su"].account_id

    def found(**conditions: Any) -> bool:
        answer = ask(huawei, people["song"], "ListIssuedPartnerCoupons", limit=100, **conditions)
        return code in {one.coupon_id for one in answer.user_coupons}

    assert found(status=1)  # not valid yet
    assert not found(status=2)
    assert found(coupon_type=4, customer_id=su)
    assert not found(coupon_type=1)
    assert not found(customer_id=people["cora"].account_id)
    assert not found(order_id="CS1")
    assert found(effective_time_begin="2034-12-31T00:00:00Z", expire_time_end="2037-01-01T00:00:00Z")
    assert not found(create_time_end=BEGUN)
    assert refusal(lambda: found(status=6)) == BAD
    assert refusal(lambda: found(coupon_type=2)) == BAD


def test_the_log_tells_what_was_done(huawei: Huawei, people: People, made: Made) -> None:
    code = issue(huawei, people, made["voucher"], "2.5", memo="for the log")
    ask(huawei, people["song"], "ReclaimPartnerCoupons", coupon_id=code)
    answer = ask(huawei, people["song"], "ListPartnerCouponsRecord", coupon_ids=[code])
    back, given = answer.records
    assert answer.total_count == 2
    assert (given.operation_type, back.operation_type) == ("1", "2")
    for one in (back, given):
        assert (one.quota_id, one.quota_type, one.coupon_id) == (made["voucher"], 0, code)
        assert (one.customer_id, one.operation_amount, one.result) == (people["su"].account_id, Decimal("2.5"), "0")
    assert given.remark == "for the log"
    issues = ask(huawei, people["song"], "ListPartnerCouponsRecord", coupon_ids=[code], operation_types=["1"])
    assert [one.id for one in issues.records] == [given.id]
    assert ask(huawei, people["song"], "ListPartnerCouponsRecord", coupon_ids=[code], quota_type=1).total_count == 0
    assert ask(huawei, people["sol"], "ListPartnerCouponsRecord", coupon_ids=[code]).total_count == 0
    assert refusal(lambda: ask(huawei, people["song"], "ListPartnerCouponsRecord", operation_types=["10"])) == BAD


def test_a_distributor_gives_quotas_and_takes_them_back(huawei: Huawei, people: People, made: Made) -> None:
    dora, rita = people["dora"], people["rita"].account_id
    before = quota_of(huawei, people, made["dora"], "dora").balance
    ids = [rita, people["ruth"].account_id]
    answer = ask(
        huawei,
        dora,
        "UpdateCouponQuotas",
        quota_id=made["dora"],
        indirect_partner_ids=ids,
        quota_amount=Decimal("100.5"),
    )
    assert [(one.id, one.error_code) for one in answer.error_details] == [(ids[1], "CBC.99000037")]
    (given,) = answer.simple_quota_infos
    assert given.id == rita
    assert quota_of(huawei, people, made["dora"], "dora").balance == before - Decimal("100.5")
    # The reseller's quota is seen with its id; its distributor issues out of it, because it may not call itself.
    own = quota_of(huawei, people, given.quota_id, "dora", indirect_partner_id=rita)
    assert (own.quota_value, own.balance) == (Decimal("100.5"), Decimal("100.5"))
    ids = [people["carl"].account_id, people["cora"].account_id]
    issued = ask(
        huawei,
        dora,
        "CreatePartnerCoupons",
        quota_id=given.quota_id,
        customer_ids=ids,
        face_value=Decimal("0.5"),
        indirect_partner_id=rita,
    )
    assert [one.id for one in issued.coupon_infos] == ids[:1]
    assert [one.error_code for one in issued.error_details] == ["CBC.99000035"]  # dora's own, not the reseller's
    code = issued.coupon_infos[0].coupon_id
    assert ask(huawei, dora, "ListIssuedPartnerCoupons", coupon_id=code).total_count == 0
    seen = ask(huawei, dora, "ListIssuedPartnerCoupons", coupon_id=code, indirect_partner_id=rita)
    assert [one.coupon_id for one in seen.user_coupons] == [code]
    log = ask(huawei, dora, "ListPartnerCouponsRecord", coupon_ids=[code], indirect_partner_id=rita)
    assert log.total_count == 1
    ask(huawei, dora, "ReclaimPartnerCoupons", coupon_id=code, indirect_partner_id=rita)
    (listed,) = ask(huawei, dora, "ListIssuedCouponQuotas", quota_id=given.quota_id).quotas
    assert (listed.indirect_partner_id, listed.indirect_partner_name) == (rita, "Rita Resale KK")
    assert (listed.parent_quota_id, listed.quota_status, listed.balance) == (made["dora"], 0, Decimal("100.5"))
    back = ask(huawei, dora, "ReclaimCouponQuotas", quota_ids=[given.quota_id, made["dora"]], remark="enough")
    assert [(one.quota_id, one.quota_balance) for one in back.simple_quota_infos] == [(given.quota_id, 0)]
    assert [(one.id, one.error_code) for one in back.error_details] == [(made["dora"], "CBC.99000012")]
    assert quota_of(huawei, people, made["dora"], "dora").balance == before
    (listed,) = ask(huawei, dora, "ListIssuedCouponQuotas", quota_id=given.quota_id).quotas
    assert (listed.quota_status, listed.balance) == (6, 0)
    records = ask(huawei, dora, "ListCouponQuotasRecords", quota_id=given.quota_id)
    assert [(one.operation_type, one.amount, one.result) for one in records.records] == [
        ("11", Decimal("100.5"), "0"),
        ("10", Decimal("100.5"), "0"),
    ]
    assert {one.parent_quota_id for one in records.records} == {made["dora"]}
    assert (records.records[0].remark, records.records[0].indirect_partner_id) == ("enough", rita)
    assert records.records[0].operator
    one = ask(huawei, dora, "ListCouponQuotasRecords", quota_id=given.quota_id, operation_type="10")
    assert one.total_count == 1
    assert ask(huawei, people["olga"], "ListCouponQuotasRecords", quota_id=given.quota_id).total_count == 0
    assert ask(huawei, people["olga"], "ListIssuedCouponQuotas", quota_id=given.quota_id).total_count == 0


def test_a_strange_reseller_has_its_own_code(huawei: Huawei, people: People, made: Made) -> None:
    for operation, more in (
        ("ListQuotaCoupons", {}),
        ("ListIssuedPartnerCoupons", {}),
        ("ListPartnerCouponsRecord", {}),
        ("ReclaimPartnerCoupons", {"coupon_id": "nothing"}),
        ("ListIssuedCouponQuotas", {}),
        ("ListCouponQuotasRecords", {}),
    ):
        for reseller in (people["ruth"].account_id, NOBODY):
            given = {**more, "indirect_partner_id": reseller}
            assert refusal(partial(ask, huawei, people["dora"], operation, **given)) == NOT_MINE


@pytest.mark.parametrize(
    ("operation", "parameters", "may"),
    [
        ("ListQuotaCoupons", {}, {"dora", "song"}),
        ("ListIssuedPartnerCoupons", {}, {"dora", "song"}),
        ("ListPartnerCouponsRecord", {}, {"dora", "song"}),
        ("ListIssuedCouponQuotas", {}, {"dora"}),
        ("ListCouponQuotasRecords", {}, {"dora"}),
    ],
)
def test_each_is_for_its_kind_of_partner(
    huawei: Huawei, people: People, operation: str, parameters: dict[str, Any], may: set[str]
) -> None:
    for who in ("dora", "song", "rita", "su", "pia"):
        if who in may:
            ask(huawei, people[who], operation, **parameters)
        else:
            assert refusal(partial(ask, huawei, people[who], operation, **parameters)) == WRONG_KIND
