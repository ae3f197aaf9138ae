"""The seven operations of vouchers through the official SDK. Expectations: tencent:D.4, tencent:E.4, tencent:F.5."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sdk.tencent.modes import MODES, NOBODY, Mode, People, Tencent, ask, refusal

Made = dict[str, Any]
ISSUED, FAR = "2026-10-01 08:00:00", "2036-01-01 08:00:00"  # midnight UTC, told in UTC+8
NO_AUTH = "UnauthorizedOperation.UinNoAuth"
PAGE = {"Page": 1, "PageSize": 100}
PARTNERS = ("DescribeCustomerVoucherList", "DescribeCustomerVoucherUsageDetails", "QueryVoucherPool")
OWN = ("DescribeCustomerOwnVoucherList", "DescribeCustomerOwnVoucherUsageDetails")


def numbers(made: Made, *names: str) -> list[int]:
    return [made[name]["number"] for name in names]


@pytest.mark.parametrize("mode", MODES)
def test_the_pool_is_the_callers_own(tencent: Tencent, people: People, made: Made, mode: Mode) -> None:
    """Granted 1000, 300 given to the reseller's pool; of what was issued, the withdrawn voucher does not count."""
    pool = ask(tencent(people["dora"], **mode), "QueryVoucherPool")
    assert (pool.AgentName, pool.AccountType) == ("Dora Distribution Ltd", 2)
    assert (pool.TotalQuota, pool.RemainingQuota, pool.IssuedNum) == (1000, 700 - 61.5, 5)


@pytest.mark.parametrize(
    ("who", "expected"), [("rita", (3, 300, 280, 1)), ("sol", (1, 0, 0, 0)), ("olga", (2, 0, 0, 0))]
)
def test_each_kind_of_partner_has_its_number(
    tencent: Tencent, people: People, made: Made, who: str, expected: tuple[int, ...]
) -> None:
    pool = ask(tencent(people[who]), "QueryVoucherPool")
    assert (pool.AccountType, pool.TotalQuota, pool.RemainingQuota, pool.IssuedNum) == expected


@pytest.mark.parametrize("mode", MODES)
def test_the_list_of_a_partner(tencent: Tencent, people: People, made: Made, mode: Mode) -> None:
    answer = ask(tencent(people["dora"], **mode), "DescribeCustomerVoucherList", **PAGE)
    assert answer.TotalCount == 8  # rita's is rita's; two are coupons of the other dialect
    rows = {row.VoucherId: row for row in answer.Data}
    trial = rows[made["trial"]["number"]]
    assert (trial.CustomerUin, trial.VoucherStatus) == (people["cora"].uin, "Issued")
    assert (trial.RemainingAmount, trial.TotalAmount) == (40, 40)
    assert (trial.Usage, trial.PaymentMode, trial.ProductScope) == ("ProductTrial", "Prepaid", "AllProducts")
    assert (trial.EffectiveTime, trial.ExpireTime, trial.ApplyReason) == (ISSUED, FAR, "a trial")
    partly = rows[made["partly"]["number"]]
    assert (partly.VoucherStatus, partly.RemainingAmount) == ("Issued", 7.797104)
    assert partly.ProductScope == "SpecifyProducts"
    seen = {name: (rows[made[name]["number"]].VoucherStatus, rows[made[name]["number"]].RemainingAmount) for name in (
        "used", "withdrawn", "expired"
    )}  # fmt: skip  # one line each is longer
    # What was left on a voucher that ended is still told, as the worked example of the page does.
    assert seen == {"used": ("Used", 0), "withdrawn": ("Invalidated", 5), "expired": ("Expired", 7)}


