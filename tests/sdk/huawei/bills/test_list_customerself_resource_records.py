"""ListCustomerselfResourceRecords. Expectations: the book, huawei:C9 and huawei:D6, and the SDK's model."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from huaweicloudsdkbssintl.v2 import ListCustomerselfResourceRecordsRequest

from tests.sdk.clients import HuaweiClient
from tests.sdk.huawei.bills.asking import Huawei, People, refusal
from tests.sdk.huawei.bills.book import FINAL, SPENT


def ask(client: HuaweiClient, **parameters: Any) -> Any:
    request = ListCustomerselfResourceRecordsRequest(**{"cycle": FINAL, "limit": 100, **parameters})
    return client.list_customerself_resource_records(request)


def test_a_record_tells_everything_its_line_has(huawei: Huawei, people: People) -> None:
    carl = people["carl"]
    one = ask(huawei(carl), x_language="en_US").fee_records[0]
    assert (
        one.to_dict()
        | {
            "bill_date": f"{FINAL}-01",
            "bill_type": 5,
            "customer_id": carl.account_id,
            "account_name": carl.account_name,
            "region": "ap-southeast-3",
            "region_name": "AP-Singapore",
            "cloud_service_type": "hws.service.type.ec2",
            "cloud_service_type_name": "Elastic Cloud Server",
            "resource_type": "hws.resource.type.vm",
            "resource_type_name": "Cloud Host",
            "effective_time": f"{FINAL}-01T01:00:00Z",
            "expire_time": f"{FINAL}-01T02:00:00Z",
            "consume_time": f"{FINAL}-01T01:00:00Z",
            "trade_time": f"{FINAL}-01T02:10:00Z",
            "resource_id": "2f1c07a5-61d3-4d2b-9b56-3a1f0a6e2c11",
            "resource_name": "ecs-shop",
            "resource_tag": '{"env": "prod"}',
            "product_id": "00301-110023-0--0",
            "product_name": "s6.large.2",
            "sku_code": "s6.large.2.linux",
            "product_spec_desc": "General computing s6.large.2 | 2 vCPUs | 4 GiB",
            "trade_id": "T-1",
            "enterprise_project_id": "0",
            "enterprise_project_name": "default",
            "charge_mode": "3",
            "usage_type": "duration",
            "usage": Decimal(1),
            "unit_price": Decimal(10),
            "unit": "USD/hour",
            "official_amount": Decimal(10),
            "discount_amount": Decimal(2),
            "amount": Decimal("7.99999999"),
            "coupon_amount": Decimal(1),
            "cash_amount": Decimal(2),
            "credit_amount": Decimal("4.99999999"),
            "debt_amount": Decimal(0),
            "measure_id": 1,
        }
        == one.to_dict()
    )


def test_pages_add_up_to_the_month(huawei: Huawei, people: People) -> None:
    client = huawei(people["carl"])
    pages = [ask(client, offset=offset, limit=4) for offset in (0, 4, 8, 12)]
    assert [len(page.fee_records) for page in pages] == [4, 4, 1, 0]
    assert {page.total_count for page in pages} == {9}
    records = [one for page in pages for one in page.fee_records]
    assert sum(one.amount for one in records) == SPENT
    assert len({one.id for one in records}) == 9
    for one in records:  # huawei:E6
        parts = [one.cash_amount, one.credit_amount, one.coupon_amount, one.flexipurchase_coupon_amount]
        parts += [one.stored_card_amount, one.bonus_amount, one.debt_amount, one.adjustment_amount]
        assert one.amount == sum(parts)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"bill_type": 5}, 3),
        ({"bill_type": 2}, 0),  # the renewal was an automatic one, which has a type of its own
        ({"bill_type": 8}, 1),
        ({"bill_type": 12}, 1),  # Tencent's hourly settlement
        ({"bill_type": 4}, 1),
        ({"charge_mode": "1"}, 3),
        ({"charge_mode": "3"}, 5),
        ({"charge_mode": "11"}, 1),
        ({"region": "ap-southeast-1"}, 3),
        ({"region": ""}, 1),  # blank filters here (huawei:C9)
        ({"region": '""'}, 1),
        ({"resource_id": "volume-1"}, 3),
        ({"resource_id": ""}, 2),
        ({"enterprise_project_id": "p-7"}, 3),
        ({"enterprise_project_id": "null"}, 2),
        ({"enterprise_project_id": ""}, 2),
        ({"cloud_service_type": "hws.service.type.ebs"}, 3),
        ({"cloud_service_type": ""}, 0),
        ({"trade_id": "T-2"}, 1),
        ({"trade_id": "CS-2"}, 1),
        ({"trade_id": "nobody's"}, 0),
        ({"trade_id": ""}, 2),
        ({"include_zero_record": False}, 8),
        ({"include_zero_record": True}, 9),
        ({"bill_date_begin": f"{FINAL}-02", "bill_date_end": f"{FINAL}-04"}, 3),
        ({"bill_date_begin": f"{FINAL}-02"}, 9),  # alone it does not matter
        ({"method": "oneself"}, 9),
        ({"method": "sub_customer", "sub_customer_id": "f" * 32}, 0),
    ],
)
def test_it_filters(huawei: Huawei, people: People, parameters: dict[str, Any], expected: int) -> None:
    answer = ask(huawei(people["carl"]), **parameters)
    assert answer.total_count == expected == len(answer.fee_records)


def test_sums_of_the_cycle_and_of_days_add_up_too(huawei: Huawei, people: People) -> None:
    client = huawei(people["carl"])
    cycle, days = ask(client, statistic_type=1), ask(client, statistic_type=2)
    assert cycle.total_count == 7  # the machine's three lines of usage agree in everything
    assert days.total_count == 9
    assert sum(one.amount for one in cycle.fee_records) == sum(one.amount for one in days.fee_records) == SPENT
    assert {one.bill_date for one in cycle.fee_records} == {None}
    assert {one.bill_date for one in days.fee_records} == {f"{FINAL}-0{day}" for day in range(1, 10)}
    machine = next(one for one in cycle.fee_records if one.bill_type == 5)
    assert (machine.amount, machine.official_amount) == (Decimal("10.99999999"), 19)
    assert ask(client, statistic_type=2, include_zero_record=False).total_count == 8
    assert ask(client, statistic_type=2, offset=8, limit=4).total_count == 9


@pytest.mark.parametrize(
    "parameters",
    [
        {"cycle": "2026"},
        {"statistic_type": 4},
        {"bill_type": 99},
        {"charge_mode": "2"},
        {"charge_mode": ""},
        {"bill_date_begin": f"{FINAL}-05", "bill_date_end": f"{FINAL}-04"},
        {"bill_date_begin": "2026-02-30", "bill_date_end": f"{FINAL}-04"},
        {"bill_date_begin": "2001-01-01", "bill_date_end": f"{FINAL}-04"},  # not of the cycle's month
        {"limit": 0},
    ],
)
def test_it_refuses(huawei: Huawei, people: People, parameters: dict[str, Any]) -> None:
    assert refusal(lambda: ask(huawei(people["carl"]), **parameters)) == (400, "CBC.0100")


def test_names_are_chinese_unless_asked_otherwise(huawei: Huawei, people: People) -> None:
    """huawei:F21."""
    one = ask(huawei(people["carl"]), resource_id="volume-1").fee_records[0]
    assert (one.cloud_service_type_name, one.resource_type_name, one.region_name) == ("云硬盘", "硬盘", "中国-香港")
