"""Money as it passes from one to the next, each in a browser: provider, distributor, reseller, customer (issue 5, 6).

A server of its own: amounts are exact, so nothing but a story itself may move them. Each story has customers that no
other story touches; what partners share, such as dora's line, is compared with what it was before.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from openpartner.kit import clock
from tests.console.browser.conftest import Enter
from tests.console.browser.rows import column, row_of
from tests.support.inside import run_inside
from tests.support.live_bills import publish
from tests.support.people import Person, World
from tests.support.server import Server

pytestmark = pytest.mark.slow  # a browser

BEIJING = timezone(timedelta(hours=8))
"""Where bill months begin (tencent:E.1), and the months of budgets (huawei:E1)."""
SETTLED_WITHIN_SECONDS = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """In place of the other browser tests': its worker settles nothing but what these stories publish."""
    with Server(Path(tmp_path_factory.mktemp("money")), worker=True) as running:
        run_inside(running, prepare)
        yield running


@pytest.fixture(scope="module")
def stage() -> None:
    """In place of the other browser tests': the people are enough."""


def prepare(world: World) -> None:
    """What no page does, and two vouchers of cora's: 20 for five days, 30 for thirty."""
    from openpartner.core.customers.models import Right  # Django must be set up first
    from openpartner.core.customers.rights import grant_right
    from openpartner.core.vouchers.quotas import change_pool
    from tests.vouchers.support import give

    grant_right(world.dora.caller, reseller=world.rita.account_id, right=Right.SET_BUDGET)
    change_pool(world.pia.caller, partner=world.dora.account_id, amount=Decimal(100))
    for units, days in ((20, 5), (30, 30)):
        give(world.dora, world.cora, units, until=clock.now() + timedelta(days=days))


def of(person: Person, part: str = "") -> str:
    """The page of a customer, or a part of it."""
    return f"/customers/{person.account_id}/{part}"


def partner(person: Person) -> str:
    """The credit of a partner, as the one above it sees it."""
    return f"/resellers/{person.account_id}/credit/"


def figure(tab: Page, label: str) -> Locator:
    """An amount in large print."""
    return tab.locator(".figure").filter(has_text=re.compile(rf"^\s*{label}")).locator(".figure-value")


def units(text: str) -> Decimal:
    """A shown amount as a number."""
    return Decimal(text.split(maxsplit=1)[0].replace(",", "").replace("\N{MINUS SIGN}", "-"))


def preview(tab: Page, submit: str, *, way: str = "", amount: str = "", remark: str = "") -> dict[str, tuple[str, str]]:
    """Fill in a form about money and look at its preview: what each amount is, and what it will be."""
    if way:
        tab.get_by_label(way, exact=True).check()
    if amount:
        tab.get_by_label("Amount", exact=True).fill(amount)
    if remark:
        tab.get_by_label("Remark", exact=True).fill(remark)
    tab.get_by_role("button", name="Preview").click()
    expect(tab.get_by_role("heading", name="What it will do")).to_be_visible()
    expect(tab.get_by_role("button", name=submit, exact=True)).to_be_visible()
    rows = tab.locator(".before-after tbody tr").all()
    cells = [[" ".join(cell.split()) for cell in row.locator("th, td").all_inner_texts()] for row in rows]
    return {name.removesuffix(" USD"): (now, then) for name, now, then in cells}


def change(
    tab: Page, address: str, amount: str, way: str = "Add credit", remark: str = ""
) -> dict[str, tuple[str, str]]:
    """Change credit from the form to the end; what its preview said."""
    tab.goto(address)
    told = preview(tab, "Change the credit", way=way, amount=amount, remark=remark)
    tab.get_by_role("button", name="Change the credit").click()
    expect(tab.get_by_text("The credit was changed by")).to_be_visible()
    return told


def refused(tab: Page, amount: str) -> str:
    """What stands beside the amount when this one is sent."""
    tab.get_by_label("Amount", exact=True).fill(amount)
    tab.get_by_role("button", name="Preview").click()
    return tab.locator(".field.wrong", has=tab.get_by_label("Amount", exact=True)).locator(".errorlist").inner_text()