@pytest.mark.parametrize(
    ("conditions", "names"),
    [
        ({"VoucherStatus": "Issued"}, ["chen", "given", "partly", "shared", "trial"]),
        ({"VoucherStatus": "Used"}, ["used"]),
        ({"VoucherStatus": "Expired"}, ["expired"]),
        ({"VoucherStatus": "Invalidated"}, ["withdrawn"]),
        ({"VoucherStatus": ""}, ["chen", "expired", "given", "partly", "shared", "trial", "used", "withdrawn"]),
        ({"PaymentMode": "Prepaid"}, ["trial"]),
        ({"PaymentMode": "Postpaid"}, []),
        ({"Usage": "ProductTrial"}, ["trial"]),
        ({"ProductScope": "SpecifyProducts"}, ["partly"]),
        ({"ProductScope": "SpecifyProductsBlacklist"}, []),
        ({"CustomerUin": "chen"}, ["chen", "given"]),
        ({"CustomerUin": "carl"}, []),  # another partner's
        ({"CustomerUin": "otto"}, []),
        ({"VoucherId": "chen"}, ["chen"]),
        ({"VoucherId": "carl"}, []),
    ],
)
def test_it_filters(tencent: Tencent, people: People, made: Made, conditions: Mode, names: list[str]) -> None:
    given = dict(conditions)
    if "CustomerUin" in given:
        given["CustomerUin"] = people[given["CustomerUin"]].uin
    if "VoucherId" in given:
        given["VoucherId"] = made[given["VoucherId"]]["number"]
    answer = ask(tencent(people["dora"]), "DescribeCustomerVoucherList", **PAGE, **given)
    assert sorted(row.VoucherId for row in answer.Data) == sorted(numbers(made, *names))
    assert answer.TotalCount == len(names)


def test_pages_are_cut_newest_first(tencent: Tencent, people: People, made: Made) -> None:
    client = tencent(people["dora"])
    pages = [ask(client, "DescribeCustomerVoucherList", Page=page, PageSize=4) for page in (1, 2, 3)]
    assert [len(page.Data) for page in pages] == [4, 4, 0]
    assert {page.TotalCount for page in pages} == {8}
    shown = [row.VoucherId for page in pages for row in page.Data]
    assert set(shown[:2]) == set(numbers(made, "shared", "given"))  # issued today, the others in October
    assert shown[2:] == sorted(shown[2:], reverse=True)


@pytest.mark.parametrize("mode", MODES)
def test_the_list_of_a_customer(tencent: Tencent, people: People, made: Made, mode: Mode) -> None:
    answer = ask(tencent(people["carl"], **mode), "DescribeCustomerOwnVoucherList", **PAGE)
    (row,) = answer.Data
    assert (answer.TotalCount, row.VoucherId, row.CustomerUin) == (1, made["carl"]["number"], people["carl"].uin)
    assert (row.VoucherStatus, row.RemainingAmount, row.TotalAmount) == ("Issued", 19.5, 20)
    assert (row.EffectiveTime, row.ExpireTime) == (ISSUED, FAR)
    assert not hasattr(row, "ApplyReason")
    nothing = ask(tencent(people["carl"]), "DescribeCustomerOwnVoucherList", **PAGE, VoucherId=made["chen"]["number"])
    assert (nothing.TotalCount, nothing.Data) == (0, [])


@pytest.mark.parametrize("mode", MODES)
def test_sums_by_customer(tencent: Tencent, people: People, made: Made, mode: Mode) -> None:
    """The total is over what was not withdrawn, the rest over what can be used."""
    uins = [people["chen"].uin, people["cora"].uin, people["cyro"].uin]
    answer = ask(tencent(people["dora"], **mode), "QueryVoucherAmountByUin", ClientUins=uins)
    found = [(row.ClientUin, row.TotalAmount, row.RemainAmount) for row in answer.Data]
    assert found == [(uins[0], 13, 13), (uins[1], 58.5, 47.797104), (uins[2], 100_000, 99_990)]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Unused", [("partly", "Unused", 10, 7.797104), ("trial", "Unused", 40, 40)]),
        ("Used", [("used", "Used", 1.5, 0)]),
        ("Expired", [("expired", "Expired", 7, 7)]),
        (None, [("expired", "Expired", 7, 7), ("partly", "Unused", 10, 7.797104), ("trial", "Unused", 40, 40),
                ("used", "Used", 1.5, 0)]),
    ],
)  # fmt: skip  # one voucher beside the other
def test_the_older_list_has_codes(
    tencent: Tencent, people: People, made: Made, status: str | None, expected: list[tuple[Any, ...]]
) -> None:
    """tencent:F.6: this family has codes of 22 characters, and no word for a withdrawn voucher."""
    given = {"ClientUins": [people["cora"].uin], **({"Status": status} if status else {})}
    answer = ask(tencent(people["dora"]), "QueryVoucherListByUin", **given)
    (customer,) = answer.Data
    codes = {made[name]["code"]: name for name in made}
    found = [(codes[row.VoucherId], row.VoucherStatus, row.TotalAmount, row.RemainAmount) for row in customer.Data]
    assert sorted(found) == expected
    assert (customer.ClientUin, customer.TotalCount) == (people["cora"].uin, len(expected))
    assert {len(row.VoucherId) for row in customer.Data} == {22}


