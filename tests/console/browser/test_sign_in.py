"""Signing in with a browser, as each test of this folder begins."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import sign_in
from tests.support.server import Server


def test_dora_signs_in_and_sees_her_customers(tab: Page, server: Server) -> None:
    """dora's own customers in tests/support/people.py are cora, chen and cyro; carl and cleo are rita's."""
    sign_in(tab, server.world.dora, by_form=True)
    tab.goto("/customers/")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Customers")
    expect(tab.get_by_role("main")).to_contain_text(str(server.world.cora.uin))
    expect(tab.get_by_role("main")).not_to_contain_text(str(server.world.oona.uin))


def test_a_wrong_password_is_told_in_the_page(tab: Page, server: Server) -> None:
    tab.goto("/sign-in/")
    tab.locator("input[name=email]").fill(server.world.sol.email)
    tab.locator("input[name=password]").fill("not the password")
    tab.locator("input[name=password]").press("Enter")
    expect(tab.get_by_text("is wrong")).to_be_visible()
    expect(tab).to_have_url("/sign-in/")


def test_a_page_asks_strangers_to_sign_in(tab: Page) -> None:
    tab.goto("/customers/")
    expect(tab.locator("input[name=password]")).to_be_visible()