def comes(tab: Page, what: Locator) -> None:
    """Reload until the worker has done its part."""
    deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
    while not what.is_visible():
        assert time.monotonic() < deadline, tab.locator("main").inner_text()
        tab.wait_for_timeout(250)
        tab.reload()


def this_month() -> str:
    """The bill month that is running."""
    return f"{clock.now().astimezone(BEIJING):%Y-%m}"


def follow_to_its_cause(enter: Enter, dora: Person, chen: Person) -> None:
    """Open chen's statement, a line of it, and what is behind that: less for chen than for dora, who gave."""
    tab = enter(chen)
    tab.goto("/")
    tab.get_by_role("navigation", name="Main menu").get_by_role("link", name="Credit", exact=True).click()
    expect(figure(tab, "Available credit")).to_have_text("200.00 USD")
    tab.get_by_role("link", name="Whole statement").click()
    assert column(tab, "What happened") == ["Credit reclaimed", "Credit allocated"]
    assert column(tab, "Balance afterwards") == ["200.00", "250.25"]
    tab.locator("table.rows tbody tr").last.get_by_role("link").first.click()
    main = tab.get_by_role("main")
    expect(main.get_by_role("heading", name="Why")).to_be_visible()
    expect(main).to_contain_text("Customer credit")
    expect(main).not_to_contain_text("First order")  # what is between those who give
    posting = tab.url
    enter(dora)
    tab.goto(posting)
    expect(main).to_contain_text("First order")
    expect(main.locator("tbody tr", has_text="Available credit").locator("td.number")).to_have_text(
        ["250.25 USD", "250.25 USD"]
    )


def test_a_line_becomes_a_customers_credit(enter: Enter, server: Server) -> None:
    """tencent:E.1: increments, bounded by what remains of the line; nothing of it is done twice."""
    pia, dora, chen = server.world.pia, server.world.dora, server.world.chen
    tab = enter(pia)
    tab.goto(partner(dora))
    before = units(figure(tab, "Not given to customers yet").inner_text())
    link = tab.get_by_role("link", name="Change the credit line").get_attribute("href")
    change(tab, str(link), "1000.50", remark="Frame contract")
    assert units(figure(tab, "Not given to customers yet").inner_text()) == before + Decimal("1000.50")

    enter(dora)
    tab.goto(of(chen, "credit/"))
    tab.get_by_role("link", name="Set credit").click()
    told = preview(tab, "Change the credit", way="Add credit", amount="250.25", remark="First order")
    assert told["Total credit"] == ("0.00 USD", "250.25 USD")
    assert told["Available credit"] == ("0.00 USD", "250.25 USD")
    now, then = map(units, told["Left for you to allocate"])
    assert (now, then) == (before + Decimal("1000.50"), before + Decimal("750.25"))
    tab.get_by_role("button", name="Edit", exact=True).click()
    expect(tab.get_by_label("Amount", exact=True)).to_have_value("250.25")
    preview(tab, "Change the credit")
    tab.get_by_role("button", name="Change the credit").dblclick()
    expect(tab.get_by_text("The credit was changed by 250.25 USD. Available now: 250.25 USD.")).to_be_visible()
    expect(figure(tab, "Total credit")).to_have_text("250.25 USD")
    tab.goto("/credit/")
    assert units(figure(tab, "Left to allocate").inner_text()) == before + Decimal("750.25")

    tab.goto(of(chen, "credit/set/"))
    tab.get_by_label("Take credit back").check()
    assert "more than is available" in refused(tab, "250.250001")
    told = change(tab, of(chen, "credit/set/"), "50.25", way="Take credit back", remark="Too much")
    assert told["Available credit"] == ("250.25 USD", "200.00 USD")
    expect(figure(tab, "Available credit")).to_have_text("200.00 USD")
    tab.get_by_role("link", name="All records").click()
    assert column(tab, "Change") == ["\N{MINUS SIGN}50.25", "250.25"]
    assert column(tab, "Total afterwards") == ["200.00", "250.25"]
    assert column(tab, "By") == ["dora_account/dora"] * 2
    assert column(tab, "Remark") == ["Too much", "First order"]

    follow_to_its_cause(enter, dora, chen)


