"""Bill lines through the official SDK. Expectations: tencent:D.0.2, tencent:D.5, tencent:D.6, tencent:E.6."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sdk.tencent.bills.book import FINAL, OCTOBER, OPEN, rows_of, total
from tests.sdk.tencent.modes import MODES, NOBODY, Mode, People, Tencent, ask, refusal

OF_CUSTOMER = "DescribeCustomerBillDetail"
OWN = "DescribeBillDetail"


def page(**changed: object) -> Mode:
    return {"Month": FINAL, "Page": 1, "PageSize": 200, **changed}


def of(people: People, name: str, **changed: object) -> Mode:
    return page(CustomerUin=people[name].uin, **changed)


@pytest.mark.parametrize("mode", MODES)
def test_it_tells_the_worked_example(tencent: Tencent, people: People, mode: Mode) -> None:
    """tencent:D.0.2: the line of a disk, with list price x usage x duration = 0.003585, times in UTC+8."""
    answer = ask(tencent(people["dora"], **mode), OF_CUSTOMER, **of(people, "cora"))
    (line,) = [one for one in answer.DetailSet if one.TotalCost == "0.003585"]
    assert (line.PayerAccountId, line.OwnerAccountId) == (people["dora"].uin, people["cora"].uin)
    assert line.OperatorAccountId == 200_000_000_999
    assert (line.ProductName, line.SubProductName) == ("cloud block storage", "HDD cloud block storage")
    assert (line.ComponentType, line.ComponentName) == ("volume size", "HDD cloud block storage-volume size")
    codes = (line.BusinessCode, line.ProductCode, line.ComponentCode, line.ItemCode)
    assert codes == ("p_cbs", "sp_cbs_premium", "v_cbs_memspace", "sv_cbs_memspace_premium")
    assert (line.BillingMode, line.TransactionType) == ("Pay-As-You-Go resources", "Hourly settlement")
    assert (line.ProjectName, line.Region, line.AvailabilityZone) == (
        "default",
        "East China (Shanghai)",
        "Shanghai Zone 1",
    )
    assert (line.InstanceId, line.InstanceName) == ("disk-4jrmzpvk", "the name")
    assert (line.TransactionId, line.TransactionTime) == ("20230228722000247298552", "2026-09-01 00:01:02")
    assert (line.UsageStartTime, line.UsageEndTime) == ("2026-09-01 00:00:00", "2026-09-01 00:07:57")
    assert (line.ComponentListPrice, line.ComponentPriceMeasurementUnit) == ("0.00000003", "USD/GB/Second")
    assert (line.ComponentUsage, line.ComponentUsageUnit) == ("250", "GB")
    assert (line.UsageDuration, line.DurationUnit) == ("478", "Second")
    assert (line.OriginalCost, line.Currency, line.DiscountRate) == ("0.003585", "USD", "1")
    assert (line.CustomerDiscountRate, line.TotalAmountAfterDiscount, line.VoucherDeduction) == ("1", "0.003585", "0")
    assert line.Id.isdecimal()


def test_a_voucher_and_a_discount_stand_in_the_line(tencent: Tencent, people: People) -> None:
    lines = ask(tencent(people["dora"]), OF_CUSTOMER, **of(people, "cora")).DetailSet
    (bought,) = [one for one in lines if one.VoucherDeduction != "0"]
    assert (bought.OriginalCost, bought.VoucherDeduction, bought.TotalCost) == ("120.5", "20.5", "100")
    assert (bought.BillingMode, bought.ProjectName) == ("Yearly/monthly subscription", "web")
    (reduced,) = [one for one in lines if one.CustomerDiscountRate != "1"]
    assert (reduced.CustomerDiscountRate, reduced.OriginalCost, reduced.TotalCost) == ("0.9", "1.5", "0.9")


def test_every_line_has_a_name_for_its_kind(tencent: Tencent, people: People) -> None:
    """tencent:E.6; lines of another cloud have the code and name of what they are about."""
    lines = ask(tencent(people["dora"]), OF_CUSTOMER, **of(people, "cora")).DetailSet
    assert sorted((one.BillingMode, one.TransactionType) for one in lines) == sorted(
        [
            ("Pay-As-You-Go resources", "Hourly settlement"),
            ("Pay-As-You-Go resources", "Hourly settlement"),
            ("Yearly/monthly subscription", "New monthly subscription"),
            ("Yearly/monthly subscription", "Monthly subscription refund"),
            ("Standard RI", "One-off RI Fee"),
            ("Pay-As-You-Go resources", "Hourly settlement"),
            ("Pay-As-You-Go resources", "Spot"),
            ("Pay-As-You-Go resources", "Hourly settlement"),  # Huawei Cloud's, by its action alone
            ("Yearly/monthly subscription", "Purchase"),
        ]
    )


@pytest.mark.parametrize(
    ("conditions", "totals"),
    [
        ({"PayMode": "prePay"}, {"100", "-30.00000001", "55.55555555", "21"}),
        ({"PayMode": "postPay"}, {"0.003585", "0.01234567", "0.9", "7", "11.5"}),
        ({"ActionType": "postpay_deduct_h"}, {"0.003585", "0.01234567", "0.9", "11.5"}),
        ({"ActionType": "postpay_deduct_s"}, {"7"}),
        ({"ActionType": "pre_purchase"}, {"100"}),
        ({"ActionType": "prepay_purchase"}, {"21"}),
        ({"ActionType": "prepay_return", "PayMode": "prePay"}, {"-30.00000001"}),
        ({"ActionType": "prepay_return", "PayMode": "postPay"}, set()),
        ({"ActionType": "preDowngrade"}, set()),
        ({"IsConfirmed": "1"}, set()),  # no bill is confirmed before bills can be
        ({"IsConfirmed": "0", "ActionType": "postpay_deduct_s"}, {"7"}),
        ({"IsConfirmed": "2", "ActionType": "postpay_deduct_s"}, {"7"}),
        ({"PayMode": "", "ActionType": "postpay_deduct_s"}, {"7"}),
    ],
)
def test_it_filters(tencent: Tencent, people: People, conditions: Mode, totals: set[str]) -> None:
    answer = ask(tencent(people["dora"]), OF_CUSTOMER, **of(people, "cora", **conditions))
    assert {one.TotalCost for one in answer.DetailSet} == totals
    assert answer.Total == len(totals)
    if "IsConfirmed" not in conditions:  # which a customer does not ask for
        own = ask(tencent(people["cora"]), OWN, **page(**conditions))
        assert ({one.TotalCost for one in own.DetailSet}, own.Total) == (totals, len(totals))


@pytest.mark.parametrize("conditions", [{}, {"PayMode": "postPay"}])
def test_pages_are_the_lines_cut_into_pieces(tencent: Tencent, people: People, conditions: Mode) -> None:
    client = tencent(people["dora"])
    whole = ask(client, OF_CUSTOMER, **of(people, "cora", **conditions))
    pages = [ask(client, OF_CUSTOMER, **of(people, "cora", Page=n, PageSize=2, **conditions)) for n in range(1, 7)]
    assert [one.Id for page in pages for one in page.DetailSet] == [one.Id for one in whole.DetailSet]
    assert {page.Total for page in pages} == {whole.Total}
    assert len({one.Id for one in whole.DetailSet}) == whole.Total
    assert pages[-1].DetailSet == []  # past the end: nothing, and the true total (tencent:D.0.1)


def test_a_customer_sees_its_own_lines_with_tags_and_without_the_partners_columns(
    tencent: Tencent, people: People
) -> None:
    answer = ask(tencent(people["cora"]), OWN, **page())
    theirs = ask(tencent(people["dora"]), OF_CUSTOMER, **of(people, "cora"))
    assert [one.Id for one in answer.DetailSet] == [one.Id for one in theirs.DetailSet]
    assert answer.Total == theirs.Total == len(rows_of("cora"))
    assert sum(Decimal(one.TotalCost) for one in answer.DetailSet) == total(rows_of("cora"))
    disk = next(one for one in answer.DetailSet if one.BusinessCode == "p_cbs")
    assert [(tag.TagKey, tag.TagValue) for tag in disk.Tags] == [("env", "prod")]
    assert not hasattr(disk, "CustomerDiscountRate")
    assert next(one for one in answer.DetailSet if one.BusinessCode.startswith("hws")).Tags == []


def test_numbers_may_be_texts(tencent: Tencent, people: People) -> None:
    """tencent:F.9: as in the worked example of DescribeBillDetail."""
    answer: Any = tencent(people["cora"]).sdk.call_json(
        OWN, {"Month": FINAL, "PayMode": "postPay", "ActionType": "postpay_deduct_h", "PageSize": "10", "Page": "1"}
    )
    assert answer["Response"]["Total"] == 4


@pytest.mark.parametrize(("who", "customer"), [("rita", "carl"), ("sol", "cato"), ("dora", "chen")])
def test_every_partner_sees_its_direct_customers(tencent: Tencent, people: People, who: str, customer: str) -> None:
    (line,) = ask(tencent(people[who]), OF_CUSTOMER, **of(people, customer)).DetailSet
    assert Decimal(line.TotalCost) == total(rows_of(customer))
    payer = "dora" if who == "rita" else who  # the payer is the partner that pays the provider (tencent:A.1)
    assert (line.OwnerAccountId, line.PayerAccountId) == (people[customer].uin, people[payer].uin)


@pytest.mark.parametrize("stranger", ["otto", "cato", "carl", "rita", "dora", "pia"])
def test_it_refuses_a_strangers_customer_like_an_absent_one(tencent: Tencent, people: People, stranger: str) -> None:
    client = tencent(people["dora"])
    seen = [refusal(client, OF_CUSTOMER, **page(CustomerUin=uin)) for uin in (people[stranger].uin, NOBODY)]
    assert seen[0] == seen[1]
    assert seen[0][0] == "UnauthorizedOperation.NotCustomerUin"


@pytest.mark.parametrize(("who", "action"), [("carl", OF_CUSTOMER), ("pia", OF_CUSTOMER), ("dora", OWN), ("pia", OWN)])
def test_it_refuses_other_kinds_of_accounts(tencent: Tencent, people: People, who: str, action: str) -> None:
    given = of(people, "cora") if action == OF_CUSTOMER else page()
    assert refusal(tencent(people[who]), action, **given)[0] == "UnauthorizedOperation.UinNoAuth"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Month": "2026-13"}, "InvalidParameterValue.InvalidMonth"),
        ({"Month": "202609"}, "InvalidParameterValue.InvalidMonth"),
        ({"Month": ""}, "InvalidParameterValue.InvalidMonth"),
        ({"Month": 202609}, "InvalidParameter"),
        ({"Month": None}, "MissingParameter"),
        ({"Page": 0}, "InvalidParameterValue"),
        ({"PageSize": 0}, "InvalidParameterValue"),
        ({"PageSize": 201}, "InvalidParameterValue"),
        ({"PageSize": None}, "MissingParameter"),
        ({"PayMode": "prepay"}, "InvalidParameterValue"),
        ({"ActionType": "usage-hourly"}, "InvalidParameterValue"),
    ],
)
def test_it_refuses_values_out_of_range(tencent: Tencent, people: People, changed: Mode, code: str) -> None:
    assert refusal(tencent(people["dora"]), OF_CUSTOMER, **of(people, "cora", **changed))[0] == code
    assert refusal(tencent(people["cora"]), OWN, **page(**changed))[0] == code


@pytest.mark.parametrize("value", ["3", "paid"])
def test_it_refuses_other_states_of_payment(tencent: Tencent, people: People, value: str) -> None:
    code, _ = refusal(tencent(people["dora"]), OF_CUSTOMER, **of(people, "cora", IsConfirmed=value))
    assert code == "InvalidParameterValue"


def test_an_open_month_is_told_as_far_as_it_goes(tencent: Tencent, people: People) -> None:
    answer = ask(tencent(people["dora"]), OF_CUSTOMER, **of(people, "cora", Month=OPEN))
    assert sum(Decimal(one.TotalCost) for one in answer.DetailSet) == total(rows_of("cora", OCTOBER))


def test_a_month_without_bills_has_no_lines(tencent: Tencent, people: People) -> None:
    answer = ask(tencent(people["dora"]), OF_CUSTOMER, **of(people, "cora", Month="2023-02"))
    assert (answer.Total, answer.DetailSet) == (0, [])
