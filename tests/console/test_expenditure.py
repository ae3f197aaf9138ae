"""Customer expenditure and bills by month: figures worked out by hand, who sees whose, and who sees which price.

The lines (tests below name their sums): October 2026, final. cora is dora's own customer, carl is rita's, and rita is
dora's second-level reseller; otto is a customer of ruth, who is the other distributor olga's.
"""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from openpartner.console import customer_costs
from openpartner.core.accounts.models import Account, Flag
from openpartner.core.billing.models import MonthState
from openpartner.core.partners.commands import grant_flag
from tests.console.organization.people import browser
from tests.proofs.possessions import account_manager
from tests.support.bills import day_of, line, publish_lines
from tests.support.people import Person, World

MONTH = "2026-10"
Bills = World


@pytest.fixture
def bills(world: World) -> World:
    """Customer, amount, partner's price: cora 10 + 2.5 - 4 (refund) + 0, carl 7.00000001, otto 100."""
    day = day_of(MONTH, 5)
    disks = {"service_code": "p_cbs", "service_name": "Cloud Block Storage"}
    lines = [
        line(world.cora, day, "10", partner_cost="8", list_cost="12", resource_id="ins-1", resource_name="Web one"),
        line(world.cora, day, "2.5", partner_cost="2", **disks, region_code="9", region_name="Singapore"),
        line(world.cora, day, "-4", partner_cost="-3", action="refund", order_id="order-1"),
        line(world.cora, day, "0", list_cost="0"),
        line(world.carl, day, "7.00000001", partner_cost="5.5", charging="prepaid", action="purchase"),
        line(world.otto, day, "100", partner_cost="90"),
    ]
    publish_lines(world, MONTH, lines, state=MonthState.FINAL)
    return world


def see_resellers_customers(world: World) -> None:
    grant_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)


def page(person: Person, address: str, status: int = 200) -> str:
    answer = browser(person).get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return html.unescape(answer.content.decode())


def data(person: Person, address: str) -> list[dict[str, Any]]:
    """The rows of a list's page as JSON."""
    answer = browser(person).get(address)
    assert answer.status_code == 200, answer.content[:300]
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


COLUMNS = "columns=uin,expenditure,refunds,total,list_cost,lines,currency"


def test_a_summary_is_what_the_lines_add_up_to(bills: World) -> None:
    (cora,) = data(bills.dora, f"/expenditure.json?month={MONTH}&{COLUMNS}")
    # 10 + 2.5 = 12.5; -4; 8.5; list 12 + 2.5 - 4 = 10.5; four lines, one of which costs nothing.
    assert cora == {
        "uin": str(bills.cora.uin),
        "expenditure": "12.50000000",
        "refunds": "-4.00000000",
        "total": "8.50000000",
        "list_cost": "10.50000000",
        "lines": 4,
        "currency": "USD",
    }


def test_each_sees_the_customers_it_may_look_at(bills: World) -> None:
    """Seed 000: a distributor sees its resellers' customers with the flag; siblings see nothing of each other."""
    seen = {
        name: {row["uin"] for row in data(bills[name], f"/expenditure.json?{COLUMNS}")}
        for name in ("pia", "dora", "rita", "ruth", "olga", "sol")
    }
    uins = {name: str(bills[name].uin) for name in ("cora", "carl", "otto")}
    assert seen == {
        "pia": set(uins.values()),
        "dora": {uins["cora"]},
        "rita": {uins["carl"]},
        "ruth": {uins["otto"]},
        "olga": set(),
        "sol": set(),
    }
    see_resellers_customers(bills)
    assert {row["uin"] for row in data(bills.dora, f"/expenditure.json?{COLUMNS}")} == {uins["cora"], uins["carl"]}


def test_refunds_have_a_tab(bills: World) -> None:
    rows = data(bills.pia, f"/expenditure.json?tab=refunds&month={MONTH}&{COLUMNS}")
    assert [(row["uin"], row["refunds"]) for row in rows] == [(str(bills.cora.uin), "-4.00000000")]


