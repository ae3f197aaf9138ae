"""What a page says when its server is out of reach."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import sign_in
from tests.support.server import Server


def test_a_part_that_cannot_be_fetched_is_told_and_forgotten(tab: Page, server: Server, troubles: list[str]) -> None:
    sign_in(tab, server.world.dora)
    tab.goto("/customers/")
    told = tab.get_by_role("alert").filter(has_text="The server did not answer")
    again = "htmx.ajax('GET', '/customers/', { target: '#list', swap: 'outerHTML' }).catch(() => {})"

    tab.context.set_offline(True)
    tab.evaluate(again)
    expect(told).to_be_visible()
    assert troubles, "the watch sees what the person is told"
    troubles.clear()

    tab.context.set_offline(False)
    tab.evaluate(again)
    expect(told).to_have_count(0)


def test_a_refused_part_becomes_a_whole_page(tab: Page, server: Server) -> None:
    """Not a page within a page: the frame stands there once. What is refused here has no token of a form."""
    sign_in(tab, server.world.dora)
    tab.goto("/customers/")
    tab.evaluate("htmx.ajax('POST', '/customers/', { target: '#list', values: { reveal: 'email' } })")
    expect(tab.get_by_role("heading", level=1)).to_have_text("This form is no longer valid")
    expect(tab.get_by_role("navigation", name="Main menu")).to_have_count(1)
