"""A partner's operations. Expectations: the book, huawei:D6, D7a and E6, and the models of both SDKs."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from huaweicloudsdkbss.v2 import (
    ListConsumeSubCustomersReq,
    ListConsumeSubCustomersRequest,
    ListSubCustomerBillDetailRequest,
    ListSubcustomerMonthlyBillsRequest,
)
from huaweicloudsdkbssintl.v2 import ListPostpaidBillSumRequest

from tests.sdk.clients import HuaweiClient
from tests.sdk.huawei.bills.asking import CN, Huawei, People, refusal
from tests.sdk.huawei.bills.book import FINAL, OPEN, PAYABLE


def month_of(client: HuaweiClient, cycle: str = FINAL) -> Any:
    return client.list_postpaid_bill_sum(ListPostpaidBillSumRequest(bill_cycle=cycle))


def details(client: HuaweiClient, customer_id: str, **parameters: Any) -> Any:
    given = {"bill_cycle": FINAL, "customer_id": customer_id, "limit": 100, **parameters}
    return client.list_sub_customer_bill_detail(ListSubCustomerBillDetailRequest(**given))


def spenders(client: HuaweiClient, **parameters: Any) -> Any:
    body = ListConsumeSubCustomersReq(**{"bill_cycle": FINAL, **parameters})
    return client.list_consume_sub_customers(ListConsumeSubCustomersRequest(body=body))


def sums(client: HuaweiClient, **parameters: Any) -> Any:
    given = {"cycle": FINAL, "charge_mode": "3", "limit": 100, **parameters}
    return client.list_subcustomer_monthly_bills(ListSubcustomerMonthlyBillsRequest(**given))


def test_the_partners_month_is_the_pages_example(huawei: Huawei, people: People) -> None:
    """mb_00003: 90 is due, 140 spent, 30 refunded and 20 adjusted, with a tax of 10 that is not in it (huawei:F23)."""
    answer = month_of(huawei(people["sol"]))
    assert (answer.bill_cycle, answer.currency) == (FINAL, "USD")
    assert (answer.consume_amount, answer.refunds, answer.adjustments) == (140, -30, -20)
    assert (answer.initial_amount_due, answer.tax_amount) == (90, 10)


def test_a_month_that_is_not_finished_has_no_bill(huawei: Huawei, people: People) -> None:
    assert refusal(lambda: month_of(huawei(people["sol"]), OPEN)) == (400, "CBC.0100")
    assert month_of(huawei(people["olga"])).initial_amount_due == 0  # nobody spent anything


def test_a_distributor_reads_its_resellers_customer_by_naming_the_reseller(huawei: Huawei, people: People) -> None:
    carl, rita = people["carl"], people["rita"]
    answer = details(huawei(people["dora"], **CN), carl.account_id, indirect_partner_id=rita.account_id)
    assert (answer.total_count, answer.currency) == (9, "USD")
    assert sum(one.payment_amount for one in answer.fee_records) == sum(PAYABLE)
    bought = next(one for one in answer.fee_records if one.bill_detail_type == 1)
    assert (bought.customer_id, bought.partner_id) == (carl.account_id, rita.account_id)
    assert (bought.association_type, bought.trade_id, bought.charging_mode) == ("3", "CS-1", 1)
    assert (bought.official_amount, bought.official_discount_amount, bought.payment_amount) == (100, 20, 80)
    assert (bought.period_type, bought.period_num, bought.bill_cycle) == (20, 1, FINAL)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"charging_mode": 1}, 3),
        ({"bill_detail_type": 8}, 1),
        ({"service_type_code": ""}, 9),  # blank is no filter here
        ({"service_type_code": '""'}, 0),
        ({"region_code": '""'}, 1),
        ({"resource_name": "ecs-shop"}, 4),
        ({"trade_id": "CS-2"}, 1),
        ({"account_manager_id": "null"}, 9),
        ({"account_manager_id": "1"}, 0),
        ({"association_type": "3"}, 9),
        ({"association_type": "1"}, 0),
        ({"bill_date_begin": f"{FINAL}-02", "bill_date_end": f"{FINAL}-03"}, 2),
        ({"offset": 8}, 9),
    ],
)
def test_details_are_filtered(huawei: Huawei, people: People, parameters: dict[str, Any], expected: int) -> None:
    client = huawei(people["dora"], **CN)
    answer = details(client, people["carl"].account_id, indirect_partner_id=people["rita"].account_id, **parameters)
    assert answer.total_count == expected


def test_a_strangers_customer_is_as_absent_as_nobodys(huawei: Huawei, people: People) -> None:
    """otto is olga's, cato is sol's; carl is dora's reseller's, and is not dora's without naming it."""
    client = huawei(people["dora"], **CN)
    for customer_id in (people["otto"].account_id, people["cato"].account_id, people["carl"].account_id, "f" * 32):
        assert refusal(partial(details, client, customer_id)) == (400, "CBC.99000035")
    for reseller_id in (people["ruth"].account_id, people["carl"].account_id, "f" * 32):
        answer = refusal(partial(details, client, people["carl"].account_id, indirect_partner_id=reseller_id))
        assert answer == (400, "CBC.99000037")


