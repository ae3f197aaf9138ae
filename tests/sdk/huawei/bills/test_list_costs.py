"""ListCosts. Expectations: the book, huawei:D6, and the SDK's models of time, groups and filters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from huaweicloudsdkbssintl.v2 import FilterFactor, FilterV2, GroupBy, ListCostsReq, ListCostsRequest, TimeCondition

from tests.sdk.clients import HuaweiClient
from tests.sdk.huawei.bills.asking import Huawei, People, refusal
from tests.sdk.huawei.bills.book import FINAL, OPEN, SPENT

MONTHS = TimeCondition(time_measure_id=2, begin_time=FINAL, end_time=FINAL)
DAYS = TimeCondition(time_measure_id=1, begin_time=f"{FINAL}-01", end_time=f"{FINAL}-03")


def by(*keys: str, kind: str = "dimension") -> list[GroupBy]:
    return [GroupBy(type=kind, key=key) for key in keys]


def only(key: str, *values: str, operator: int | None = 0) -> FilterV2:
    return FilterV2(operator=operator, filter_factor=FilterFactor(key=key, value=list(values)))


def ask(client: HuaweiClient, **parameters: Any) -> Any:
    body = {
        "time_condition": MONTHS,
        "groupby": by("CLOUD_SERVICE_TYPE"),
        "cost_type": "ORIGINAL_COST",
        "amount_type": "PAYMENT_AMOUNT",
        "limit": 100,
        **parameters,
    }
    return client.list_costs(ListCostsRequest(body=ListCostsReq(**body)))


def table(answer: Any) -> dict[tuple[str, ...], Decimal]:
    return {tuple(one.value for one in data.dimensions): Decimal(data.amount_by_costs) for data in answer.cost_data}


def test_it_groups_the_month_the_dearest_first(huawei: Huawei, people: People) -> None:
    answer = ask(huawei(people["carl"]))
    assert list(table(answer).items()) == [
        (("hws.service.type.ebs",), Decimal(72)),
        (("hws.service.type.ec2",), Decimal("9.5")),  # 10.99999999 - 1.5 + 0.00000001
        (("p_cvm",), Decimal("2.5")),
    ]
    assert (answer.currency, answer.total_count) == ("USD", 3)
    first = answer.cost_data[0]
    assert [(one.key, one.value) for one in first.dimensions] == [("CLOUD_SERVICE_TYPE", "hws.service.type.ebs")]
    (cost,) = first.costs
    assert (cost.time_dimension_value, cost.time_measure_id, cost.amount) == (FINAL, 2, "72.00000000")
    assert Decimal(first.official_amount_by_costs) == 92  # 100 - 20 + 12


@pytest.mark.parametrize(
    ("cost_type", "amount_type", "expected"),
    [
        ("ORIGINAL_COST", "PAYMENT_AMOUNT", SPENT),
        ("ORIGINAL_COST", "NET_AMOUNT", SPENT - 1),  # one was paid by a coupon
        ("AMORTIZED_COST", "NET_AMOUNT", Decimal("30.00000000")),  # 50 of the purchase and -20 of the refund
        ("AMORTIZED_COST", "PAYMENT_AMOUNT", Decimal("31.00000000")),
    ],
)
def test_amounts_are_of_the_type_asked_for(
    huawei: Huawei, people: People, cost_type: str, amount_type: str, expected: Decimal
) -> None:
    answer = ask(huawei(people["carl"]), cost_type=cost_type, amount_type=amount_type)
    assert sum(table(answer).values()) == expected


@pytest.mark.parametrize(
    ("groupby", "expected"),
    [
        (by("CHARGING_MODE"), {("1",): 72, ("3",): Decimal("11.99999999"), ("11",): Decimal("0.00000001")}),
        (by("BILL_TYPE"), {("1",): Decimal("105.5"), ("2",): -20, ("3",): Decimal("-1.5")}),
        (by("PAYER_ACCOUNT_ID"), None),
        (by("ASSOCIATED_ACCOUNT"), None),
        (by("env", kind="tag"), {("prod",): Decimal("9.49999999"), ("",): Decimal("74.50000001")}),
        (by("whatever", kind="cost_unit"), {("",): SPENT}),
        (by("BE_ID"), {("",): SPENT}),
        (by("RESOURCE_ID", "REGION_CODE"), {("volume-1", "ap-southeast-1"): 72}),
        (by("ENTERPRISE_PROJECT_ID"), {("p-7",): 72, ("null",): Decimal("2.50000001")}),
        (by("RESOURCE_TYPE"), {("hws.resource.type.volume",): 72, ("sp_cvm_s5",): Decimal("2.5")}),
        (by("AZ_CODE", "USAGE_TYPE", "RES_SPEC_CODE"), {("ap-southeast-3a", "duration", "s6.large.2.linux"): 9.5}),
    ],
)
def test_it_groups_by_any_dimension(
    huawei: Huawei, people: People, groupby: list[GroupBy], expected: dict[tuple[str, ...], Any] | None
) -> None:
    carl = people["carl"]
    found = table(ask(huawei(carl), groupby=groupby))
    assert sum(found.values()) == SPENT
    for values, amount in (expected or {(carl.account_id,): SPENT}).items():
        assert found[values] == amount


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([only("CLOUD_SERVICE_TYPE", "hws.service.type.ebs")], Decimal(72)),
        ([only("CLOUD_SERVICE_TYPE", "hws.service.type.ebs", operator=1)], SPENT - 72),
        ([only("CLOUD_SERVICE_TYPE", "hws.service.type.ebs", operator=None)], SPENT),
        ([only("BILL_TYPE", "2")], Decimal(-20)),
        ([only("BILL_TYPE", "2", operator=1), only("CHARGING_MODE", "1")], Decimal(92)),
        ([only("RESOURCE_TAG", "env:prod")], Decimal("9.49999999")),
        ([only("RESOURCE_TAG", "env")], Decimal("9.49999999")),
        ([only("RESOURCE_TAG", "env:test")], Decimal(0)),
        ([only("COST_UNIT", "a team")], Decimal(0)),
        ([only("ASSOCIATED_ACCOUNT", "f" * 32)], Decimal(0)),
        ([only("ENTERPRISE_PROJECT_ID", "null")], Decimal("2.50000001")),
        ([], SPENT),
    ],
)
def test_it_filters(huawei: Huawei, people: People, filters: list[FilterV2], expected: Decimal) -> None:
    assert sum(table(ask(huawei(people["carl"]), filters=filters)).values()) == expected


def test_it_tells_days_and_several_months(huawei: Huawei, people: People) -> None:
    client = huawei(people["carl"])
    days = ask(client, time_condition=DAYS, groupby=by("CHARGING_MODE"))
    assert table(days) == {("1",): 80, ("3",): Decimal("10.99999999")}
    used = days.cost_data[1]
    assert [(one.time_dimension_value, one.amount) for one in used.costs] == [
        (f"{FINAL}-01", "7.99999999"),
        (f"{FINAL}-02", "3.00000000"),
    ]
    both = ask(client, time_condition=TimeCondition(time_measure_id=2, begin_time=FINAL, end_time=OPEN))
    assert sum(table(both).values()) == SPENT + 4
    assert {one.time_dimension_value for data in both.cost_data for one in data.costs} == {FINAL, OPEN}


def test_it_pages_groups(huawei: Huawei, people: People) -> None:
    client = huawei(people["carl"])
    pages = [ask(client, offset=offset, limit=2) for offset in (0, 2)]
    assert [len(page.cost_data) for page in pages] == [2, 1]
    assert {page.total_count for page in pages} == {3}


@pytest.mark.parametrize(
    "parameters",
    [
        {"cost_type": "SOME_COST"},
        {"amount_type": "ALL"},
        {"groupby": by("WEATHER")},
        {"groupby": by("env", kind="weather")},
        {"groupby": []},
        {"filters": [only("WEATHER", "1")]},
        {"filters": [only("REGION_CODE", "1", operator=2)]},
        {"time_condition": TimeCondition(time_measure_id=3, begin_time=FINAL, end_time=FINAL)},
        {"time_condition": TimeCondition(time_measure_id=2, begin_time=OPEN, end_time=FINAL)},
        {"time_condition": TimeCondition(time_measure_id=1, begin_time=FINAL, end_time=FINAL)},
        {"time_condition": TimeCondition(time_measure_id=2, begin_time="2019-01", end_time=FINAL)},
    ],
)
def test_it_refuses(huawei: Huawei, people: People, parameters: dict[str, Any]) -> None:
    assert refusal(lambda: ask(huawei(people["carl"]), **parameters)) == (400, "CBC.0100")
