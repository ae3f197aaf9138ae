"""Random bills through Tencent's operations: pages, summaries, days and files agree to the last digit."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

import msgspec
import pytest

from openpartner.apikit.call import Refused
from openpartner.core.accounts.models import Account
from openpartner.core.accounts.placing import bind, release
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind, AssociationKind
from openpartner.core.billing import downloads
from openpartner.core.billing.downloads import open_link
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.run import run_claimed
from openpartner.lake.schema import Action, Charging
from openpartner.project.reference.whole import REGISTRIES
from openpartner.tencent.bills.codes import NAMES
from openpartner.tencent.parameters import read
from openpartner.worker.callers import rebuild
from tests.support.bills import line, publish_lines
from tests.support.people import Person, World

MONTH = "2026-09"
UNITS = 10**8
CODES = [None, "", "3", *NAMES]
CUSTOMERS = ("cora", "chen", "carl", "cato")
BILLS = 100


def call(caller: Caller, action: str, **given: object) -> Any:
    """What an operation answers, as JSON: the request goes through the same reader as the wire's."""
    operation = REGISTRIES["tencent"].operations[action]
    assert operation.run is not None
    return json.loads(
        msgspec.json.Encoder(decimal_format="number").encode(
            operation.run(caller, read(dict(given), operation.request, dotted=False))
        ),
        parse_float=Decimal,
        parse_int=Decimal,
    )


@dataclass
class Book:
    """Lines that were published, and the truth about them in units of 10^-8."""

    world: World
    lines: list[dict[str, Any]]

    def units(self, customer: Person, keep: Callable[[dict[str, Any]], bool] = lambda _line: True) -> int:
        return sum(
            int(Decimal(one["total_cost"]) * UNITS)
            for one in self.lines
            if one["customer_id"] == customer.account_pk and keep(one)
        )


def published(world: World, random: Random, count: int) -> Book:
    """A month of random lines of two clouds."""
    lines: dict[str, list[dict[str, Any]]] = {"tencent": [], "huawei": []}
    for _ in range(count):
        cloud = random.choice(sorted(lines))
        listed = Decimal(random.randint(-(10 ** random.randint(1, 17)), 10 ** random.randint(1, 17))) / UNITS
        voucher = Decimal(random.choice([0, 0, random.randint(0, 10**9)])) / UNITS
        lines[cloud].append(
            line(
                world[random.choice(CUSTOMERS)],
                date(2026, 9, random.randint(1, 30)),
                cloud=cloud,
                list_cost=f"{listed:.8f}",
                cost_after_discount=f"{listed:.8f}",
                voucher_deduction=f"{voucher:.8f}",
                total_cost=f"{listed - voucher:.8f}",
                service_code=random.choice([None, "p_cvm", "p_cbs"]),
                region_code=random.choice([None, "", "1", "8"]),
                charging=random.choice([None, *(one.value for one in Charging)]),
                action=random.choice(list(Action)).value,
                action_code=random.choice(CODES),
                resource_id=random.choice([None, "a", "b"]),
            )
        )
    for cloud, given in lines.items():
        publish_lines(world, MONTH, given, cloud=cloud, lines_a_file=random.choice([10, 600_000]))
    return Book(world, [one for given in lines.values() for one in given])


def fetched(caller: Caller, **given: object) -> list[dict[str, str]]:
    """The rows of a file, made by a worker."""
    assert call(caller, "DescribeCustomerBillDownloadUrl", **given) == {"DownloadUrl": "", "Ready": 0}
    while claimed := claim(process_token(), [downloads.KIND]):
        run_claimed(claimed, rebuild)
    url = call(caller, "DescribeCustomerBillDownloadUrl", **given)["DownloadUrl"]
    with open_link(url.split("/")[-2])[1] as file:
        return list(csv.DictReader(io.StringIO(file.read().decode("utf-8-sig"))))


def units(texts: list[Any]) -> int:
    """Amounts of the wire in units of 10^-8, exactly."""
    return int(sum((Decimal(text) * UNITS for text in texts), Decimal(0)))


@pytest.mark.django_db(transaction=True)
def test_everything_agrees_with_the_lines(world: World, random: Random, campaign: Callable[[int], int]) -> None:
    for _ in range(campaign(BILLS)):
        book = published(world, random, random.randint(1, 60))
        for name, partner in (("cora", "dora"), ("carl", "rita"), ("cato", "sol")):
            _agrees(book, world[name], world[partner].caller)


def _agrees(book: Book, customer: Person, caller: Caller) -> None:
    truth = book.units(customer)
    whose = {"CustomerUin": customer.uin}
    assert call(caller, "DescribeCustomerBillSummary", **whose, Month=MONTH)["TotalCost"] * UNITS == truth
    pages = _pages(caller, "DescribeCustomerBillDetail", **whose)
    assert units([one["TotalCost"] for one in pages]) == truth
    own = _pages(customer.caller, "DescribeBillDetail")
    assert [one["Id"] for one in own] == [one["Id"] for one in pages]
    for by in ("Product", "Region", "PayMode"):
        items = call(caller, f"DescribeBillSummaryBy{by}", **whose, BillMonth=MONTH)["SummaryOverview"]
        assert units([one["TotalCost"] for one in items]) == truth
        assert units([one["VoucherPayAmount"] for one in items]) == units([one["VoucherDeduction"] for one in pages])
    days = [
        call(caller, "DescribeCustomerBillDetailByDay", **whose, Date=f"2026-09-{day:02}")["TotalCost"]
        for day in range(1, 31)
    ]
    assert units(days) == truth
    rows = fetched(caller, **whose, Month=MONTH, FileType="billDetail", CustomerUinType="Customer")
    assert units([row["Total Cost"] for row in rows]) == truth
    assert sorted(row["ID"] for row in rows) == sorted(one["Id"] for one in pages)
    kinds = {one["Id"]: (one["BillingMode"], one["TransactionType"]) for one in pages}
    assert {row["ID"]: (row["Billing Mode"], row["Transaction Type"]) for row in rows} == kinds
    whole = fetched(caller, **whose, Month=MONTH, FileType="billResource", CustomerUinType="Customer")
    assert sum(Decimal(row["Total Cost"]) for row in whole) == _rounded(truth)
    # Filters by transaction type and pay mode cut the month into pieces.
    types = [call(caller, "DescribeCustomerBillSummary", **whose, Month=MONTH, ActionType=code) for code in NAMES]
    assert sum(one["TotalCost"] * UNITS for one in types) == truth
    modes = [_pages(caller, "DescribeCustomerBillDetail", **whose, PayMode=mode) for mode in ("prePay", "postPay")]
    assert sorted(one["Id"] for mode in modes for one in mode) == sorted(one["Id"] for one in pages)


