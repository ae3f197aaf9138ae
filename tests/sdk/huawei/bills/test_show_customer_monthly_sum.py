"""ShowCustomerMonthlySum. Expectations: the book, whose amounts are huawei:E6's, and huawei:C9, huawei:D6."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from huaweicloudsdkbssintl.v2 import ShowCustomerMonthlySumRequest

from tests.sdk.clients import HuaweiClient
from tests.sdk.huawei.bills.asking import Huawei, People, refusal
from tests.sdk.huawei.bills.book import FINAL, OPEN, PAYABLE, SPENT


def ask(client: HuaweiClient, **parameters: Any) -> Any:
    return client.show_customer_monthly_sum(ShowCustomerMonthlySumRequest(**{"bill_cycle": FINAL, **parameters}))


def told(record: Any) -> tuple[str, int, int, Decimal]:
    return record.resource_type_code, record.charging_mode, record.bill_type, record.consume_amount


def test_it_tells_the_month_by_product_mode_and_type(huawei: Huawei, people: People) -> None:
    answer = ask(huawei(people["carl"]))
    assert [told(one) for one in answer.bill_sums] == [
        ("hws.resource.type.volume", 1, 1, Decimal(92)),
        ("hws.resource.type.volume", 1, 2, Decimal(-20)),
        ("hws.resource.type.vm", 3, 1, Decimal("10.99999999")),
        ("hws.resource.type.vm", 3, 3, Decimal("-1.5")),
        ("hws.resource.type.vm", 11, 1, Decimal("0.00000001")),
        ("sp_cvm_s5", 3, 1, Decimal("2.5")),  # of another cloud, whose second level stands for the resource type
    ]
    assert answer.total_count == 6
    assert (answer.currency, answer.measure_id) == ("USD", 1)
    assert answer.consume_amount == SPENT == sum(PAYABLE)


def test_both_identities_hold_to_the_last_digit(huawei: Huawei, people: People) -> None:
    """huawei:E6: payable = official - discount - truncated, and payable is what it was paid with."""
    answer = ask(huawei(people["carl"]))
    virtual_machines = answer.bill_sums[2]
    assert virtual_machines.official_amount == 19  # 10 + 4 + 5
    assert virtual_machines.truncated_amount == Decimal("0.00000001")
    assert virtual_machines.official_discount_amount == 8  # 2 + 1 + 5
    assert (virtual_machines.coupon_amount, virtual_machines.cash_amount) == (1, 2)
    assert (virtual_machines.credit_amount, virtual_machines.debt_amount) == (Decimal("4.99999999"), 3)
    for one in answer.bill_sums:
        assert one.consume_amount == one.official_amount - one.official_discount_amount - one.truncated_amount
    disks = answer.bill_sums[0]
    assert (disks.flexipurchase_coupon_amount, disks.stored_value_card_amount, disks.debt_amount) == (30, 20, 12)
    assert answer.debt_amount == 3 + 12 - Decimal("1.5") + Decimal("0.00000001") + Decimal("2.5")


def test_it_names_the_customer_and_the_codes(huawei: Huawei, people: People) -> None:
    carl = people["carl"]
    one = ask(huawei(carl), service_type_code="hws.service.type.ebs").bill_sums[0]
    assert (one.customer_id, one.account_name, one.bill_cycle) == (carl.account_id, carl.account_name, FINAL)
    assert (one.service_type_name, one.resource_type_name) == ("云硬盘", "硬盘")  # Chinese unless asked otherwise


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"service_type_code": "hws.service.type.ebs"}, 2),
        ({"service_type_code": "hws.service.type.none"}, 0),
        ({"enterprise_project_id": "p-7"}, 2),
        ({"enterprise_project_id": "0"}, 2),
        ({"enterprise_project_id": "null"}, 2),  # a filter: what belongs to no project, the savings plan and Tencent's
        ({"service_type_code": "", "enterprise_project_id": "", "method": ""}, 6),
        ({"method": "oneself"}, 6),
        ({"method": "sub_customer", "sub_customer_id": "f" * 32}, 0),
    ],
)
def test_it_filters(huawei: Huawei, people: People, parameters: dict[str, str], expected: int) -> None:
    answer = ask(huawei(people["carl"]), **parameters)
    assert answer.total_count == expected == len(answer.bill_sums)


def test_it_pages_and_still_sums_everything(huawei: Huawei, people: People) -> None:
    client = huawei(people["carl"])
    pages = [ask(client, offset=offset, limit=4) for offset in (0, 4, 8)]
    assert [len(page.bill_sums) for page in pages] == [4, 2, 0]
    assert {page.total_count for page in pages} == {6}
    assert {page.consume_amount for page in pages} == {SPENT}


def test_it_tells_a_running_month_and_an_empty_one(huawei: Huawei, people: People) -> None:
    client = huawei(people["carl"])
    assert ask(client, bill_cycle=OPEN).consume_amount == 4
    empty = ask(huawei(people["chen"]))
    assert (empty.total_count, empty.bill_sums, empty.consume_amount, empty.currency) == (0, [], 0, "USD")


def test_a_site_has_its_currency(huawei: Huawei, people: People) -> None:
    answer = ask(huawei(people["su"]))
    assert (answer.currency, answer.consume_amount) == ("CNY", 3)


@pytest.mark.parametrize(
    "parameters",
    [
        {"bill_cycle": "2026-13"},
        {"bill_cycle": "2020-01"},  # before the history
        {"bill_cycle": "9999-12"},
        {"bill_cycle": ""},
        {"enterprise_project_id": '""'},
        {"method": "everybody"},
        {"method": "sub_customer"},
        {"limit": 1001},
        {"offset": -1},
    ],
)
def test_it_refuses(huawei: Huawei, people: People, parameters: dict[str, Any]) -> None:
    assert refusal(lambda: ask(huawei(people["carl"]), **parameters)) == (400, "CBC.0100")


@pytest.mark.parametrize("who", ["dora", "rita", "pia"])
def test_it_is_for_customers(huawei: Huawei, people: People, who: str) -> None:
    assert refusal(lambda: ask(huawei(people[who]))) == (403, "CBC.0151")
