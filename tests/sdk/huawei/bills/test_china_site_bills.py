"""ListCustomerBillsFeeRecords and ListCustomerBillsMonthlyBreakDown. Expectations: the book, and the SDK's models."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from huaweicloudsdkbss.v2 import ListCustomerBillsFeeRecordsRequest, ListCustomerBillsMonthlyBreakDownRequest

from tests.sdk.clients import HuaweiClient
from tests.sdk.huawei.bills.asking import CN, Huawei, People, refusal
from tests.sdk.huawei.bills.book import FINAL, OPEN, SPENT


def records(client: HuaweiClient, **parameters: Any) -> Any:
    given = {"bill_cycle": FINAL, "limit": 100, **parameters}
    return client.list_customer_bills_fee_records(ListCustomerBillsFeeRecordsRequest(**given))


def breakdown(client: HuaweiClient, **parameters: Any) -> Any:
    given = {"shared_month": FINAL, "limit": 100, **parameters}
    return client.list_customer_bills_monthly_break_down(ListCustomerBillsMonthlyBreakDownRequest(**given))


def test_deductions_add_up_and_say_whether_they_are_paid(huawei: Huawei, people: People) -> None:
    carl = people["carl"]
    answer = records(huawei(carl, **CN))
    assert (answer.total_count, answer.currency) == (9, "USD")
    assert sum(one.consume_amount for one in answer.records) == SPENT
    first, second = answer.records[:2]
    assert (first.customer_id, first.account_name) == (carl.account_id, carl.account_name)
    assert (first.trade_id, first.bill_type, first.provider_type) == ("T-1", 5, 1)
    assert (first.erase_amount, first.official_discount_amount) == (Decimal("0.00000001"), 2)
    assert (first.status, second.status) == (1, 2)  # the second has 3 unpaid
    for one in answer.records:  # the SDK's note on official_amount
        assert one.official_amount == one.official_discount_amount + one.erase_amount + one.consume_amount
    (running,) = records(huawei(carl, **CN), bill_cycle=OPEN).records
    assert running.status == 3  # not billed yet


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"status": 1}, 8),
        ({"status": 2}, 1),
        ({"status": 3}, 0),
        ({"status": 3, "bill_cycle": OPEN}, 1),
        ({"status": 1, "bill_cycle": OPEN}, 0),
        ({"provider_type": 1}, 9),
        ({"provider_type": 2}, 0),
        ({"provider_type": 2, "service_type_code": "hws.service.type.ebs"}, 0),
        ({"include_zero_record": False}, 8),
        ({"include_zero_record": False, "status": 1}, 7),
        ({"service_type_code": "hws.service.type.ebs", "bill_type": 4}, 1),
        ({"resource_type_code": "hws.resource.type.volume"}, 3),
        ({"trade_id": "CS-1"}, 1),
        ({"region_code": "", "trade_id": "", "enterprise_project_id": "", "method": ""}, 9),
        ({"bill_date_begin": f"{FINAL}-01", "bill_date_end": f"{FINAL}-01"}, 1),
    ],
)
def test_deductions_are_filtered(huawei: Huawei, people: People, parameters: dict[str, Any], expected: int) -> None:
    assert records(huawei(people["carl"], **CN), **parameters).total_count == expected


@pytest.mark.parametrize("parameters", [{"status": 4}, {"provider_type": 3}, {"bill_type": 6}, {"charging_mode": 2}])
def test_deductions_refuse(huawei: Huawei, people: People, parameters: dict[str, Any]) -> None:
    assert refusal(lambda: records(huawei(people["carl"], **CN), **parameters)) == (400, "CBC.0100")


def test_a_prepayment_is_spread_as_it_was_delivered(huawei: Huawei, people: People) -> None:
    """The book: 80 were paid, of which 50 fall into the month."""
    answer = breakdown(huawei(people["carl"], **CN))
    assert (answer.total_count, answer.currency) == (9, "USD")
    bought = next(one for one in answer.details if one.bill_type == 1)
    assert (bought.shared_month, bought.bill_cycle, bought.order_id) == (FINAL, FINAL, "CS-1")
    assert bought.consume_amount == 80
    assert bought.past_months_amortized_amount == 0
    assert (bought.current_month_amortized_amount, bought.future_months_amortized_amount) == (50, 30)
    parts = [bought.amortized_cash_amount, bought.amortized_flexipurchase_coupon_amount]
    parts += [bought.amortized_stored_value_card_amount, bought.amortized_bonus_amount]
    assert parts == [Decimal("15.625"), Decimal("18.75"), Decimal("12.5"), Decimal("3.125")]  # 50/80 of each
    assert sum(parts) == bought.current_month_amortized_amount
    used = answer.details[0]
    assert [(one.tag_key, one.tag_value) for one in used.effective_tag_pairs] == [("env", "prod")]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"resource_id": "volume-1"}, 3),
        ({"resource_name": "ecs-shop"}, 4),
        ({"resource_type_code": '""'}, 0),
        ({"service_type_code": "hws.service.type.ec2"}, 5),
        ({"charging_mode": 11}, 1),
        ({"bill_type": 23}, 1),
        ({"enterprise_project_id": "0"}, 4),
        ({"region_code": "ap-southeast-3"}, 4),
        ({"method": "sub_customer", "sub_customer_id": "f" * 32}, 0),
    ],
)
def test_the_breakdown_is_filtered(huawei: Huawei, people: People, parameters: dict[str, Any], expected: int) -> None:
    assert breakdown(huawei(people["carl"], **CN), **parameters).total_count == expected


def test_the_breakdown_refuses(huawei: Huawei, people: People) -> None:
    assert refusal(lambda: breakdown(huawei(people["carl"], **CN), shared_month="2019-01")) == (400, "CBC.0100")
