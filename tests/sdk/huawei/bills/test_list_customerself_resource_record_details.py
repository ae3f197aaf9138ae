"""ListCustomerselfResourceRecordDetails. Expectations: the book, huawei:C9 and huawei:D6, and the SDK's model."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from huaweicloudsdkbssintl.v2 import ListCustomerselfResourceRecordDetailsRequest, QueryResRecordsDetailReq

from tests.sdk.clients import HuaweiClient
from tests.sdk.huawei.bills.asking import Huawei, People, refusal
from tests.sdk.huawei.bills.book import FINAL, SPENT


def ask(client: HuaweiClient, **parameters: Any) -> Any:
    body = QueryResRecordsDetailReq(**{"cycle": FINAL, "limit": 100, **parameters})
    return client.list_customerself_resource_record_details(ListCustomerselfResourceRecordDetailsRequest(body=body))


def test_it_sums_the_cycle_unless_asked_otherwise(huawei: Huawei, people: People) -> None:
    carl = people["carl"]
    answer = ask(huawei(carl))
    assert answer.total_count == 7
    assert sum(one.consume_amount for one in answer.monthly_records) == SPENT
    machine = next(one for one in answer.monthly_records if one.bill_type == 5)
    assert (machine.cycle, machine.bill_date, machine.consume_amount) == (FINAL, None, Decimal("10.99999999"))
    assert machine.resource_type_code == "hws.resource.type.vm"  # resource_Type_code on the wire
    assert [zone.az_code for zone in machine.az_code_infos] == ["ap-southeast-3a"]
    assert (machine.payer_account_id, machine.account_name) == (carl.account_id, carl.account_name)
    assert machine.cloud_service_type_name == "Elastic Cloud Server"  # English here (huawei:F21)


def test_it_tells_days_and_lines(huawei: Huawei, people: People) -> None:
    client = huawei(people["carl"])
    days, lines = ask(client, statistic_type=2), ask(client, statistic_type=3)
    assert days.total_count == lines.total_count == 9
    for answer in (days, lines):
        assert sum(one.consume_amount for one in answer.monthly_records) == SPENT
    assert {one.bill_date for one in lines.monthly_records} == {None}
    bought = next(one for one in lines.monthly_records if one.bill_type == 1)
    assert (bought.trade_id, bought.period_type, bought.period_num, bought.is_spot) == ("CS-1", 20, 1, "--")
    assert {one.is_spot for one in lines.monthly_records} == {"--", "N"}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"statistic_type": 3, "resource_type": "hws.resource.type.volume"}, 3),
        ({"statistic_type": 3, "resource_type": "sp_cvm_s5"}, 1),
        ({"statistic_type": 3, "res_instance_id": "volume-1"}, 3),
        ({"statistic_type": 3, "charge_mode": 11}, 1),
        ({"statistic_type": 3, "bill_type": 9}, 1),
        ({"statistic_type": 3, "include_zero_record": False}, 8),
        ({"statistic_type": 1, "include_zero_record": False}, 7),  # the machine's usage came to something
        ({"statistic_type": 3, "enterprise_project_id": "null"}, 2),
        ({"cloud_service_type": "", "resource_type": "", "region": "", "enterprise_project_id": ""}, 7),
        (
            {
                "statistic_type": 3,
                "query_type": "DAILY",
                "bill_cycle_begin": f"{FINAL}-02",
                "bill_cycle_end": f"{FINAL}-03",
            },
            2,
        ),
    ],
)
def test_it_filters(huawei: Huawei, people: People, parameters: dict[str, Any], expected: int) -> None:
    answer = ask(huawei(people["carl"]), **parameters)
    assert answer.total_count == expected == len(answer.monthly_records)


def test_a_payer_narrows_to_what_it_pays(huawei: Huawei, people: People) -> None:
    """huawei:A4, D6: an ordinary customer pays for itself; somebody else's id shows nothing."""
    carl = people["carl"]
    assert ask(huawei(carl), payer_account_id=carl.account_id).total_count == 7
    for other in (people["cora"].account_id, "f" * 32):
        assert ask(huawei(carl), payer_account_id=other).total_count == 0


@pytest.mark.parametrize(
    "parameters",
    [
        {"statistic_type": 0},
        {"query_type": "WEEKLY"},
        {"query_type": "DAILY", "bill_cycle_begin": f"{FINAL}-02", "bill_cycle_end": f"{FINAL}-03"},  # type 1
        {"query_type": "DAILY", "statistic_type": 2},  # without days
        {"charge_mode": 4},
        {"cycle": "2018-12"},
    ],
)
def test_it_refuses(huawei: Huawei, people: People, parameters: dict[str, Any]) -> None:
    assert refusal(lambda: ask(huawei(people["carl"]), **parameters)) == (400, "CBC.0100")
