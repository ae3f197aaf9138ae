"""A month of money (issue 5, "Done when" 4): line, allocation, bill, warning, arrears, top-up, voucher, restatement.

Every step goes through the product as people use it: the provider's command line, the official SDKs over HTTP, the
worker, mail, the console, files. After each, every view tells the same amounts, computed here by hand.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
from huaweicloudsdkbssintl.v2 import ShowCustomerMonthlySumRequest

from openpartner.kit import clock
from tests.sdk.clients import HuaweiClient, TencentClient
from tests.sdk.tencent.modes import ask
from tests.support.people import Person
from tests.support.server import Server

pytestmark = pytest.mark.slow  # a whole month through every door

CLOUD = "nimbus"
TODAY = clock.now()
MONTH = f"{TODAY:%Y-%m}"
DAY = f"{TODAY:%Y-%m-01}T00:00:00Z"
WITHIN_SECONDS = 40


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a worker, of this story's own."""
    with Server(tmp_path_factory.mktemp("story"), worker=True) as running:
        yield running


class Story:
    """Who does what, and what each of them sees."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder, self.world = server, folder, server.world
        self.dora, self.cora = self.world["dora"], self.world["cora"]
        self.partner = TencentClient(server, self.dora, sign="HmacSHA256")
        self.customer = TencentClient(server, self.cora, sign="HmacSHA256")
        self.files = 0

    def allocate(self, amount: float) -> tuple[float, float]:
        """Dora gives cora credit, by Tencent's SDK; total and remainder then."""
        answer = ask(self.partner, "AllocateCustomerCredit", ClientUin=self.cora.uin, AddedCredit=amount)
        return answer.TotalCredit, answer.RemainingCredit

    def bill(self, *costs: str) -> None:
        """The provider imports cora's bill of the month: a line for each cost. It replaces the one before."""
        names = [
            "ProviderName", "BillingAccountId", "SubAccountId", "BillingCurrency", "BillingPeriodStart",
            "ChargePeriodStart", "ChargePeriodEnd", "ChargeCategory", "BilledCost", "ListCost", "ServiceName", "Tags",
        ]  # fmt: skip  # one word after the other
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(names)
        for cost in costs:
            writer.writerow([CLOUD, "111", "a", "USD", DAY, DAY, DAY, "Usage", cost, cost, "Compute", "NULL"])
        self.files += 1
        path = self.folder / f"bill-{self.files}.csv"
        path.write_text(text.getvalue())
        self.server.run("import", "bills", str(path))

    def voucher(self, units: str) -> None:
        """Dora gives cora a voucher that pays from the first of the month on."""
        until = (TODAY + timedelta(days=40)).isoformat()
        people = (self.world["pia"].email, self.dora.email, self.dora.account_id, self.cora.account_id)
        words = [sys.executable, "-m", "tests.stories.money_voucher", *people, units, DAY, until]
        subprocess.run(words, env=self.server.environment, check=True)

    def credit(self) -> tuple[float, float]:
        """Total and remainder by the partner's list, its query by uin and the customer's own: they must agree."""
        (by_uin,) = ask(self.partner, "QueryCreditByUinList", UinList=[self.cora.uin]).Data
        (listed,) = ask(self.partner, "QueryCustomersCredit", FilterType="ClientUin", Filter=str(self.cora.uin)).Data
        own = ask(self.customer, "QueryCustomerBillingQuota").Data
        seen = {
            (by_uin.TotalCredit, by_uin.RemainingCredit),
            (listed.Credit, listed.RemainingCredit),
            (own.TotalCredit, own.RemainingCredit),
        }
        assert len(seen) == 1, seen
        return seen.pop()

    def page(self, person: Person, path: str) -> str:
        """A page of the console, as this person sees it."""
        return browse(self.server, person, path)

    def mails(self) -> list[str]:
        """All that has been sent, as text."""
        found = sorted((self.server.folder / "data" / "mail").rglob("*.eml"))
        return [path.read_text(errors="replace") for path in found]


def browse(server: Server, person: Person, path: str) -> str:
    """Sign in with a browser's own requests and fetch a page."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    base = f"http://localhost:{server.port}"
    opener.open(f"{base}/sign-in/").read()
    token = next(one.value for one in jar if one.name == "csrftoken")
    form = urllib.parse.urlencode(
        {"csrfmiddlewaretoken": token, "email": person.email, "password": person.password}
    ).encode()
    opener.open(urllib.request.Request(f"{base}/sign-in/", form, {"Referer": f"{base}/sign-in/"})).read()  # noqa: S310  # our own loopback
    return opener.open(f"{base}{path}").read().decode()


def until(condition: Callable[[], Any]) -> Any:
    """Wait for the worker."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, "the worker did not get there"
        time.sleep(0.3)
    return found


