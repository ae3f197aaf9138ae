"""The v1.0 operations, through the SDK's own request machinery. Expectations: the book, huawei:C9, C10 and D7b."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sdk.clients import HuaweiClient
from tests.sdk.huawei.bills.asking import Huawei, People, refusal
from tests.sdk.huawei.bills.book import FINAL, OPEN, SPENT

CUSTOMERS = "/v1.0/whoever/customer/account-mgr/bill"  # domain_id is not verified (huawei:F22)


def monthly(client: HuaweiClient, *query: tuple[str, str]) -> Any:
    asked = [("cycle", FINAL), *query]
    return client.raw("LegacyShowMonthlySum", "GET", f"{CUSTOMERS}/monthly-sum", query=asked)


def usage(client: HuaweiClient, *query: tuple[str, str]) -> Any:
    asked = [("cycle", FINAL), *query]
    return client.raw("LegacyListResourceRecords", "GET", f"{CUSTOMERS}/res-records", query=asked)


def fees(client: HuaweiClient, *query: tuple[str, str], end: int = 28) -> Any:
    asked = [("startTime", f"{FINAL}-01"), ("endTime", f"{FINAL}-{end:02}"), *query]
    return client.raw("LegacyListResourceFeeRecords", "GET", f"{CUSTOMERS}/res-fee-records", query=asked)


def bill(client: HuaweiClient, month: str = FINAL) -> Any:
    path = "/v1.0/whoever/partner/account-mgr/postpaid-bill-summary"
    return client.raw("LegacyShowPostpaidBillSummary", "GET", path, query=[("consume_month", month)])


def test_the_month_is_told_by_service_and_of_one_service_by_resource_type(huawei: Huawei, people: People) -> None:
    carl = people["carl"]
    answer = monthly(huawei(carl))
    assert (answer["error_code"], answer["error_msg"]) == ("CBC.0000", "success")
    assert [(one["cloud_service_type_code"], one["pay_method"], one["bill_type"]) for one in answer["bill_sums"]] == [
        ("hws.service.type.ebs", "0", 0),
        ("hws.service.type.ebs", "0", 1),
        ("hws.service.type.ec2", "1", 0),
        ("hws.service.type.ec2", "1", 2),
        ("p_cvm", "1", 0),
    ]
    assert {one["resource_type_code"] for one in answer["bill_sums"]} == {None}
    assert {one["customer_id"] for one in answer["bill_sums"]} == {carl.account_id}
    assert (answer["total_count"], answer["currency"], answer["measure_id"]) == (5, "USD", 1)
    assert answer["total_amount"] == float(SPENT)
    assert (answer["coupon_amount"], answer["cashcoupon_amount"], answer["storedcard_amount"]) == (1, 30, 20)
    detailed = monthly(huawei(carl), ("cloud_service_type_code", "hws.service.type.ebs"))
    assert {one["resource_type_code"] for one in detailed["bill_sums"]} == {"hws.resource.type.volume"}


def test_the_partners_account_is_empty_for_whom_no_partner_pays(huawei: Huawei, people: People) -> None:
    assert monthly(huawei(people["carl"]), ("type", "1"))["total_count"] == 5  # resold by a partner
    assert monthly(huawei(people["su"]), ("type", "1"))["total_count"] == 1  # an agency sale


def test_usage_is_told_by_resource_in_pages(huawei: Huawei, people: People) -> None:
    client = huawei(people["carl"])
    answer = usage(client)
    found = [(one["resInstanceId"], one["payMethod"], one["consumeAmount"]) for one in answer["monthlyRecords"]]
    assert found == [
        ("volume-1", "0", 72),
        ("", "1", 0.00000001),
        ("2f1c07a5-61d3-4d2b-9b56-3a1f0a6e2c11", "1", 9.49999999),
        ("", "1", 2.5),
    ]
    assert (answer["totalCount"], answer["currency"], answer["officialAmount"]) == (4, "USD", 112.00000001)
    second = usage(client, ("offset", "2"), ("limit", "3"))  # a page number (huawei:C10)
    assert [one["resInstanceId"] for one in second["monthlyRecords"]] == [""]
    assert second["totalCount"] == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ([("payMethod", "0")], 1),
        ([("payMethod", "10")], 0),
        ([("resourceTypeCode", "hws.resource.type.vm")], 2),
        ([("regionCode", "ap-southeast-1")], 1),
        ([("regionCode", "")], 4),
        ([("regionCode", "null")], 0),  # a filter (mbc_00005)
        ([("enterpriseProjectId", "-1")], 2),
        ([("enterpriseProjectId", "null")], 2),
        ([("resInstanceId", "volume-1")], 1),
    ],
)
def test_usage_is_filtered(huawei: Huawei, people: People, query: list[tuple[str, str]], expected: int) -> None:
    assert usage(huawei(people["carl"]), *query)["totalCount"] == expected


def test_lines_of_some_days(huawei: Huawei, people: People) -> None:
    client = huawei(people["carl"])
    answer = fees(client)
    assert (answer["totalCount"], answer["currency"]) == (9, "USD")
    assert round(sum(one["amount"] for one in answer["feeRecords"]), 8) == float(SPENT)
    assert answer["officialAmount"] == 112.00000001
    bought = next(one for one in answer["feeRecords"] if one["feeSourceOperation"] == 1)
    assert (bought["orderId"], bought["payMethod"], bought["periodType"], bought["spot"]) == ("CS-1", "0", "20", "--")
    assert fees(client, end=2)["totalCount"] == 2
    assert fees(client, end=2)["officialAmount"] == 14
    assert len(fees(client, ("offset", "3"), ("limit", "4"))["feeRecords"]) == 1
    assert fees(client, ("orderId", "CS-2"))["totalCount"] == 1


def test_the_partners_month(huawei: Huawei, people: People) -> None:
    answer = bill(huawei(people["sol"]))
    assert (answer["billCycle"], answer["currency"], answer["measureId"]) == (FINAL, "USD", 1)
    assert (answer["creditDebtAmount"], answer["consumeAmount"]) == (90, 140)
    assert (answer["unsubscribeAmount"], answer["writeoffdebt"], answer["taxAmount"]) == (-30, -20, 10)
    assert [(one["billType"], one["partnerAmount"], one["creditDebtAmount"]) for one in answer["billList"]] == [
        ("0", 140, 200),
        ("1", -30, -40),
        ("2", -20, -25),
    ]


def test_they_refuse(huawei: Huawei, people: People) -> None:
    client = huawei(people["carl"])
    for call in (
        lambda: monthly(client, ("type", "2")),
        lambda: monthly(client, ("type", "")),
        lambda: usage(client, ("payMethod", "3")),
        lambda: usage(client, ("regionCode", '""')),
        lambda: usage(client, ("offset", "0")),
        lambda: fees(client, ("limit", "101")),
        lambda: fees(client, ("offset", "")),
        lambda: fees(client, ("startTime", f"{FINAL}-01")),  # twice
        lambda: bill(huawei(people["sol"]), OPEN),
    ):
        assert refusal(call) == (400, "CBC.0100")
    assert refusal(lambda: monthly(huawei(people["dora"]))) == (403, "CBC.0151")
    assert refusal(lambda: bill(client)) == (403, "CBC.0151")
