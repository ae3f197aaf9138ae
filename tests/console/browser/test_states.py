"""What a page says when there is nothing, nothing fits, something is wrong, or somebody may not: each with a next step.

The design's ninth principle; other people's and absent things are answered alike.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.console.browser.conftest import Enter
from tests.console.browser.rows import expect_total, menu, uins
from tests.console.browser.stage import Stage
from tests.support.browser import violations
from tests.support.server import Server

pytestmark = pytest.mark.slow  # a browser
ABSENT = "f" * 32


@pytest.fixture
def dora(enter: Enter, server: Server) -> Page:
    """Dora's tab."""
    return enter(server.world.dora)


def status_of(tab: Page, address: str) -> int:
    """Open an address; its status."""
    answer = tab.goto(address)
    assert answer is not None
    return answer.status


def heading(tab: Page) -> str:
    """The title on the page."""
    return tab.locator("h1").inner_text()


def test_an_empty_list_says_how_rows_come(enter: Enter, server: Server) -> None:
    """Nobody has imported or exported anything for rita."""
    tab = enter(server.world.rita)
    assert status_of(tab, "/imports/") == 200
    expect(tab.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    expect(tab.get_by_role("main")).to_contain_text(
        "Bring a CSV or Excel file of the partners and customers you have already."
    )
    assert violations(tab) == []
    tab.goto("/exports/")
    expect(tab.get_by_role("heading", name="No exports yet")).to_be_visible()
    expect(tab.get_by_role("main")).to_contain_text("Choose Export above a list.")


def test_nothing_fits_and_the_way_out(dora: Page, stage: Stage) -> None:
    assert status_of(dora, "/customers/?text=nobody-is-called-so&suspension=1") == 200
    expect(dora.get_by_role("heading", name="Nothing fits")).to_be_visible()
    assert violations(dora) == []
    dora.get_by_role("main").get_by_role("link", name="Clear all").last.click()
    expect_total(dora, len(stage.own))
    assert dora.url.partition("?")[2] in {"", "tab=own"}


def test_a_bad_filter_is_told_beside_its_field(dora: Page, stage: Stage) -> None:
    assert status_of(dora, "/customers/?uin=abc") == 422
    expect(dora.get_by_role("heading", name="A filter cannot be understood")).to_be_visible()
    field = dora.locator(".field.wrong")
    expect(field).to_have_count(1)
    expect(field.get_by_label("UIN", exact=True)).to_have_value("abc")
    expect(field.locator(".errorlist")).to_be_visible()
    expect(dora.locator("tbody tr")).to_have_count(0)
    assert violations(dora) == []

    field.get_by_label("UIN", exact=True).fill("")
    menu(dora, "More filters").get_by_role("button", name="Apply").click()
    expect_total(dora, len(stage.own))
    menu(dora, "More filters").get_by_label("UIN", exact=True).fill("9" * 30)
    menu(dora, "More filters").get_by_role("button", name="Apply").click()
    expect(dora.locator(".field.wrong .errorlist")).to_be_visible()
    assert status_of(dora, "/customers/?associated_from=1066-10-14") == 422
    expect(dora.locator(".field.wrong")).to_contain_text("Choose a day between 2000 and 2100.")


@pytest.mark.parametrize("address", ["/members/", "/imports/", "/audit-log/"])
def test_who_may_not_is_told_whom_to_ask(address: str, enter: Enter, server: Server) -> None:
    """The preset "read-only" may do none of these (huawei:A5)."""
    tab = enter(server.world.rosa)
    assert status_of(tab, address) == 403
    assert heading(tab) == "You may not do this"
    expect(tab.get_by_role("main")).to_contain_text("Ask an administrator of your organization")
    expect(tab.get_by_role("navigation", name="Main menu").locator(f'a[href="{address}"]')).to_have_count(0)
    assert violations(tab) == []
    tab.get_by_role("link", name="To the start").click()
    assert heading(tab) == "Home"


def test_others_things_are_as_absent_ones(dora: Page, server: Server) -> None:
    """oona is olga's; nobody has the other ID."""
    told = []
    for account_id in (server.world.oona.account_id, ABSENT):
        assert status_of(dora, f"/customers/{account_id}/") == 404
        assert heading(dora) == "Nothing here"
        told.append(dora.get_by_role("main").inner_text())
    assert told[0] == told[1]
    assert status_of(dora, "/no-such-page/") == 404
    assert heading(dora) == "There is no such page"
    expect(dora.get_by_role("navigation", name="Main menu")).to_be_visible()
    assert violations(dora) == []


def test_the_closed_tab_says_how_to_get_it(dora: Page, server: Server) -> None:
    """Customers of second-level resellers need the flag "indirect-customer-view" (seed 000, tencent:A.4)."""
    dora.goto("/customers/")
    dora.get_by_role("navigation", name="Views of this list").get_by_role("link", name="Resellers' customers").click()
    expect(dora.get_by_role("heading", name="Not open to you yet")).to_be_visible()
    expect(dora.locator("#list")).to_contain_text(re.compile("allowlist|channel manager"))
    expect(dora.locator("#list")).not_to_contain_text(str(server.world.carl.uin))
    assert violations(dora) == []
    assert status_of(dora, "/customers/?tab=indirect") == 403
    assert dora.context.request.get("/customers.csv?tab=indirect").status in {403, 404}


def test_the_open_tab_shows_them(enter: Enter, server: Server, stage: Stage) -> None:
    """Olga has the flag from the provider until the end of this test."""
    del stage
    partner = server.world.olga.account_id
    granting = enter(server.world.pia)
    granting.goto(f"/resellers/{partner}/flags/indirect-customer-view/")
    granting.get_by_role("main").get_by_role("button", name="Grant").click()
    try:
        tab = enter(server.world.olga)
        tab.goto("/customers/?tab=indirect")
        assert uins(tab) == [server.world.otto.uin]
        expect(tab.get_by_role("main")).to_contain_text("R****")
    finally:
        granting = enter(server.world.pia)
        granting.goto(f"/resellers/{partner}/flags/indirect-customer-view/")
        granting.get_by_role("main").get_by_role("button", name="Withdraw").click()


def test_a_theme_is_chosen_against_the_systems(enter: Enter, server: Server) -> None:
    tab = enter(server.world.abel)
    tab.emulate_media(color_scheme="light", reduced_motion="reduce")
    tab.goto("/customers/")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = tab.evaluate(ground)
    for name, same in (("Dark", False), ("Light", True), ("As the system", True)):
        tab.locator(".topbar details.menu").first.locator("summary").click()
        tab.locator(".topbar").get_by_role("button", name=name, exact=True).click()
        expect(tab.locator("html")).to_have_attribute("data-theme", re.compile("dark|light|auto"))
        expect(tab).to_have_url(re.compile("/customers/$"))
        assert (tab.evaluate(ground) == light) is same, name