def _rounded(amount: int) -> Decimal:
    """To two decimals, half away from zero."""
    cents, rest = divmod(abs(amount), 10**6)
    return Decimal((cents + (2 * rest >= 10**6)) * (1 if amount >= 0 else -1)) / 100


def _pages(caller: Caller, action: str, **given: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    number = 1
    while True:
        page = call(caller, action, **given, Month=MONTH, Page=number, PageSize=7)
        found += page["DetailSet"]
        if not page["DetailSet"]:
            assert page["Total"] == len(found)
            return found
        number += 1


@pytest.fixture
def moved(world: World) -> World:
    """carl left rita for dora on the 16th: the lines of before are rita's, those of after dora's."""
    before = [line(world.carl, date(2026, 9, day), "1") for day in (1, 2)]
    carl, dora = (Account.objects.everything(reason="test").get(pk=world[name].account_pk) for name in ("carl", "dora"))
    at = datetime.fromisoformat("2026-09-15T16:00:00Z")
    release(carl, until=at, by="the test")
    carl.refresh_from_db()
    bind(carl, dora, kind=AssociationKind.RESALE, since=at, by="the test")
    after = [line(world.carl, date(2026, 9, day), "10") for day in (16, 17, 18)]
    publish_lines(world, MONTH, before + after)
    assert AccountKind(carl.kind) is AccountKind.CUSTOMER
    return world


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "total"), [("rita", 2), ("dora", 30)])
def test_a_customer_that_moved_has_lines_under_both(moved: World, who: str, total: int) -> None:
    """Each partner reads what it sold, also of a customer that has left; the customer reads all of it."""
    whose = {"CustomerUin": moved.carl.uin, "Month": MONTH}
    assert call(moved[who].caller, "DescribeCustomerBillSummary", **whose)["TotalCost"] == total
    assert units([one["TotalCost"] for one in _pages(moved.carl.caller, "DescribeBillDetail")]) == 32 * UNITS


@pytest.mark.django_db
def test_a_partner_that_never_had_a_customer_sees_nothing_of_it(moved: World) -> None:
    for uin in (moved.carl.uin, 999_999_999_999):
        with pytest.raises(NotVisible):
            call(moved.sol.caller, "DescribeCustomerBillSummary", CustomerUin=uin, Month=MONTH)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("DescribeBillDetail", {"Month": MONTH, "Page": 1, "PageSize": 1}),
        ("DescribeBillSummary", {"Month": MONTH, "GroupType": "product"}),
        ("DescribeBillDownloadUrl", {"Month": MONTH, "FileType": "L3"}),
    ],
)
def test_a_view_that_the_partner_closed_is_closed_here_too(moved: World, action: str, given: dict[str, object]) -> None:
    call(moved.carl.caller, action, **given)
    Account.objects.everything(reason="test").filter(pk=moved.carl.account_pk).update(bills_visible=False)
    with pytest.raises(NotAllowed):
        call(moved.carl.caller, action, **given)


@pytest.mark.django_db
def test_a_bill_in_several_currencies_is_summed_in_dollars(world: World) -> None:
    """tencent:D.0.1: amounts are in US dollars; details show what is not, with its currency."""
    lines = [line(world.cora, date(2026, 9, 1), "1"), line(world.cora, date(2026, 9, 1), "100", currency="CNY")]
    publish_lines(world, MONTH, lines)
    whose = {"CustomerUin": world.cora.uin}
    assert call(world.dora.caller, "DescribeCustomerBillSummary", **whose, Month=MONTH)["TotalCost"] == 1
    pages = _pages(world.dora.caller, "DescribeCustomerBillDetail", **whose)
    assert {(one["Currency"], one["TotalCost"]) for one in pages} == {("USD", "1"), ("CNY", "100")}
    publish_lines(world, MONTH, lines[1:])
    assert call(world.dora.caller, "DescribeCustomerBillSummary", **whose, Month=MONTH)["TotalCost"] == 100


@pytest.mark.django_db
def test_tags_of_other_clouds_are_told_as_texts(world: World) -> None:
    publish_lines(world, MONTH, [line(world.cora, date(2026, 9, 1), tags='{"a": null, "b": 1, "c": "x"}')])
    (told,) = _pages(world.cora.caller, "DescribeBillDetail")
    tags = {one["TagKey"]: one["TagValue"] for one in told["Tags"]}
    assert tags == {"a": "", "b": "1", "c": "x"}


@pytest.mark.django_db
def test_unknown_codes_are_refused(world: World) -> None:
    with pytest.raises(Refused):
        call(world.dora.caller, "DescribeCustomerBillSummary", CustomerUin=1, Month=MONTH, ActionType="usage")
