"""Coupons of customers through the official SDKs. Expectations: huawei:D6, huawei:D7a, huawei:E4, the SDKs' models."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any

import pytest

from tests.sdk.huawei.coupons.asking import Huawei, Made, People, ask, refusal

NUMBERS = count()
BAD = (400, "CBC.0100")
STATE = (400, "CBC.99000012")
FAR = "2036-01-01T00:00:00Z"
BEGUN = "2026-10-01T00:00:00Z"


def issue(huawei: Huawei, people: People, quota: str, who: str, customer: str, value: str) -> str:
    given: dict[str, Any] = {
        "quota_id": quota,
        "customer_ids": [people[customer].account_id],
        "face_value": Decimal(value),
    }
    given["memo"] = f"coupon {next(NUMBERS)}"  # two equal requests of one second would be one
    (info,) = ask(huawei, people[who], "CreatePartnerCoupons", **given).coupon_infos
    return str(info.coupon_id)


def own(huawei: Huawei, people: People, who: str, **conditions: Any) -> dict[str, Any]:
    answer = ask(huawei, people[who], "ListSubCustomerCoupons", limit=100, **conditions)
    assert answer.count == len(answer.user_coupons)
    return {one.coupon_id: one for one in answer.user_coupons}


def test_a_customer_sees_its_coupons(huawei: Huawei, people: People, made: Made) -> None:
    code = issue(huawei, people, made["voucher"], "song", "su", "5.5")
    row = own(huawei, people, "su")[code]
    assert (row.status, row.customer_id, row.coupon_type) == (2, people["su"].account_id, 1)
    assert (row.face_value, row.balance, row.coupon_version) == (5.5, 5.5, 2)
    assert (row.valid_time, row.expire_time, row.currency) == (BEGUN, FAR, "CNY")
    assert (row.source_id, row.is_frozen) == (people["song"].account_id, "0")
    assert code in own(huawei, people, "su", source_id=people["song"].account_id)
    assert code not in own(huawei, people, "su", source_id=people["sol"].account_id)
    assert code in own(huawei, people, "su", coupon_id=code, status=2, coupon_type=1)
    for conditions in ({"status": 3}, {"coupon_type": 4}, {"order_id": "CS1"}, {"active_end_time": BEGUN}):
        assert own(huawei, people, "su", coupon_id=code, **conditions) == {}
    assert own(huawei, people, "carl", coupon_id=code) == {}
    assert own(huawei, people, "song", coupon_id=code) == {}  # its issuer has another list


def test_a_partner_sees_what_the_provider_gave_it(huawei: Huawei, people: People, made: Made) -> None:
    """huawei:E4: on the international site coupons are the partner's own."""
    (row,) = own(huawei, people, "dora").values()
    assert (row.coupon_id, row.coupon_type, row.face_value) == (made["own"], 4, 9)
    assert (row.customer_id, row.source_id) == (people["dora"].account_id, people["pia"].account_id)
    assert (row.coupon_usage, row.currency) == ("an incentive", "USD")
    assert own(huawei, people, "sol") == {}


@pytest.mark.parametrize("parameters", [{"status": 6}, {"coupon_type": 5}, {"active_start_time": "yesterday"}])
def test_it_refuses(huawei: Huawei, people: People, parameters: dict[str, Any]) -> None:
    assert refusal(lambda: own(huawei, people, "su", **parameters)) == BAD


def test_coupons_for_an_order(huawei: Huawei, people: People, made: Made) -> None:
    """Three coupons at most pay one order (huawei:C11)."""
    code = issue(huawei, people, made["voucher"], "song", "su", "6")
    answer = ask(huawei, people["su"], "ListOrderCouponsByOrderId", order_id="CS22")
    found = {one.coupon_id: one for one in answer.user_coupons}
    assert answer.count == len(found)
    assert (found[code].balance, found[code].status, found[code].coupon_group) == (6, 2, 0)
    most = {one.coupon_type: one.use_quantity_value for one in answer.coupon_max_use_quantity}
    assert most[1] == 3
    ask(huawei, people["song"], "ReclaimPartnerCoupons", coupon_id=code)
    again = ask(huawei, people["su"], "ListOrderCouponsByOrderId", order_id="CS22")
    assert code not in {one.coupon_id for one in again.user_coupons}


def test_movements_on_coupons(huawei: Huawei, people: People, made: Made) -> None:
    code = issue(huawei, people, made["voucher"], "song", "su", "7.25")
    ask(huawei, people["song"], "ReclaimPartnerCoupons", coupon_id=code)

    def found(**conditions: Any) -> list[Any]:
        given = {"balance_type": "BALANCE_TYPE_COUPON", "coupon_id": code, **conditions}
        answer = ask(huawei, people["su"], "ListCustomerCouponChangeRecords", **given)
        assert (answer.total_count, answer.currency) == (len(answer.records), "CNY")
        return list(answer.records)

    out, into = found()
    assert (into.trade_detail_type, into.revenue_expense_type) == ("SOURCE_OPERAIION_PRIZE", "REVENUE")
    assert (into.change_amount, into.balance_after_change) == ("7.25", "7.25")
    assert (out.trade_detail_type, out.revenue_expense_type) == ("SOURCE_OPERATION_COUPONCANCEL", "EXPENSE")
    assert (out.change_amount, out.balance_after_change) == ("7.25", "0.00")
    assert (out.coupon_id, out.account_name) == (code, people["su"].account_name)
    assert [one.trade_id for one in found(revenue_expense_type="REVENUE")] == [into.trade_id]
    assert [one.trade_id for one in found(trade_type="COUPONCANCEL")] == [out.trade_id]
    assert [one.trade_id for one in found(trade_id=into.trade_id)] == [into.trade_id]
    assert found(trade_type="DEDEUCT") == []
    assert found(trade_time_begin="2020-01-01", trade_time_end="2020-12-31") == []
    for wrong in ({"balance_type": "X"}, {"trade_type": "X"}, {"trade_time_begin": "2026"}):
        assert refusal(partial(found, **wrong)) == BAD