def test_the_page_says_state_and_sums(bills: World) -> None:
    text = words(page(bills.dora, f"/expenditure/?month={MONTH}"))
    assert "Final" in text
    assert "as of" in text
    assert "12.50 USD" in text
    assert "8.50 USD" in text


def test_lines_without_cost_are_hidden_until_asked_for(bills: World) -> None:
    """huawei:B15: the default hides zero rows."""
    assert len(data(bills.dora, f"/expenditure/details.json?month={MONTH}")) == 3
    assert len(data(bills.dora, f"/expenditure/details.json?month={MONTH}&zeros=yes")) == 4


@pytest.mark.parametrize(
    ("query", "totals"),
    [
        ("service=p_cbs", ["2.50000000"]),
        ("action=refund", ["-4.00000000"]),
        ("charging=prepaid", []),
        ("region=9", ["2.50000000"]),
        ("order=order-1", ["-4.00000000"]),
        ("resource=ins-1", ["10.00000000"]),
        ("resource_name=web+ONE", ["10.00000000"]),
        ("text=coraz", ["10.00000000", "2.50000000", "-4.00000000"]),
        ("text=nobody", []),
        ("since=2026-10-06", []),
        ("since=2026-10-05&until=2026-10-05&service=p_cbs", ["2.50000000"]),
        ("currency=EUR", []),
        ("month=2026-09", []),
    ],
)
def test_details_are_narrowed(bills: World, query: str, totals: list[str]) -> None:
    month = "" if "month=" in query else f"&month={MONTH}"
    rows = data(bills.dora, f"/expenditure/details.json?columns=total&{query}{month}")
    assert [row["total"] for row in rows] == totals


@pytest.mark.parametrize("query", ["month=2026-13", "month=x", "manager=x", "since=yesterday", "partner=999999"])
def test_a_bad_filter_is_told_and_nothing_is_read(bills: World, query: str) -> None:
    see_resellers_customers(bills)
    assert "errorlist" in page(bills.dora, f"/expenditure/details/?{query}", 422)


def test_names_are_masked(bills: World) -> None:
    for address in (
        f"/expenditure/?month={MONTH}",
        f"/expenditure/details/?month={MONTH}",
        "/bills/2026-10/",
        "/costs/?by=customer",
    ):
        for person in (bills.pia, bills.dora):
            text = page(person, address)
            assert "Corazón" not in text
            assert "cora_account" not in text
    assert str(bills.cora.uin) in page(bills.dora, f"/expenditure/?month={MONTH}")


def test_what_the_payer_owes_is_for_the_payer_and_the_provider(bills: World) -> None:
    """architecture.md: partner_cost is never shown to whoever is not the payer or the provider."""
    query = f"month={MONTH}&columns=total,partner_cost"
    for address in ("/expenditure/details.json", "/expenditure.json"):
        for name, sees in {"pia": True, "dora": True, "rita": False, "ruth": False}.items():
            rows = data(bills[name], f"{address}?{query}")
            assert rows
            assert all(("partner_cost" in row) is sees for row in rows), (address, name)
    assert "partner_cost" not in data(bills.carl, f"/expenditure/details.json?{query}")[0]


def test_a_customer_reads_its_own_bills_and_nothing_else(bills: World) -> None:
    assert [row["total"] for row in data(bills.carl, "/expenditure/details.json?columns=total")] == ["7.00000001"]
    assert data(bills.carl, f"/expenditure/details.json?customer={bills.cora.account_id}&columns=total")[0][
        "total"
    ] == ("7.00000001"), "it has no filter of customers"
    page(bills.carl, "/expenditure/", 404)
    text = words(page(bills.carl, f"/bills/{MONTH}/"))
    assert "7.00 USD" in text
    assert "By customer" not in text