@pytest.mark.parametrize(
    "parameters",
    [{"resource_id": '""'}, {"association_type": "null"}, {"charging_mode": 7}, {"bill_cycle": "2026-00"}],
)
def test_details_refuse(huawei: Huawei, people: People, parameters: dict[str, Any]) -> None:
    client = huawei(people["dora"], **CN)
    assert refusal(lambda: details(client, people["cora"].account_id, **parameters)) == (400, "CBC.0100")


def test_who_spent_in_a_month(huawei: Huawei, people: People) -> None:
    found = spenders(huawei(people["dora"], **CN))
    assert [one.customer_id for one in found.sub_customers] == [people["cora"].account_id]
    assert found.total_count == 1
    assert spenders(huawei(people["dora"], **CN), offset=1).sub_customers == []
    assert spenders(huawei(people["olga"], **CN)).total_count == 0


def test_customers_months_by_mode(huawei: Huawei, people: People) -> None:
    dora, rita, carl = people["dora"], people["rita"], people["carl"]
    own = sums(huawei(dora, **CN))
    assert [(one.customer_id, one.amount) for one in own.bill_sums] == [(people["cora"].account_id, Decimal("47.25"))]
    theirs = sums(huawei(dora, **CN), indirect_partner_id=rita.account_id, customer_id=carl.account_id)
    assert [(one.resource_type_code, one.bill_type, one.amount) for one in theirs.bill_sums] == [
        ("hws.resource.type.vm", "0", Decimal("10.99999999")),
        ("hws.resource.type.vm", "2", Decimal("-1.5")),
        ("sp_cvm_s5", "0", Decimal("2.5")),
    ]
    machine = theirs.bill_sums[0]
    assert (machine.debt_amount, machine.discount_amount, machine.charge_mode) == (3, 8, "3")
    assert {one.balance_type: one.amount for one in machine.account_details} == {
        "BALANCE_TYPE_DEBIT": 2,
        "BALANCE_TYPE_CREDIT": Decimal("4.99999999"),
        "BALANCE_TYPE_COUPON": 1,
    }
    refunds = sums(huawei(dora, **CN), charge_mode="1", bill_type="1", indirect_partner_id=rita.account_id)
    assert [(one.amount, one.debt_amount) for one in refunds.bill_sums] == [(-20, None)]
    assert (refunds.count, refunds.currency) == (1, "USD")


@pytest.mark.parametrize("parameters", [{"charge_mode": ""}, {"charge_mode": "x"}, {"bill_type": "3"}])
def test_customers_months_refuse(huawei: Huawei, people: People, parameters: dict[str, Any]) -> None:
    assert refusal(lambda: sums(huawei(people["dora"], **CN), **parameters)) == (400, "CBC.0100")


@pytest.mark.parametrize("who", ["carl", "rita", "pia"])
def test_they_are_for_who_pays_the_provider(huawei: Huawei, people: People, who: str) -> None:
    """huawei:F27."""
    carl = people["carl"].account_id
    china, international = huawei(people[who], **CN), huawei(people[who])
    for call in (
        lambda: month_of(international),
        lambda: details(china, carl),
        lambda: spenders(china),
        lambda: sums(china),
    ):
        assert refusal(call) == (403, "CBC.0151")
