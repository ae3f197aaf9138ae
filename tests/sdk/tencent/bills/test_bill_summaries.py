"""Sums over bills through the official SDK. Expectations: tencent:D.5, tencent:D.6, tencent:E.7."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.sdk.tencent.bills.book import FINAL, OCTOBER, OPEN, Row, grouped, rows_of, total
from tests.sdk.tencent.modes import MODES, NOBODY, Mode, People, Tencent, ask, refusal

SUMMARY = "DescribeCustomerBillSummary"
BY_DAY = "DescribeCustomerBillDetailByDay"
BY_PAY_MODE, BY_PRODUCT, BY_REGION = (f"DescribeBillSummaryBy{what}" for what in ("PayMode", "Product", "Region"))
OWN = "DescribeBillSummary"
CORA = rows_of("cora")


def padded(amount: Decimal) -> str:
    """tencent:D.0.1: summaries have eight decimals."""
    return f"{amount:.8f}"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, total(CORA)),
        ({"IsConfirmed": "0"}, total(CORA)),
        ({"IsConfirmed": "1"}, Decimal(0)),  # nothing is confirmed before bills can be
        ({"IsConfirmed": "2"}, total(CORA)),
        ({"PayMode": "postPay"}, Decimal("19.41593067")),
        ({"PayMode": "prePay"}, Decimal("146.55555554")),
        ({"ActionType": "postpay_deduct_h", "PayMode": "postPay"}, Decimal("12.41593067")),
        ({"ActionType": "recon_guarantee"}, Decimal(0)),
        ({"Month": "2023-02"}, Decimal(0)),
    ],
)
def test_it_totals_a_month(tencent: Tencent, people: People, mode: Mode, conditions: Mode, expected: Decimal) -> None:
    given = {"CustomerUin": people["cora"].uin, "Month": FINAL, **conditions}
    answer = ask(tencent(people["dora"], **mode), SUMMARY, **given)
    assert isinstance(answer.TotalCost, float | int)  # a float by schema (tencent:F.16)
    assert Decimal(str(answer.TotalCost)) == expected


@pytest.mark.parametrize("mode", MODES)
def test_it_sums_by_pay_mode_and_transaction_type(tencent: Tencent, people: People, mode: Mode) -> None:
    answer = ask(tencent(people["dora"], **mode), BY_PAY_MODE, BillMonth=FINAL, CustomerUin=people["cora"].uin)
    pre, post = answer.SummaryOverview
    assert (pre.PayMode, pre.PayModeName) == ("prePay", "Yearly/monthly subscription")
    assert (pre.OriginalCost, pre.VoucherPayAmount, pre.TotalCost) == ("167.05555554", "20.50000000", "146.55555554")
    assert [(one.ActionType, one.ActionTypeName, one.TotalCost) for one in pre.Detail] == [
        ("pre_purchase", "New monthly subscription", "100.00000000"),
        ("ripay_purchase", "One-off RI Fee", "55.55555555"),
        ("prepay_purchase", "Purchase", "21.00000000"),
        ("prepay_return", "Monthly subscription refund", "-30.00000001"),
    ]
    assert (post.PayMode, post.PayModeName) == ("postPay", "Pay-As-You-Go resources")
    assert [(one.ActionType, one.ActionTypeName, one.TotalCost) for one in post.Detail] == [
        ("postpay_deduct_h", "Hourly settlement", "12.41593067"),
        ("postpay_deduct_s", "Spot", "7.00000000"),
    ]
    for item in answer.SummaryOverview:
        for amount in ("OriginalCost", "VoucherPayAmount", "TotalCost"):
            parts = sum(Decimal(getattr(one, amount)) for one in item.Detail)
            assert padded(Decimal(parts)) == getattr(item, amount)  # tencent:D.5: details sum to the parent


@pytest.mark.parametrize("mode", MODES)
def test_it_sums_by_product(tencent: Tencent, people: People, mode: Mode) -> None:
    answer = ask(tencent(people["dora"], **mode), BY_PRODUCT, BillMonth=FINAL, CustomerUin=people["cora"].uin)
    found = {one.BusinessCode: one for one in answer.SummaryOverview}
    assert found["p_cbs"].BusinessCodeName == "cloud block storage"
    for amount, column in (
        ("OriginalCost", "list_cost"),
        ("VoucherPayAmount", "voucher_deduction"),
        ("TotalCost", "total_cost"),
    ):
        expected = grouped(CORA, lambda row: row.get("service_code", "p_cvm"), column)
        assert {code: getattr(one, amount) for code, one in found.items()} == {
            code: padded(sum_of) for code, sum_of in expected.items()
        }


@pytest.mark.parametrize("mode", MODES)
def test_it_sums_by_region(tencent: Tencent, people: People, mode: Mode) -> None:
    answer = ask(tencent(people["dora"], **mode), BY_REGION, BillMonth=FINAL, CustomerUin=people["cora"].uin)
    expected = grouped(CORA, lambda row: (row.get("region_code", "8"), row.get("region_name", "North China (Beijing)")))
    assert {(one.RegionId, one.RegionName): one.TotalCost for one in answer.SummaryOverview} == {
        key: padded(sum_of) for key, sum_of in expected.items()
    }


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("day", ["2026-09-01", "2026-09-02", "2026-09-03", "2026-09-08", "2026-10-15"])
def test_it_totals_a_day(tencent: Tencent, people: People, mode: Mode, day: str) -> None:
    answer = ask(tencent(people["dora"], **mode), BY_DAY, CustomerUin=people["cora"].uin, Date=day)
    rows = [*CORA, *rows_of("cora", OCTOBER)]
    assert answer.TotalCost == padded(grouped(rows, lambda row: row["bill_day"]).get(day, Decimal(0)))


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2025-05-31", "InvalidParameterValue"),  # tencent:F.13
        ("2026-09-31", "InvalidParameterValue.InvalidMonth"),
        ("2026-9-1", "InvalidParameterValue.InvalidMonth"),
        ("2026-09", "InvalidParameterValue.InvalidMonth"),
        ("", "InvalidParameterValue.InvalidMonth"),
        (None, "MissingParameter"),
    ],
)
def test_it_refuses_days_out_of_range(tencent: Tencent, people: People, day: str | None, code: str) -> None:
    assert refusal(tencent(people["dora"]), BY_DAY, CustomerUin=people["cora"].uin, Date=day)[0] == code


def test_the_first_day_that_is_kept_is_answered(tencent: Tencent, people: People) -> None:
    answer = ask(tencent(people["dora"]), BY_DAY, CustomerUin=people["cora"].uin, Date="2025-06-01")
    assert answer.TotalCost == "0.00000000"


@pytest.mark.parametrize("action", [SUMMARY, BY_PAY_MODE, BY_PRODUCT, BY_REGION, BY_DAY])
@pytest.mark.parametrize(("who", "customer"), [("dora", "carl"), ("dora", "otto"), ("rita", "cora"), ("sol", "chen")])
def test_it_refuses_a_strangers_customer_like_an_absent_one(
    tencent: Tencent, people: People, action: str, who: str, customer: str
) -> None:
    when = {SUMMARY: {"Month": FINAL}, BY_DAY: {"Date": "2026-09-01"}}.get(action, {"BillMonth": FINAL})
    client = tencent(people[who])
    seen = [refusal(client, action, CustomerUin=uin, **when) for uin in (people[customer].uin, NOBODY)]
    assert seen[0] == seen[1]
    assert seen[0][0] == "UnauthorizedOperation.UinNoAuth"


@pytest.mark.parametrize("action", [BY_PAY_MODE, BY_PRODUCT, BY_REGION])
def test_it_refuses_what_is_no_month(tencent: Tencent, people: People, action: str) -> None:
    for month in ("2026-00", "September", ""):
        code, _ = refusal(tencent(people["dora"]), action, CustomerUin=people["cora"].uin, BillMonth=month)
        assert code == "InvalidParameterValue.InvalidMonth"
    assert (
        ask(tencent(people["dora"]), action, CustomerUin=people["cora"].uin, BillMonth="2022-11").SummaryOverview == []
    )


@pytest.mark.parametrize("mode", MODES)
def test_a_customer_sums_its_own_month_by_product(tencent: Tencent, people: People, mode: Mode) -> None:
    """tencent:D.6: by product the key is its code, the value its name, and there is nothing below."""
    groups = ask(tencent(people["cora"], **mode), OWN, Month=FINAL, GroupType="product").SummaryDetail
    expected = grouped(CORA, lambda row: row.get("service_code", "p_cvm"))
    assert {one.GroupKey: one.TotalCost for one in groups} == {key: padded(cost) for key, cost in expected.items()}
    assert {one.GroupKey: one.GroupValue for one in groups}["p_cbs"] == "cloud block storage"
    assert [one.Business for one in groups] == [[]] * len(groups)
    machines = next(one for one in groups if one.GroupKey == "p_cvm")
    assert (machines.RICost, machines.VoucherPayAmount) == ("0.50000000", "20.50000000")


def test_a_customer_sums_its_own_month_by_project(tencent: Tencent, people: People) -> None:
    """tencent:D.6: what has no project is project 0, default."""
    groups = ask(tencent(people["cora"]), OWN, Month=FINAL, GroupType="project").SummaryDetail
    assert {(one.GroupKey, one.GroupValue) for one in groups} == {("1001", "web"), ("0", "default")}
    _adds_up(groups, CORA, lambda row: row.get("project_id", "0"), lambda one: one.GroupKey)
    web = next(one for one in groups if one.GroupKey == "1001")
    assert [(one.BusinessCode, one.OriginalCost, one.VoucherPayAmount, one.TotalCost) for one in web.Business] == [
        ("p_cvm", "120.50000000", "20.50000000", "100.00000000")
    ]


@pytest.mark.parametrize("mode", MODES)
def test_a_customer_sums_its_own_month_by_tag(tencent: Tencent, people: People, mode: Mode) -> None:
    """tencent:D.6: the key is the tag's, the value its value; what is not tagged is `default`."""
    groups = ask(tencent(people["cora"], **mode), OWN, Month=FINAL, GroupType="tag", TagKey=["env"]).SummaryDetail
    assert {one.GroupKey for one in groups} == {"env"}

    def value(row: Row) -> str:
        tags = row.get("tags")
        return "default" if tags is None else "prod" if "prod" in tags else "test"

    _adds_up(groups, CORA, value, lambda one: one.GroupValue)
    two = ask(tencent(people["cora"]), OWN, Month=FINAL, GroupType="tag", TagKey=["env", "none\"'\\"]).SummaryDetail
    assert len(two) == len(groups) + 1
    assert (two[-1].GroupKey, two[-1].GroupValue, two[-1].TotalCost) == ("none\"'\\", "default", padded(total(CORA)))


