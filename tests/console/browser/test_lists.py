"""The one list, on dora's customers: filters, chips, order, pages, columns, views, with and without JavaScript.

What must be found is told by the stage, which made the rows; the console's second principle says how it must behave:
state lives in the address, so that back, bookmark, share and reload work, with JavaScript off too.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.console.browser.conftest import Enter
from tests.console.browser.rows import column, expect_total, heads, menu, row_of, uins
from tests.console.browser.stage import Stage
from tests.support.browser import sign_in
from tests.support.server import Server

pytestmark = pytest.mark.slow  # a browser
SUSPENDED = 1  # huawei:B3 "frozen": the account, not its resources
DEFAULT = ["Customer", "UIN", "Association type", "Associated on", "Status", "Account manager", "E-mail", "Tags"]
"""Account names stand below customer names."""


@pytest.fixture
def customers(enter: Enter, server: Server) -> Page:
    """Dora's customers."""
    tab = enter(server.world.dora)
    tab.goto("/customers/")
    return tab


def mark(tab: Page) -> None:
    """Remember this document, to see whether another one is loaded."""
    tab.evaluate("window.sameDocument = true")


def is_marked(tab: Page) -> bool:
    """Whether it is still the marked document."""
    return bool(tab.evaluate("window.sameDocument === true"))


def suspended(stage: Stage) -> set[int]:
    """Who must be found by the filter of the status."""
    return {row.uin for row in stage.own if row.suspension == SUSPENDED}


def status(tab: Page) -> Locator:
    """The filter beside the search box."""
    return tab.locator(".filters-bar").get_by_label("Status", exact=True)


def query(tab: Page) -> str:
    """The address's query."""
    return urlsplit(tab.url).query


def test_a_choice_applies_at_once_and_back_restores(customers: Page, stage: Stage) -> None:
    expect_total(customers, len(stage.own))
    mark(customers)
    status(customers).select_option("Suspended")
    expect_total(customers, len(suspended(stage)))
    assert set(uins(customers)) == suspended(stage)
    assert set(column(customers, "Status")) == {"Suspended"}
    assert query(customers) == "suspension=1"
    assert is_marked(customers), "only the list was fetched"

    customers.reload()
    expect_total(customers, len(suspended(stage)))
    expect(status(customers)).to_have_value("1")
    customers.go_back()
    expect_total(customers, len(stage.own))
    assert query(customers) == ""
    customers.go_forward()
    expect_total(customers, len(suspended(stage)))


def test_the_search_applies_when_typing_pauses(customers: Page, server: Server) -> None:
    cora = server.world.cora
    mark(customers)
    customers.get_by_label("Search", exact=True).press_sequentially("CORAZÓN caf", delay=20)
    expect_total(customers, 1)
    assert uins(customers) == [cora.uin], "the name is Corazón Cafés"
    assert is_marked(customers)
    assert unquote(query(customers)) == "text=CORAZÓN caf"
    expect(customers.get_by_label("Search", exact=True)).to_be_focused()


def test_chips_tell_and_remove_filters(customers: Page, stage: Stage, server: Server) -> None:
    chips = customers.locator(".chip:not(.clear)")
    customers.goto("/customers/?suspension=1&text=zzzz")
    expect(customers.get_by_role("heading", name="Nothing fits")).to_be_visible()
    expect(chips).to_have_text([re.compile("Search: *zzzz"), re.compile("Status: *Suspended")])
    chips.first.click()
    expect_total(customers, len(suspended(stage)))
    expect(chips).to_have_text([re.compile("Status: *Suspended")])
    chips.first.click()
    expect_total(customers, len(stage.own))
    expect(chips).to_have_count(0)

    menu(customers, "More filters").get_by_label("UIN", exact=True).fill(str(server.world.chen.uin))
    menu(customers, "More filters").get_by_role("button", name="Apply").click()
    expect_total(customers, 1)
    assert uins(customers) == [server.world.chen.uin]
    expect(customers.locator("details.further .count")).to_have_text("1")