def test_customers_of_a_reseller_have_no_statement_of_coupons(huawei: Huawei, people: People) -> None:
    """huawei:D7a and C8: not for customers of a reseller, whether they have coupons or not."""
    for who in ("carl", "cora"):
        query = partial(ask, huawei, people[who], "ListCustomerCouponChangeRecords")
        assert refusal(partial(query, balance_type="BALANCE_TYPE_COUPON")) == (400, "CBC.99000084")


def test_stored_value_cards(huawei: Huawei, people: People, made: Made) -> None:
    answer = ask(huawei, people["su"], "ListStoredValueCards", status=1)
    (card,) = answer.stored_value_cards
    assert (answer.total_count, card.card_id, card.card_name, card.status) == (1, made["card"], "A card", 1)
    assert (card.face_value, card.balance, card.effective_time, card.expire_time) == ("30.00", "30.00", BEGUN, FAR)
    assert ask(huawei, people["su"], "ListStoredValueCards", status=2).stored_value_cards == []
    assert ask(huawei, people["su"], "ListStoredValueCards", status=1, card_id="none").stored_value_cards == []
    assert ask(huawei, people["carl"], "ListStoredValueCards", status=1).stored_value_cards == []
    assert made["card"] not in own(huawei, people, "su")  # a card is no coupon
    assert refusal(lambda: ask(huawei, people["su"], "ListStoredValueCards", status=3)) == BAD


def test_a_master_gives_coupons_to_members_and_takes_them_back(huawei: Huawei, people: People, made: Made) -> None:
    """huawei:D7a: cyro is a master, chen its member."""
    cyro, chen = people["cyro"], people["chen"].account_id
    code = issue(huawei, people, made["dora"], "dora", "cyro", "20")

    def master() -> dict[str, str]:
        found = ask(huawei, cyro, "ListMultiAccountTransferCoupons", limit=100)
        return {one.coupon_id: one.balance for one in found.avail_transfer_coupons}

    given = {"customer_id": chen, "coupon_id": code, "amount": "7.50", "trans_id": f"once-{code}"}
    sub = ask(huawei, cyro, "ClaimEnterpriseMultiAccountCoupon", **given).sub_coupon_id
    assert master()[code] == "12.50"
    other = {**given, "amount": "7.51"}  # another request with a number that was used
    assert refusal(lambda: ask(huawei, cyro, "ClaimEnterpriseMultiAccountCoupon", **other)) == STATE
    assert own(huawei, people, "chen")[sub].balance == 7.5
    found = ask(huawei, cyro, "ListMultiAccountRetrieveCoupons", sub_customer_id=chen)
    row = next(one for one in found.avail_retrieve_coupons if one.coupon_id == code)
    assert (row.coupon_id, row.sub_coupon_id, row.balance, row.expire_time) == (code, sub, "7.50", FAR)
    back = {"customer_id": chen, "coupon_id": code, "sub_coupon_id": sub}
    assert ask(huawei, cyro, "ReclaimEnterpriseMultiAccountCoupon", **back).real_retrieve_amout == "7.50"
    assert master()[code] == "20.00"
    left = ask(huawei, cyro, "ListMultiAccountRetrieveCoupons", sub_customer_id=chen).avail_retrieve_coupons
    assert sub not in {one.sub_coupon_id for one in left}
    again = {**back, "trans_id": "again"}  # not the same request, which would get the first answer
    assert refusal(lambda: ask(huawei, cyro, "ReclaimEnterpriseMultiAccountCoupon", **again)) == STATE
    assert own(huawei, people, "chen", status=5).keys() >= {sub}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"amount": "20.01"}, (400, "CBC.5003")),
        ({"amount": "0"}, BAD),
        ({"amount": "-1"}, BAD),
        ({"amount": "1.001"}, BAD),
        ({"amount": "NaN"}, BAD),
        ({"amount": "ten"}, BAD),
        ({"customer_id": "cora"}, (400, "CBC.99000035")),  # no member
        ({"customer_id": "nobody"}, (400, "CBC.99000035")),
        ({"coupon_id": "nothing"}, (400, "CBC.99000035")),
    ],
)
def test_what_cannot_be_given(
    huawei: Huawei, people: People, made: Made, changed: dict[str, Any], expected: tuple[int, str]
) -> None:
    code = issue(huawei, people, made["dora"], "dora", "cyro", "20")
    given = {"customer_id": "chen", "coupon_id": code, "amount": "1", **changed}
    if given["customer_id"] in people:
        given["customer_id"] = people[given["customer_id"]].account_id
    assert refusal(lambda: ask(huawei, people["cyro"], "ClaimEnterpriseMultiAccountCoupon", **given)) == expected
    given = {"customer_id": people["chen"].account_id, "coupon_id": code, "amount": "1"}
    refused = refusal(lambda: ask(huawei, people["su"], "ClaimEnterpriseMultiAccountCoupon", **given))
    assert refused == (400, "CBC.99000035")  # whose enterprise it is not
    ask(huawei, people["dora"], "ReclaimPartnerCoupons", coupon_id=code)