def confirm_bills(tab: Page, carl: Person) -> None:
    """Confirm carl's bill of September alone, both bills of October together, and read the history."""
    tab.goto("/bill-confirmations/?month=2026-09")
    row_of(tab, carl.uin).get_by_role("link", name="Confirm").click()
    told = preview(tab, "Confirm", remark="Bank transfer")
    assert told == {"Confirmed as paid": ("0.00 USD", "5.00 USD"), "Available credit": ("42.50 USD", "47.50 USD")}
    tab.get_by_role("button", name="Confirm").dblclick()
    expect(tab.get_by_text("The bill was confirmed: 5.00 USD paid, 5.00 USD restored as credit.")).to_be_visible()
    assert column(tab, "Status") == ["Confirmed"]
    tab.goto("/bill-confirmations/?month=2026-10")
    tab.get_by_label("Select all on this page").check()
    tab.get_by_role("button", name="Confirm", exact=True).click()
    expect(tab.get_by_text("2 bills can be confirmed.")).to_be_visible()
    expect(tab.locator(".facts.amounts dd")).to_have_text(["19.75 USD", "19.75 USD"])  # 12.5 + 7.25, both restored
    tab.get_by_label("Remark").fill("October")
    tab.get_by_role("button", name="Confirm", exact=True).click()
    expect(tab.get_by_text("2 bills were confirmed.")).to_be_visible()
    expect(tab.locator("table.plain .badge")).to_have_text(["Confirmed", "Confirmed"])
    tab.get_by_role("link", name="Back to the bills").click()
    assert column(tab, "Left to confirm") == ["0.00", "0.00"]
    tab.get_by_role("link", name="Confirmed bills").click()
    assert sorted(
        zip(column(tab, "Bill month"), column(tab, "Credit restored"), column(tab, "Remark"), strict=True)
    ) == [
        ("2026-09", "5.00", "Bank transfer"),
        ("2026-10", "12.50", "October"),
        ("2026-10", "7.25", "October"),
    ]


def test_a_pool_and_the_bills_that_are_paid_out_of_it(enter: Enter, server: Server) -> None:
    """tencent:B.4: a reseller gives what is in its pool; tencent:B.7: a bill confirmed as paid restores credit."""
    dora, rita, carl, cleo = (server.world[name] for name in ("dora", "rita", "carl", "cleo"))
    tab = enter(server.world.pia)
    change(tab, partner(dora) + "set/", "500")
    enter(dora)
    told = change(tab, partner(rita) + "set/", "100")
    assert told["Total"] == ("0.00 USD", "100.00 USD")
    now, then = map(units, told["Left for you to allocate"])
    assert then == now - 100
    expect(figure(tab, "Credit pool")).to_have_text("100.00 USD")
    tab.goto(of(carl, "credit/set/"))
    expect(tab.get_by_label("Amount", exact=True)).to_have_count(0)  # what is in the pool is rita's to give

    enter(rita)
    for customer, amount in ((carl, "60"), (cleo, "30")):
        change(tab, of(customer, "credit/set/"), amount)
        expect(figure(tab, "Available credit")).to_have_text(f"{amount}.00 USD")
    tab.goto(of(carl, "credit/set/"))
    assert "more than may still be allocated" in refused(tab, "10.000001")  # 100 - 60 - 30
    tab.goto("/credit/")
    expect(figure(tab, "Left to allocate")).to_have_text("10.00 USD")

    september = [{"customer": "carl", "bill_day": "2026-09-10", "total": "5"}]
    october = [
        {"customer": "carl", "bill_day": "2026-10-10", "total": "12.5"},
        {"customer": "cleo", "bill_day": "2026-10-11", "total": "7.25"},
    ]
    publish(server, "2026-09", september, state="final")
    publish(server, "2026-10", october, state="final")
    enter(carl)
    tab.goto(of(carl, "credit/"))
    comes(tab, figure(tab, "Available credit").get_by_text("42.50"))  # 60 - 5 - 12.5
    expect(figure(tab, "Used credit")).to_have_text("17.50 USD")
    expect(tab.locator("tbody tr").filter(has_text="Charge")).to_have_count(2)
    tab.locator("tbody tr").filter(has_text="Charge").filter(has_text="12.50").get_by_role("link").click()
    expect(tab.get_by_role("main")).to_contain_text(re.compile(r"Bill month\s*2026-10"))
    tab.get_by_role("link", name="Open the bill").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("2026-10")
    expect(tab.get_by_role("main")).to_contain_text("12.50")

    enter(rita)
    confirm_bills(tab, carl)
    enter(carl)
    tab.goto(of(carl, "credit/"))
    expect(figure(tab, "Available credit")).to_have_text("60.00 USD")
    expect(figure(tab, "Used credit")).to_have_text("0.00 USD")