def test_heads_sort(customers: Page, stage: Stage) -> None:
    newest = max(row.since for row in stage.own)
    assert uins(customers)[0] == next(row.uin for row in stage.own if row.since == newest), "the newest stands first"
    head = customers.locator("thead th").filter(has=customers.get_by_role("link", name="UIN"))
    in_order = sorted(row.uin for row in stage.own)
    for direction, expected in (("ascending", in_order), ("descending", in_order[::-1])):
        head.get_by_role("link", name="UIN").click()
        expect(head).to_have_attribute("aria-sort", direction)
        assert uins(customers) == expected[:50]
    assert query(customers) == "sort=-uin"


def test_pages_and_their_size(customers: Page, stage: Stage) -> None:
    in_order = sorted(row.uin for row in stage.own)
    customers.goto("/customers/?sort=uin")
    pager = customers.get_by_role("navigation", name="Pages")
    pager.get_by_role("link", name="Next").click()
    expect(pager).to_contain_text("Page 2 / 2")
    assert uins(customers) == in_order[50:]
    customers.get_by_role("navigation", name="Page size").get_by_role("link", name="20", exact=True).click()
    expect(pager).to_contain_text(f"Page 1 / {-(-len(in_order) // 20)}")
    assert uins(customers) == in_order[:20]
    pager.get_by_role("link", name="Next").click()
    expect(pager).to_contain_text("Page 2 /")
    assert uins(customers) == in_order[20:40]
    pager.get_by_role("link", name="Previous").click()
    expect(pager).to_contain_text("Page 1 /")
    assert uins(customers) == in_order[:20]
    customers.goto("/customers/?page=99")
    expect(customers.get_by_role("heading", name="There is no such page")).to_be_visible()


def test_columns_are_chosen_ordered_and_kept(enter: Enter, server: Server, stage: Stage) -> None:
    abel = server.world.abel
    tab = enter(abel)
    tab.goto("/customers/?suspension=1")
    panel = menu(tab, "Columns")
    panel.get_by_role("button", name="Default").click()
    assert heads(tab) == DEFAULT

    panel = menu(tab, "Columns")
    panel.get_by_label("Tags").uncheck()
    panel.get_by_label("Region").check()
    first = panel.get_by_role("listitem").first
    for _ in range(len(DEFAULT)):
        panel.get_by_role("button", name="Up: UIN").click()
    expect(first).to_contain_text("UIN")
    panel.get_by_role("button", name="Apply").click()
    wanted = ["UIN", *(name for name in DEFAULT if name not in {"UIN", "Tags"}), "Country or region"]
    expect_total(tab, len(suspended(stage)))
    assert heads(tab) == wanted
    assert query(tab) == "suspension=1", "the filter stays"

    tab.context.clear_cookies()
    sign_in(tab, abel, by_form=True)
    tab.goto("/customers/")
    assert heads(tab) == wanted, "and it is kept for the next time"
    enter(server.world.dora).goto("/customers/")
    assert heads(tab) == DEFAULT, "for one person alone"


def test_density_is_kept(enter: Enter, server: Server) -> None:
    tab = enter(server.world.abel)
    tab.goto("/customers/")
    button = tab.get_by_role("button", name="Compact rows")
    if button.get_attribute("aria-pressed") == "true":
        button.click()
    high = tab.locator("tbody tr").first.bounding_box()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    low = tab.locator("tbody tr").first.bounding_box()
    assert high is not None
    assert low is not None
    assert low["height"] < high["height"]
    tab.goto("/customers/?sort=uin")
    expect(tab.locator("#list")).to_have_attribute("data-density", "compact")
    button.click()
    expect(tab.locator("#list")).to_have_attribute("data-density", "comfortable")