def file_of(story: Story) -> list[dict[str, str]]:
    """Cora's lines of the month by the file that Tencent's SDK tells the address of."""

    def ready() -> Any:
        answer = ask(
            story.partner,
            "DescribeCustomerBillDownloadUrl",
            CustomerUin=story.cora.uin,
            Month=MONTH,
            FileType="billDetail",
            CustomerUinType="Customer",
        )
        return answer if answer.Ready else None

    with urllib.request.urlopen(until(ready).DownloadUrl) as answer:  # noqa: S310  # our own loopback
        content = answer.read()
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = archive.read(archive.namelist()[0])
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_month_of_money(server: Server, tmp_path: Path) -> None:
    story = Story(server, tmp_path)
    cora = story.cora
    server.run("credit", "grant", story.dora.account_id, "1000", "--key", "story")

    # Allocated: 1000 - 100 = 900 are left (tencent:D.3, Remaining = Total - Allocated).
    assert story.allocate(100) == (100, 100)
    own = ask(story.partner, "QueryPartnerCredit")
    assert (own.TotalCredit, own.AllocatedCredit, own.RemainingCredit) == (1000, 100, 900)

    # Consumed by an imported bill: 80 of 100 leave 20, which is below 25 %, so both are warned (tencent:B.2).
    mapping = tmp_path / "accounts.csv"
    mapping.write_text(f"cloud,billing_account,sub_account,customer,since\n{CLOUD},111,a,{cora.uin},2020-01-01\n")
    server.run("import", "cloud-accounts", str(mapping))
    story.bill("50", "30")
    assert story.credit() == (100, 20)
    until(lambda: [mail for mail in story.mails() if "25" in mail and cora.email in mail])
    before = len(story.mails())

    # Exhausted: the corrected bill says 110, so 10 are owed and services stop (tencent:E.3: below zero, not at it).
    story.bill("50", "30", "30")
    assert story.credit() == (100, -10)
    until(lambda: "Services stopped" in story.page(story.dora, f"/customers/{cora.account_id}/credit/"))
    until(lambda: len(story.mails()) > before)

    # Topped up, resumed: 150 - 110 = 40.
    assert story.allocate(50) == (150, 40)
    until(lambda: "resumed" in story.page(story.dora, f"/customers/{cora.account_id}/credit/"))

    # A voucher of 15 pays first, then credit: 130 - 15 = 115 are charged, 35 are left (tencent:E.4).
    story.voucher("15")
    story.bill("50", "30", "30", "20")
    assert story.credit() == (150, 35)
    assert vouchers(story) == (15, 0)

    # Restated to 12: the voucher pays all of it and has 3 left; nothing is charged.
    story.bill("12")
    assert story.credit() == (150, 150)
    assert vouchers(story) == (15, 3)

    agree(story, discounted=Decimal(12), voucher=Decimal(12), total=Decimal(0))
    assert b"every balance is what its transfers say" in server.run("ledger", "verify").stdout
    assert b"as they should be" in server.run("lake", "verify").stdout


def vouchers(story: Story) -> tuple[float, float]:
    """What cora was given in vouchers, and what of it is left: the sums and the lists must agree."""
    (sums,) = ask(story.partner, "QueryVoucherAmountByUin", ClientUins=[story.cora.uin]).Data
    listed = ask(story.customer, "DescribeCustomerOwnVoucherList", Page=1, PageSize=100).Data
    assert sums.TotalAmount == sum(one.TotalAmount for one in listed)
    assert sums.RemainAmount == sum(one.RemainingAmount for one in listed)
    return sums.TotalAmount, sums.RemainAmount


def agree(story: Story, *, discounted: Decimal, voucher: Decimal, total: Decimal) -> None:
    """Both vendors' APIs, the file and the console tell the same amounts of the month."""
    partner, customer, cora = story.partner, story.customer, story.cora
    summed = ask(partner, "DescribeCustomerBillSummary", CustomerUin=cora.uin, Month=MONTH).TotalCost
    assert Decimal(str(summed)) == total
    lines = ask(
        partner, "DescribeCustomerBillDetail", CustomerUin=cora.uin, Month=MONTH, Page=1, PageSize=100
    ).DetailSet
    assert sum(Decimal(one.TotalAmountAfterDiscount) for one in lines) == discounted
    assert sum(Decimal(one.VoucherDeduction) for one in lines) == voucher
    assert sum(Decimal(one.TotalCost) for one in lines) == total
    own = ask(customer, "DescribeBillDetail", Month=MONTH, Page=1, PageSize=100).DetailSet
    assert sum(Decimal(one.TotalCost) for one in own) == total
    (given,) = ask(customer, "DescribeCustomerOwnVoucherList", Page=1, PageSize=100).Data
    uses = ask(
        partner,
        "DescribeCustomerVoucherUsageDetails",
        CustomerUin=cora.uin,
        VoucherId=given.VoucherId,
        Page=1,
        PageSize=100,
    )
    assert sum(Decimal(str(one.Amount)) for one in uses.Data) == voucher
    monthly = HuaweiClient(story.server, cora).show_customer_monthly_sum(
        ShowCustomerMonthlySumRequest(bill_cycle=MONTH)
    )
    assert Decimal(str(monthly.coupon_amount)) == voucher
    rows = file_of(story)
    assert sum(Decimal(row["Voucher Deduction"]) for row in rows) == voucher
    assert sum(Decimal(row["Total Cost"]) for row in rows) == total
    credit = story.page(story.dora, f"/customers/{cora.account_id}/credit/")
    assert "150.00" in credit