def suspend(tab: Page, level: str) -> None:
    """From the page of a customer to the end."""
    tab.get_by_role("link", name="Suspend", exact=True).click()
    tab.get_by_label(level).check()
    reason = tab.get_by_label("Reason")
    tab.get_by_role("button", name="Preview").click()
    assert reason.evaluate("one => one.validity.valueMissing"), "huawei:B6: the reason is mandatory"
    reason.fill("Unpaid since May")
    tab.get_by_role("button", name="Preview").click()


def status_in_list(tab: Page, customer: Person) -> str:
    """What the list says of a customer."""
    tab.goto(f"/customers/?uin={customer.uin}")
    (found,) = column(tab, "Status")
    return found


def test_a_customer_is_stopped_undone_stopped_with_resources_and_goes_on(enter: Enter, server: Server) -> None:
    """huawei:E2: what each level stops, and who pays meanwhile."""
    dora, cyro = server.world.dora, server.world.cyro
    tab = enter(dora)
    assert status_in_list(tab, cyro) == "Normal"
    row_of(tab, cyro.uin).get_by_role("link").first.click()
    suspend(tab, "The account: nothing new is bought or changed")
    effects = tab.locator(".effects")
    expect(effects).to_contain_text(re.compile("Yearly/monthly, refused: buying, renewing"))
    expect(effects).to_contain_text("Pay-as-you-go goes on costing.")
    assert status_in_list(tab, cyro) == "Normal", "a preview changes nothing"
    tab.goto(of(cyro))
    suspend(tab, "The account: nothing new is bought or changed")
    tab.get_by_role("button", name="Suspend", exact=True).click()
    expect(tab.get_by_text("The customer was suspended.")).to_be_visible()
    assert status_in_list(tab, cyro) == "Suspended"

    tab.goto(of(cyro))
    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_text("It was undone.")).to_be_visible()
    assert status_in_list(tab, cyro) == "Normal"

    tab.goto(of(cyro))
    suspend(tab, "The account and its resources: pay-as-you-go stops")
    expect(effects).to_contain_text("Pay-as-you-go costs nothing meanwhile.")
    expect(effects).to_contain_text("retention period")
    tab.get_by_role("button", name="Suspend", exact=True).click()
    assert status_in_list(tab, cyro) == "Suspended with resources"
    enter(cyro)
    tab.goto(of(cyro))
    expect(tab.get_by_role("main")).to_contain_text("Suspended with resources")
    expect(tab.get_by_role("link", name="Lift the suspension")).to_have_count(0)

    enter(dora)
    tab.goto(of(cyro))
    tab.get_by_role("link", name="Lift the suspension").click()
    tab.get_by_label("Reason").fill("Paid on Friday")
    tab.get_by_role("button", name="Preview").click()
    expect(effects).to_contain_text("The customer buys, renews and changes again.")
    tab.get_by_role("button", name="Lift the suspension").click()
    expect(tab.get_by_text("The customer goes on.")).to_be_visible()
    assert status_in_list(tab, cyro) == "Normal"