def test_a_view_is_saved_opened_and_removed(enter: Enter, server: Server, stage: Stage) -> None:
    tab = enter(server.world.abel)
    tab.goto("/customers/?suspension=1&sort=uin&size=20")
    panel = menu(tab, "Views")
    panel.get_by_label("Save this view as").fill("To chase")
    panel.get_by_role("button", name="Save").click()
    expect(tab.get_by_role("status").filter(has_text="The view was saved.")).to_be_visible()
    assert query(tab) == "suspension=1&sort=uin&size=20"

    tab.goto("/customers/")
    menu(tab, "Views").get_by_role("link", name="To chase").click()
    expect_total(tab, len(suspended(stage)))
    assert uins(tab) == sorted(suspended(stage))[:20]
    menu(tab, "Views").get_by_role("button", name="Remove To chase").click()
    expect(menu(tab, "Views").get_by_role("link", name="To chase")).to_have_count(0)


def test_a_shared_address_shows_everybody_their_own(enter: Enter, server: Server, stage: Stage) -> None:
    """Rita is dora's reseller, olga another distributor: neither may see one of dora's rows."""
    shared = "/customers/?suspension=1&sort=-uin&size=20&columns=uin,status"
    expected = sorted(suspended(stage), reverse=True)[:20]
    for name in ("dora", "abel"):
        tab = enter(server.world[name])
        tab.goto(shared)
        assert heads(tab) == ["UIN", "Status"]
        assert uins(tab) == expected, "a colleague sees what was shared"
    for name in ("rita", "olga", "sol"):
        tab = enter(server.world[name])
        tab.goto(shared)
        assert heads(tab) == ["UIN", "Status"]
        assert not {row.uin for row in stage.own} & set(uins(tab))
        assert uins(tab), "others see theirs"
    own = enter(server.world.carl)
    own.goto(shared)
    expect(own.locator("table.rows tbody tr")).to_have_count(0)


def test_the_eye_of_a_shared_address_is_closed(enter: Enter, server: Server) -> None:
    tab = enter(server.world.dora)
    tab.goto("/customers/?reveal=customer&text=Corazón")
    assert column(tab, "Customer")[0].endswith("C****\nc****")


def test_without_javascript(plain: Enter, server: Server, stage: Stage) -> None:
    """Filter, order, pages, columns and reveal are forms and links."""
    tab = plain(server.world.abel)
    tab.goto("/customers/")
    status(tab).select_option("Suspended")
    tab.locator("form.filters").get_by_role("button", name="Search").press("Enter")
    expect_total(tab, len(suspended(stage)))
    assert "suspension=1" in query(tab)
    tab.get_by_role("link", name="UIN").click()
    assert uins(tab) == sorted(suspended(stage))[:50]

    tab.goto("/customers/?sort=uin&size=20")
    tab.get_by_role("link", name="Next").click()
    assert uins(tab) == sorted(row.uin for row in stage.own)[20:40]

    menu(tab, "Columns").get_by_role("button", name="Default").click()
    panel = menu(tab, "Columns")
    panel.get_by_label("Remark").check()
    panel.get_by_label("Tags").uncheck()
    panel.get_by_role("button", name="Apply").click()
    assert heads(tab) == [*(name for name in DEFAULT if name != "Tags"), "Remark"]

    tab.goto(f"/customers/?uin={server.world.cora.uin}")
    assert column(tab, "E-mail") == ["c****@example.com"]
    tab.get_by_role("button", name="Show in full: E-mail").click()
    assert column(tab, "E-mail") == ["cora@example.com"]
    expect(tab.get_by_text("This was recorded in the audit log with your name.")).to_be_visible()
    tab.get_by_role("link", name="Hide again: E-mail").click()
    assert column(tab, "E-mail") == ["c****@example.com"]

    row_of(tab, server.world.cora.uin).get_by_role("checkbox").check()
    tab.get_by_role("button", name="Tag", exact=True).click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Tag")
    expect(tab.get_by_text("For 1 customer:")).to_be_visible()