@pytest.mark.parametrize("mode", MODES)
def test_uses_of_a_voucher(tencent: Tencent, people: People, made: Made, mode: Mode) -> None:
    given = {"CustomerUin": people["cora"].uin, "VoucherId": made["partly"]["number"]}
    answer = ask(tencent(people["dora"], **mode), "DescribeCustomerVoucherUsageDetails", **PAGE, **given)
    assert (answer.CustomerUin, answer.VoucherId, answer.Month) == (people["cora"].uin, made["partly"]["number"], "")
    assert (answer.TotalAmount, answer.RemainAmount) == (10, 7.797104)
    assert (answer.TotalRecordsCount, answer.RecordsCountByMonth) == (2, 2)
    newest, first = answer.Data
    assert (newest.Amount, first.Amount) == (2, 0.202896)
    assert (first.VoucherId, first.DealName) == (str(made["partly"]["number"]), "order-2")
    assert (first.BillId, first.PayMode) == ("2026000000000000000002", "Postpaid")
    assert (first.ProductCode, first.SubProductCode) == ("p_cvm", "sp_cvm_s5")
    assert (first.ProductCodeName, first.SubProductCodeName) == ("Cloud Virtual Machine (CVM)", "CVM Standard S5")
    assert (first.PayTime, first.OwnerUin) == ("2026-10-03 08:00:00", people["cora"].uin)
    assert isinstance(first.Id, int)


def test_uses_of_a_month(tencent: Tencent, people: People, made: Made) -> None:
    """tencent:D.4: the count of all months beside that of the one asked for, which the example has at 2 and 0."""
    client = tencent(people["dora"])
    given = {**PAGE, "CustomerUin": people["cora"].uin, "VoucherId": made["partly"]["number"]}
    for month, counts in (("2026-10", (2, 1)), ("2024-03", (2, 0))):
        answer = ask(client, "DescribeCustomerVoucherUsageDetails", **given, Month=month)
        assert (answer.Month, answer.TotalRecordsCount, answer.RecordsCountByMonth) == (month, *counts)
        assert len(answer.Data) == counts[1]


def test_a_customer_reads_its_own_uses(tencent: Tencent, people: People, made: Made) -> None:
    number = made["carl"]["number"]
    answer = ask(tencent(people["carl"]), "DescribeCustomerOwnVoucherUsageDetails", **PAGE, VoucherId=number)
    (use,) = answer.Data
    assert (use.Amount, use.OwnerUin, answer.TotalAmount, answer.RemainAmount) == (0.5, people["carl"].uin, 20, 19.5)
    assert (answer.TotalRecordsCount, answer.RecordsCountByMonth, answer.Month) == (1, 1, "")


def test_an_unknown_voucher_answers_zeros_like_a_strangers(tencent: Tencent, people: People, made: Made) -> None:
    """The worked example of the page: no error, zeros."""
    for who, action, more in (
        ("dora", "DescribeCustomerVoucherUsageDetails", {"CustomerUin": people["carl"].uin}),
        ("sol", "DescribeCustomerVoucherUsageDetails", {"CustomerUin": people["cora"].uin}),
        ("cato", "DescribeCustomerOwnVoucherUsageDetails", {}),
    ):
        for number in (made["carl"]["number"], made["partly"]["number"], 12365856):
            given = {**PAGE, **more, "VoucherId": number, "Month": "2026-03"}
            answer = ask(tencent(people[who]), action, **given)
            assert (answer.Data, answer.TotalAmount, answer.RemainAmount, answer.TotalRecordsCount) == ([], 0, 0, 0)
            assert (answer.VoucherId, answer.Month, answer.RecordsCountByMonth) == (number, "2026-03", 0)