def test_a_partner_can_close_the_view_of_bills(bills: World) -> None:
    """huawei:B20, customer bill settings: pages and files alike."""
    Account.objects.everything(reason="test").filter(pk=bills.carl.account_pk).update(bills_visible=False)
    for address in ("/bills/", f"/bills/{MONTH}/", "/costs/", "/restatements/", "/expenditure/details/?x=1"):
        text = page(bills.carl, address)
        assert "closed the view of bills" in text, address
        assert "7.00" not in text
    assert browser(bills.carl).get("/expenditure/details.json").status_code == 403
    assert browser(bills.carl).get("/costs.json").status_code == 403


def amounts_of(text: str) -> list[Decimal]:
    """The figures at the head of a bill: due, consumption, refunds, adjustments."""
    found = re.findall(r'class="figure-value"><span title="(-?[0-9.]+)"', text)
    return [Decimal(one) for one in found[:4]]


@pytest.mark.parametrize(
    ("who", "figures"),
    [
        # Consumption, refunds: the payer's price 8 + 2 + 5.5 (rita's customer too) and -3.
        ("dora", ("12.5", "15.5", "-3", "0")),
        ("olga", ("90", "90", "0", "0")),
        ("pia", ("102.5", "105.5", "-3", "0")),
        # A second-level reseller and a customer see the customers' price.
        ("rita", ("7.00000001", "7.00000001", "0", "0")),
        ("carl", ("7.00000001", "7.00000001", "0", "0")),
    ],
)
def test_a_bill_is_at_the_reader_s_price(bills: World, who: str, figures: tuple[str, ...]) -> None:
    assert amounts_of(page(bills[who], f"/bills/{MONTH}/")) == [Decimal(one) for one in figures]


def test_customers_of_resellers_are_one_line_unless_the_distributor_may_look_at_them(bills: World) -> None:
    text = words(page(bills.dora, f"/bills/{MONTH}/"))
    assert str(bills.rita.uin) not in text
    assert "All customers of this reseller" in text
    assert str(bills.carl.uin) not in text
    see_resellers_customers(bills)
    text = words(page(bills.dora, f"/bills/{MONTH}/"))
    assert str(bills.carl.uin) in text
    assert "All customers of this reseller" not in text


def test_a_negative_bill_is_due_as_nothing(world: World) -> None:
    """huawei:B17: refunds beyond the spend make the bill negative, and the amount due shows 0."""
    publish_lines(world, MONTH, [line(world.cora, day_of(MONTH, 1), "-5", partner_cost="-4", action="refund")])
    text = page(world.dora, f"/bills/{MONTH}/")
    assert amounts_of(text)[0] == 0
    assert "the bill is" in text


def test_a_reseller_s_bills_are_for_its_distributor(bills: World) -> None:
    text = page(bills.dora, f"/resellers/{bills.rita.account_id}/bills/")
    assert "5.50" in words(text)
    assert "7.00 000001" in words(text), "what is below a cent stands small beside it"
    for who, status in {"olga": 404, "rita": 404, "carl": 403}.items():
        page(bills[who], f"/resellers/{bills.rita.account_id}/bills/", status)


@pytest.mark.parametrize("month", ["2026-13", "x", "2026-1", "99999-01"])
def test_a_bill_of_no_month_is_not_there(bills: World, month: str) -> None:
    page(bills.dora, f"/bills/{month}/", 404)


def test_a_restatement_is_told_with_what_changed(bills: World) -> None:
    """The provider sees what the month came to; others what changed of their own lines, at their own price."""
    assert "Nothing was restated" in page(bills.dora, "/restatements/")
    publish_lines(bills, MONTH, [line(bills.cora, day_of(MONTH, 5), "9", partner_cost="7")], state=MonthState.FINAL)
    text = words(page(bills.pia, "/restatements/"))
    # 8.5 + 7.00000001 + 100 became 9: 106.50000001 less. Six lines became one.
    assert "−106.50 000001" in text
    assert "-5" in text
    text = words(page(bills.dora, "/restatements/"))
    assert MONTH in text
    assert "106.5" not in text
    assert "Restated" in page(bills.dora, "/bills/")