def _adds_up(groups: list[Any], rows: list[Row], by_row: Callable[[Row], str], by_group: Callable[[Any], str]) -> None:
    assert {by_group(one): one.TotalCost for one in groups} == {
        key: padded(cost) for key, cost in grouped(rows, by_row).items()
    }
    for one in groups:
        for amount in ("OriginalCost", "VoucherPayAmount", "RICost", "TotalCost"):
            parts = sum((Decimal(getattr(part, amount)) for part in one.Business), Decimal(0))
            assert padded(parts) == getattr(one, amount)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"GroupType": "region"}, "InvalidParameterValue.InvalidDimension"),
        ({"GroupType": ""}, "InvalidParameterValue.InvalidDimension"),
        ({"GroupType": None}, "MissingParameter"),
        ({"GroupType": "tag"}, "InvalidParameter"),  # vendor doc silent: a tag needs its key
        ({"GroupType": "tag", "TagKey": "env"}, "InvalidParameter"),
        ({"Month": "2026-9"}, "InvalidParameterValue.InvalidMonth"),
    ],
)
def test_a_customer_is_refused_what_is_no_dimension(tencent: Tencent, people: People, changed: Mode, code: str) -> None:
    given = {"Month": FINAL, "GroupType": "product", **changed}
    assert refusal(tencent(people["cora"]), OWN, **given)[0] == code


def test_an_open_month_is_summed_as_far_as_it_goes(tencent: Tencent, people: People) -> None:
    answer = ask(tencent(people["dora"]), SUMMARY, CustomerUin=people["cora"].uin, Month=OPEN)
    assert Decimal(str(answer.TotalCost)) == total(rows_of("cora", OCTOBER)) == Decimal("8.25000008")