def test_a_budget_warns_stops_and_is_raised(enter: Enter, server: Server) -> None:
    """huawei:E1, B16: at list price, alerts at 75, 90 and 100 %, and what follows when it is used up."""
    dora, cora = server.world.dora, server.world.cora
    tab = enter(dora)
    tab.goto("/budgets/alerts/")
    tab.get_by_role("link", name="Recipients").click()
    tab.get_by_label("E-mail addresses").fill("ops@example.com\nno address")
    tab.get_by_role("button", name="Save").click()
    expect(tab.locator(".field.wrong .errorlist")).to_contain_text("no address")
    tab.get_by_label("E-mail addresses").fill("ops@example.com")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_text("The recipients were changed.")).to_be_visible()

    tab.goto(of(cora, "budget/"))
    tab.get_by_role("link", name="Set budget").click()
    tab.get_by_label("The account is suspended").check()
    assert preview(tab, "Set the budget", amount="100")["Left"] == ("0.00 USD", "100.00 USD")
    expect(tab.get_by_text("The account is suspended")).to_be_visible()
    tab.get_by_role("button", name="Set the budget").click()
    expect(figure(tab, "Left")).to_have_text("100.00 USD")

    # A line that costs the customer nothing: a budget counts what it would have cost by the list.
    day = f"{this_month()}-01"
    publish(
        server, this_month(), [{"customer": "cora", "bill_day": day, "total": "0", "list_cost": "80"}], cloud="huawei"
    )
    comes(tab, figure(tab, "Left").get_by_text("20.00"))
    tab.goto(f"/budgets/alerts/?uin={cora.uin}")
    comes(tab, tab.locator("table.rows tbody tr"))
    assert (column(tab, "Reached"), column(tab, "Used"), column(tab, "Budget")) == (["75 %"], ["80.00"], ["100.00"])
    assert status_in_list(tab, cora) == "Normal"
    publish(
        server, this_month(), [{"customer": "cora", "bill_day": day, "total": "0", "list_cost": "125"}], cloud="huawei"
    )
    tab.goto(of(cora))
    comes(tab, tab.locator(".subject-states").get_by_text("Suspended", exact=True))
    tab.goto(f"/budgets/alerts/?uin={cora.uin}")
    assert set(column(tab, "Reached")) == {"75 %", "90 %", "100 %"}
    assert set(column(tab, "What followed")) == {"", "Suspended"}
    tab.goto("/mail/")
    expect(tab.locator("table.rows")).to_contain_text("ops@example.com")

    tab.goto(of(cora, "budget/set/"))
    tab.get_by_label("Lift a suspension now").check()
    assert preview(tab, "Set the budget", amount="200")["Left"] == ("\N{MINUS SIGN}25.00 USD", "75.00 USD")
    tab.get_by_role("button", name="Set the budget").click()
    expect(tab.get_by_text("The budget is 200.00 USD now; 75.00 USD of it is left.")).to_be_visible()
    assert status_in_list(tab, cora) == "Normal"


def test_budgets_of_several_and_what_a_reseller_may_set(enter: Enter, server: Server) -> None:
    """huawei:E1, B19: one value for many, each shown before; a reseller's add up to its quota at most."""
    dora, rita, cleo = server.world.dora, server.world.rita, server.world.cleo
    tab = enter(dora)
    tab.goto("/customers/")
    chosen = [server.world.chen, server.world.cyro]
    for one in chosen:
        row_of(tab, one.uin).get_by_role("checkbox").check()
    tab.get_by_role("button", name="Set budget").click()
    tab.get_by_label("Amount", exact=True).fill("40.005")
    tab.get_by_role("button", name="Preview").click()
    expect(tab.locator(".field.wrong .errorlist")).to_contain_text("more than two decimals")
    tab.get_by_label("Amount", exact=True).fill("40")
    tab.get_by_role("button", name="Preview").click()
    for one in chosen:
        row = tab.locator(".before-after tbody tr").filter(has_text=str(one.uin))
        expect(row.locator("strong")).to_have_text(["40.00 USD", "40.00 USD"])  # the budget and what is left of it
    tab.get_by_role("button", name="Set budget").dblclick()
    expect(tab.get_by_text("2 customers were changed.")).to_be_visible()
    tab.goto(of(chosen[0], "budget/records/"))
    assert column(tab, "Budget") == ["40.00"], "set once"

    tab.goto(partner(rita))
    tab.get_by_role("link", name="Quotas of budgets").click()
    told = preview(tab, "Change the quota", way="Set the quota", amount="100")
    assert told["Quota of monthly budgets"] == ("0.00 USD", "100.00 USD")
    tab.get_by_role("button", name="Change the quota").click()
    enter(rita)
    tab.goto(of(cleo, "budget/set/"))
    expect(tab.get_by_role("complementary")).to_contain_text("100.00 USD")
    refused(tab, "100.01")
    preview(tab, "Set the budget", amount="100")
    tab.get_by_role("button", name="Set the budget").click()
    expect(figure(tab, "Budget")).to_have_text("100.00 USD")