@pytest.mark.parametrize(
    ("who", "own"),
    [
        # At the payer's price 12.5 (above) became 7; at the customers' rita's and carl's 7.00000001 became nothing.
        ("dora", ["−5.50 USD", "−6.50 000001 USD"]),
        ("rita", ["−7.00 000001 USD"]),
        ("carl", ["−7.00 000001 USD"]),
        ("olga", ["−90.00 USD", "−100.00 USD"]),
        # Of cora, 8.5 became 9; of chen nothing stood there before or after.
        ("cora", ["+0.50 USD"]),
    ],
)
def test_a_restatement_tells_each_its_own_difference_alone(bills: World, who: str, own: list[str]) -> None:
    publish_lines(bills, MONTH, [line(bills.cora, day_of(MONTH, 5), "9", partner_cost="7")], state=MonthState.FINAL)
    text = words(page(bills[who], "/restatements/"))
    told = re.findall(r"[+−][0-9][0-9,. ]* USD", text)
    assert told == own


def test_a_person_with_assigned_customers_is_not_told_what_others_changed(bills: World) -> None:
    publish_lines(bills, MONTH, [line(bills.cora, day_of(MONTH, 5), "9")], state=MonthState.FINAL)
    kim = account_manager(bills)
    text = words(str(browser(kim).get("/restatements/").content.decode()))
    assert MONTH in text
    assert "USD" not in text


@pytest.mark.parametrize(
    ("day", "until", "so_far", "change"),
    [
        (1, "2026-10-01", "10.00", "−66.0 %"),
        (2, "2026-10-02", "12.50", "−72.8 %"),
        (30, "2026-10-30", "8.50", "−60.0 %"),
    ],
)
def test_the_overview_compares_the_month_to_date_with_the_same_days(
    bills: Bills, monkeypatch: pytest.MonkeyPatch, day: int, until: str, so_far: str, change: str
) -> None:
    """huawei:B4: month to date, last month, change, products by expenditure."""
    amounts = {1: "10", 2: "2.5", 3: "-4"}
    october = [line(bills.cora, day_of(MONTH, of), amount) for of, amount in amounts.items()]
    publish_lines(bills, MONTH, october, state=MonthState.FINAL)
    monkeypatch.setattr(customer_costs, "today", lambda: date(2026, 11, day))
    publish_lines(bills, "2026-11", [line(bills.cora, day_of("2026-11", 1), "3.4")])
    text = words(page(bills.dora, f"/customers/{bills.cora.account_id}/"))
    assert "Month to date 3.40 USD" in text
    assert f"Change {change} from {so_far} in the same days of last month, up to {until}" in text
    assert "Last month 8.50 USD all of it" in text
    assert "Cloud Virtual Machine" in text


def test_a_longer_month_is_compared_with_all_of_a_shorter_one(bills: Bills, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer_costs, "today", lambda: date(2026, 12, 31))
    publish_lines(bills, "2026-11", [line(bills.cora, day_of("2026-11", 30), "2")])
    publish_lines(bills, "2026-12", [line(bills.cora, day_of("2026-12", 1), "3")])
    text = words(page(bills.dora, f"/customers/{bills.cora.account_id}/"))
    assert "Change 50.0 % from 2.00 in the same days of last month, up to 2026-11-30" in text


def test_it_works_for_those_without_bills(world: World) -> None:
    for name in ("pia", "dora", "rita", "sol", "carl"):
        for address in ("/bills/", f"/bills/{MONTH}/", "/costs/", "/restatements/", "/expenditure/details/"):
            page(world[name], address)


def test_strangers_are_sent_to_sign_in() -> None:
    assert Client().get("/bills/").status_code == 302