@pytest.mark.parametrize("action", ["QueryVoucherAmountByUin", "QueryVoucherListByUin"])
@pytest.mark.parametrize("who", ["carl", "otto", "rita", "dora"])
def test_a_strangers_customer_is_refused_like_an_absent_one(
    tencent: Tencent, people: People, made: Made, action: str, who: str
) -> None:
    client = tencent(people["dora"])
    seen = [refusal(client, action, ClientUins=[people["cora"].uin, uin]) for uin in (people[who].uin, NOBODY)]
    assert seen[0] == seen[1]
    assert seen[0][0] == NO_AUTH


@pytest.mark.parametrize(
    ("action", "changed", "code"),
    [
        ("QueryVoucherAmountByUin", {"ClientUins": []}, "InvalidParameterValue"),
        ("QueryVoucherAmountByUin", {"ClientUins": list(range(1, 22))}, "InvalidParameterValue"),
        ("QueryVoucherAmountByUin", {"ClientUins": [0]}, "InvalidParameterValue"),
        ("QueryVoucherListByUin", {"ClientUins": [1], "Status": "Issued"}, "InvalidParameterValue"),
        ("DescribeCustomerVoucherList", {**PAGE, "VoucherStatus": "Issused"}, "InvalidParameterValue"),
        ("DescribeCustomerVoucherList", {**PAGE, "VoucherStatus": "Canceled"}, "InvalidParameterValue"),
        ("DescribeCustomerVoucherList", {**PAGE, "PaymentMode": "All"}, "InvalidParameterValue"),
        ("DescribeCustomerVoucherList", {"Page": 0, "PageSize": 10}, "InvalidParameterValue"),
        ("DescribeCustomerVoucherList", {"Page": 1, "PageSize": 101}, "InvalidParameterValue"),
        ("DescribeCustomerVoucherList", {"Page": 1}, "MissingParameter"),
        ("DescribeCustomerVoucherList", {**PAGE, "VoucherId": "x"}, "InvalidParameter"),
        ("DescribeCustomerVoucherUsageDetails",
         {**PAGE, "CustomerUin": 1, "VoucherId": 1, "Month": "2024-13"}, "InvalidParameterValue"),
        ("DescribeCustomerVoucherUsageDetails", {**PAGE, "CustomerUin": 1}, "MissingParameter"),
    ],
)  # fmt: skip  # one case, one line
def test_values_out_of_range(tencent: Tencent, people: People, action: str, changed: Mode, code: str) -> None:
    assert refusal(tencent(people["dora"]), action, **changed)[0] == code


@pytest.mark.parametrize("action", [*PARTNERS, *OWN])
@pytest.mark.parametrize("who", ["dora", "rita", "sol", "carl", "pia"])
def test_each_is_for_partners_or_for_customers(
    tencent: Tencent, people: People, made: Made, action: str, who: str
) -> None:
    given = {**PAGE} if action != "QueryVoucherPool" else {}
    if "Usage" in action:
        given["VoucherId"] = 1
        if action in PARTNERS:
            given["CustomerUin"] = 1
    may = who == "carl" if action in OWN else who in {"dora", "rita", "sol"}
    if may:
        ask(tencent(people[who]), action, **given)
    else:
        assert refusal(tencent(people[who]), action, **given)[0] == NO_AUTH


def test_a_distributor_sees_the_pool_of_its_reseller(tencent: Tencent, people: People, made: Made) -> None:
    (rita,) = ask(tencent(people["dora"]), "QuerySubAgentsDetailV2", Page=1, PageSize=10).Data
    assert (rita.Voucher, rita.RemainingVoucher) == (300, 280)


def test_a_customer_sees_what_vouchers_still_pay(tencent: Tencent, people: People, made: Made) -> None:
    """tencent:D.3: two decimals; of vouchers that can be used."""
    for who, left in (("carl", 19.5), ("cora", 47.79), ("cato", 0)):
        assert ask(tencent(people[who]), "QueryCustomerBillingQuota").Data.RemainingVoucher == left