def test_a_reseller_is_warned_and_tries_its_policy(enter: Enter, server: Server) -> None:
    """tencent:B.2: alerts at 25, 10 and 0 %; tencent:E.3: at zero nobody stops unless the policy says so."""
    pia, sol, cato = server.world.pia, server.world.sol, server.world.cato
    tab = enter(pia)
    change(tab, partner(sol) + "set/", "40")
    enter(sol)
    tab.goto("/credit/alerts/")
    tab.get_by_role("link", name="Recipients").click()
    tab.get_by_label("E-mail addresses").fill("desk@example.com")
    tab.get_by_role("button", name="Save").click()
    change(tab, of(cato, "credit/set/"), "40")
    expect(figure(tab, "Available credit")).to_have_text("40.00 USD")

    rows = [{"customer": "cato", "bill_day": f"{this_month()}-01", "total": "31"}]
    publish(server, this_month(), rows)
    enter(cato)
    tab.goto("/credit/alerts/")
    comes(tab, tab.locator("table.rows tbody tr"))
    assert (column(tab, "Alert"), column(tab, "At percent of the total")) == (["Credit is low"], ["25"])  # 9 of 40
    assert column(tab, "Available credit") == ["9.00"]
    enter(sol)
    tab.goto("/mail/")
    expect(tab.locator("table.rows")).to_contain_text("desk@example.com")

    change(tab, of(cato, "credit/set/"), "9", way="Take credit back")
    expect(figure(tab, "Available credit")).to_have_text("0.00 USD")
    expect(tab.get_by_text("In arrears: services stop")).to_have_count(0)
    tab.goto("/credit/policy/")
    tab.get_by_label("when nothing is available any more").check()
    tab.get_by_role("button", name="Preview").click()
    expect(tab.locator(".notice.warning")).to_have_text(re.compile(r"^\s*1 customer stops now: C"))
    tab.get_by_role("link", name="Cancel").click()
    tab.goto(of(cato, "credit/"))
    expect(tab.get_by_text("In arrears: services stop")).to_have_count(0)
    tab.goto("/credit/policy/")
    tab.get_by_label("when nothing is available any more").check()
    tab.get_by_role("button", name="Preview").click()
    tab.get_by_role("button", name="Change the policy").click()
    expect(tab.get_by_text("The suspension policy was changed.")).to_be_visible()
    enter(cato)
    tab.goto(of(cato, "credit/"))
    expect(tab.get_by_role("main")).to_contain_text("when nothing is available")
    comes(tab, tab.get_by_text("In arrears: services stop"))

    enter(sol)
    tab.goto(of(cato, "credit/set/"))
    preview(tab, "Change the credit", way="Add credit", amount="5")
    expect(tab.locator(".notice.warning")).to_contain_text("services that arrears have stopped go on")
    tab.get_by_role("button", name="Change the credit").click()
    expect(figure(tab, "Available credit")).to_have_text("5.00 USD")
    expect(tab.get_by_text("In arrears: services stop")).to_have_count(0)
    tab.goto(of(cato, "credit/set/"))
    preview(tab, "Change the credit", way="Take credit back", amount="5")
    expect(tab.locator(".notice.warning")).to_contain_text("The customer comes into arrears: its services stop.")


def test_the_overview_tells_coupons_and_which_end_soon(enter: Enter, server: Server) -> None:
    """huawei:B4: available, and expiring within 7 days: of cora's 20 for five days and 30 for thirty."""
    dora, cora = server.world.dora, server.world.cora
    for person in (dora, cora):
        tab = enter(person)
        tab.goto(of(cora))
        card = tab.locator(".figure").filter(has_text="Vouchers to use")
        expect(card.locator(".figure-value")).to_have_text("50.00 USD")
        expect(card).to_contain_text(re.compile(r"2 vouchers\s*Ending within 7 days\s*20\.00\s*USD"))
    card.get_by_role("link", name="2 vouchers").click()
    expect(tab.locator("table tbody tr")).to_have_count(2)
