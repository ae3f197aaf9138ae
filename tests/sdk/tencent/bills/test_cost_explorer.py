"""A customer's cost analysis through the official SDK. Expectations: tencent:D.6, tencent:E.6 and the SDK's models."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sdk.tencent.bills.book import OCTOBER, Row, grouped, rows_of, total
from tests.sdk.tencent.modes import MODES, Mode, People, Tencent, ask, refusal

SUMMARY, FILTER = "DescribeCustomerOwnCostExplorerSummary", "DescribeCustomerOwnCostExplorerFilter"
BOTH = [*rows_of("cora"), *rows_of("cora", OCTOBER)]
"""cora's lines of two months."""


def given(**changed: object) -> Mode:
    span: Mode = {"StartTime": "2026-09-01 00:00:00", "EndTime": "2026-10-31 23:59:59", "PeriodType": "month"}
    asked = {"Dimension": "Default", "FeeType": "totalCost", "BillType": 1, "Page": 1, "PageSize": 200}
    return {**span, **asked, **changed}


def plain(amount: Decimal) -> str:
    """tencent:D.6: costs are not padded, as in the worked example."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def series(items: Any) -> dict[str, str]:
    return {one.Period: one.Cost for one in items}


@pytest.mark.parametrize("mode", MODES)
def test_the_default_dimension_is_one_row(tencent: Tencent, people: People, mode: Mode) -> None:
    answer = ask(tencent(people["cora"], **mode), SUMMARY, **given())
    (row,) = answer.Detail
    assert (answer.DimensionName, row.Name, row.Code) == ("Default", "default", "")
    months = grouped(BOTH, lambda line: line["bill_day"][:7])
    assert series(row.ItemDetail) == {month: plain(cost) for month, cost in months.items()}
    assert row.SumCost == answer.TotalDetail.SumCost == plain(total(BOTH))
    assert answer.TotalDetail.TotalCount == 1
    assert series(answer.TotalDetail.PeriodItemDetail) == series(row.ItemDetail)


def test_by_day_the_days_with_costs_are_told(tencent: Tencent, people: People) -> None:
    answer = ask(tencent(people["cora"]), SUMMARY, **given(PeriodType="day", StartTime="2026-09-02 00:00:00"))
    rows = [row for row in BOTH if row["bill_day"] >= "2026-09-02"]
    days = grouped(rows, lambda row: row["bill_day"])
    assert series(answer.Detail[0].ItemDetail) == {day: plain(cost) for day, cost in days.items()}


def test_list_prices_are_told_too(tencent: Tencent, people: People) -> None:
    answer = ask(tencent(people["cora"]), SUMMARY, **given(FeeType="originalCost"))
    assert answer.TotalDetail.SumCost == plain(total(BOTH, "list_cost"))


KINDS = {
    ("prepaid", "pre_purchase"): "pre_purchase",
    ("prepaid", "prepay_return"): "prepay_return",
    ("reserved", "ripay_purchase"): "ripay_purchase",
    ("postpaid", "postpay_deduct_s"): "postpay_deduct_s",
    ("prepaid", None): "prepay_purchase",
}


BOUGHT = {"pre_purchase", "prepay_purchase"}


def kind(row: Row) -> str:
    """tencent:E.6; lines of another cloud by what they are about."""
    return KINDS.get((row.get("charging", "postpaid"), row.get("action_code")), "postpay_deduct_h")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("period", ["day", "month"])
@pytest.mark.parametrize(
    ("dimension", "by"),
    [
        ("Business", lambda row: row.get("service_code", "p_cvm")),
        ("Product", lambda row: row.get("product_code", "sp_cvm_s5")),
        ("Region", lambda row: row.get("region_code", "8")),
        ("Zone", lambda row: row.get("zone_code", "")),
        ("ActionType", kind),
        ("PayMode", lambda row: "prePay" if row.get("charging") in {"prepaid", "reserved"} else "postPay"),
        ("Project", lambda row: row.get("project_id", "default")),
        ("OwnerUin", lambda _row: "cora"),
        ("PayerUin", lambda _row: "dora"),
        ("Tag", lambda row: "default" if not row.get("tags") else "prod" if "prod" in row["tags"] else "test"),
    ],
)
def test_it_sums_by(tencent: Tencent, people: People, mode: Mode, dimension: str, by: Any, period: str) -> None:
    answer = ask(
        tencent(people["cora"], **mode), SUMMARY, **given(Dimension=dimension, PeriodType=period, TagKey="env")
    )
    expected = grouped(BOTH, lambda row: by(row) if dimension[-3:] != "Uin" else str(people[by(row)].uin))
    assert {row.Code: row.SumCost for row in answer.Detail} == {code: plain(cost) for code, cost in expected.items()}
    assert answer.TotalDetail.TotalCount == len(expected)
    assert answer.TotalDetail.SumCost == plain(total(BOTH))
    for row in answer.Detail:
        assert Decimal(row.SumCost) == sum(Decimal(item.Cost) for item in row.ItemDetail)
    costs = [Decimal(row.SumCost) for row in answer.Detail]
    assert costs == sorted(costs, reverse=True)


def test_a_page_of_groups_keeps_the_total(tencent: Tencent, people: People) -> None:
    client = tencent(people["cora"])
    whole = ask(client, SUMMARY, **given(Dimension="ActionType"))
    pages = [ask(client, SUMMARY, **given(Dimension="ActionType", Page=n, PageSize=2)) for n in (1, 2, 3, 4)]
    assert [row.Code for page in pages for row in page.Detail] == [row.Code for row in whole.Detail]
    assert {page.TotalDetail.SumCost for page in pages} == {whole.TotalDetail.SumCost}
    assert {page.TotalDetail.TotalCount for page in pages} == {len(whole.Detail)}


@pytest.mark.parametrize(
    ("conditions", "keep"),
    [
        ({"BusinessIn": ["p_cbs"]}, lambda row: row.get("service_code") == "p_cbs"),
        ({"BusinessIn": ["p_cbs", "hws.service.type.ec2"]}, lambda row: "service_code" in row),
        ({"ProductIn": ["sp_cbs_premium"]}, lambda row: row.get("service_code") == "p_cbs"),
        ({"RegionIn": ["8"]}, lambda row: "region_code" not in row),
        ({"ZoneIn": ["200001"]}, lambda row: "zone_code" in row),
        ({"ComponentIn": ["v_cbs_memspace"]}, lambda row: "component_code" in row),
        ({"ItemIn": ["sv_cbs_memspace_premium"]}, lambda row: "component_code" in row),
        ({"ResourceIn": ["ins-1"]}, lambda row: row.get("resource_id") == "ins-1"),
        ({"ProjectIn": ["default"]}, lambda row: "project_id" not in row),
        ({"ProjectIn": ["0"]}, lambda row: "project_id" not in row),
        ({"ProjectIn": ["1001", "default"]}, lambda _row: True),
        ({"PayModeIn": ["prePay"]}, lambda row: row.get("charging") in {"prepaid", "reserved"}),
        ({"PayModeIn": ["prePay", "postPay"]}, lambda _row: True),
        ({"PayModeIn": ["riPay"]}, lambda _row: False),
        ({"ActionTypeIn": ["pre_purchase", "prepay_purchase"]}, lambda row: kind(row) in BOUGHT),
        ({"ActionTypeIn": ["postpay_deduct_h"], "RegionIn": ["4"]}, lambda row: row.get("service_code") == "p_cbs"),
        ({"TagKey": "env", "TagIn": ["test"]}, lambda row: row.get("resource_id") == "ins-1"),
        ({"TagKey": "env", "TagIn": ["prod", "test"]}, lambda row: "tags" in row),
        ({"BusinessIn": ["p_cbs"], "RegionIn": ["8"]}, lambda _row: False),
        ({"BusinessIn": []}, lambda _row: True),
    ],
)
def test_it_filters(tencent: Tencent, people: People, conditions: Mode, keep: Any) -> None:
    """tencent:D.6: one of the values of a list, and all lists together."""
    for period in ("day", "month"):
        answer = ask(tencent(people["cora"]), SUMMARY, **given(PeriodType=period, Filter=conditions))
        assert answer.TotalDetail.SumCost == plain(total([row for row in BOTH if keep(row)]))


@pytest.mark.parametrize("mode", MODES)
def test_a_filter_is_taken_in_every_encoding(tencent: Tencent, people: People, mode: Mode) -> None:
    """tencent:C.5: `Filter.BusinessIn.1=p_cvm` where parameters are flat."""
    conditions = {
        "BusinessIn": ["p_cbs", "p_cvm"],
        "PayModeIn": ["postPay"],
        "TagKey": "env",
        "TagIn": ["prod", "test"],
    }
    answer = ask(tencent(people["cora"], **mode), SUMMARY, **given(Filter=conditions))
    rows = [row for row in BOTH if "tags" in row and "charging" not in row]
    assert answer.TotalDetail.SumCost == plain(total(rows))


def test_it_filters_by_accounts(tencent: Tencent, people: People) -> None:
    client = tencent(people["cora"])
    for condition, expected in (
        ({"OwnerUinIn": [str(people["cora"].uin)]}, plain(total(BOTH))),
        ({"OwnerUinIn": [str(people["chen"].uin)]}, "0"),
        ({"PayerUinIn": [str(people["dora"].uin)]}, plain(total(BOTH))),
        ({"PayerUinIn": [str(people["olga"].uin)]}, "0"),
        ({"PayerUinIn": ["nobody"]}, "0"),
    ):
        answer = ask(client, SUMMARY, **given(Filter=condition))
        assert answer.TotalDetail.SumCost == expected
        assert (answer.Detail == []) is (expected == "0")


@pytest.mark.parametrize("mode", MODES)
def test_it_lists_what_there_are_costs_of(tencent: Tencent, people: People, mode: Mode) -> None:
    span = {name: value for name, value in given().items() if name in {"StartTime", "EndTime", "PeriodType"}}
    data = ask(tencent(people["cora"], **mode), FILTER, **span).Data
    found = {name: {one.Key: one.Value for one in getattr(data, name)} for name in vars(type(data)) if name[0] != "_"}
    assert found["Business"] == {
        "hws.service.type.ec2": "Elastic Cloud Server",
        "p_cbs": "cloud block storage",
        "p_cvm": "Cloud Virtual Machine (CVM)",
    }
    assert found["Region"]["8"] == "North China (Beijing)"
    assert found["Zone"] == {"200001": "Shanghai Zone 1"}
    assert found["PayMode"] == {"prePay": "Yearly/monthly subscription", "postPay": "Pay-As-You-Go resources"}
    assert found["ActionType"]["prepay_return"] == "Monthly subscription refund"
    assert found["Project"] == {"default": "default", "1001": "web"}
    assert found["OwnerUin"] == {str(people["cora"].uin): f"cora_account({people['cora'].uin})"}
    assert found["PayerUin"] == {str(people["dora"].uin): f"***({people['dora'].uin})"}


def test_every_value_it_lists_is_a_filter(tencent: Tencent, people: People) -> None:
    """tencent:D.6: what the one action lists, the other takes."""
    client = tencent(people["cora"])
    span = {name: value for name, value in given().items() if name in {"StartTime", "EndTime", "PeriodType"}}
    data = ask(client, FILTER, **span).Data
    for name in ("Business", "Region", "Zone", "ActionType", "PayMode", "Project", "PayerUin", "OwnerUin"):
        every = [one.Key for one in getattr(data, name)]
        assert every
        for key in every:
            answer = ask(client, SUMMARY, **given(Dimension=name, Filter={f"{name}In": [key]}))
            assert [row.Code for row in answer.Detail] == [key]


def test_a_span_without_costs_is_empty(tencent: Tencent, people: People) -> None:
    span = {"StartTime": "2024-09-01 00:00:00", "EndTime": "2024-09-12 23:59:59"}
    answer = ask(tencent(people["cora"]), SUMMARY, **given(**span))
    assert (answer.Detail, answer.TotalDetail.TotalCount, answer.TotalDetail.SumCost) == ([], 0, "0")
    data = ask(tencent(people["cora"]), FILTER, **span, PeriodType="month").Data
    assert (data.Business, data.OwnerUin) == ([], [])


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"PeriodType": "day", "StartTime": "2026-08-31 00:00:00"}, "InvalidParameterValue"),  # two calendar months
        ({"StartTime": "2026-04-30 00:00:00"}, "InvalidParameterValue"),  # six
        ({"StartTime": "2026-11-01 00:00:00"}, "InvalidParameterValue"),
        ({"StartTime": "2026-09-01"}, "InvalidParameterValue"),
        ({"StartTime": "2026-09-31 00:00:00"}, "InvalidParameterValue"),
        ({"EndTime": None}, "MissingParameter"),
        ({"PeriodType": "week"}, "InvalidParameterValue"),
    ],
)
def test_it_refuses_spans_out_of_range(tencent: Tencent, people: People, changed: Mode, code: str) -> None:
    asked = given(**changed)
    assert refusal(tencent(people["cora"]), SUMMARY, **asked)[0] == code
    span = {name: asked[name] for name in ("StartTime", "EndTime", "PeriodType")}
    assert refusal(tencent(people["cora"]), FILTER, **span)[0] == code


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Dimension": "business"}, "InvalidParameterValue"),
        ({"Dimension": "Tag"}, "InvalidParameterValue"),  # needs a key
        ({"FeeType": "cost"}, "InvalidParameterValue"),
        ({"BillType": 2}, "InvalidParameterValue"),
        ({"Page": 0}, "InvalidParameterValue"),
        ({"Page": 10_001}, "InvalidParameterValue"),
        ({"PageSize": 201}, "InvalidParameterValue"),
        ({"Filter": {"TagIn": ["prod"]}}, "InvalidParameterValue"),  # vendor doc silent: values of which tag?
        ({"Filter": {"BusinessIn": "p_cbs"}}, "InvalidParameter"),
        ({"Dimension": None}, "MissingParameter"),
    ],
)
def test_it_refuses_values_out_of_range(tencent: Tencent, people: People, changed: Mode, code: str) -> None:
    assert refusal(tencent(people["cora"]), SUMMARY, **given(**changed))[0] == code


@pytest.mark.parametrize("who", ["dora", "pia", "sol", "rita"])
def test_it_is_for_customers(tencent: Tencent, people: People, who: str) -> None:
    assert refusal(tencent(people[who]), SUMMARY, **given())[0] == "UnauthorizedOperation.UinNoAuth"
