"""The browser tests' own alarm: each kind of trouble is noticed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route

from tests.support.browser import sign_in, violations
from tests.support.server import Server


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("setTimeout(() => { throw new Error('broken') })", "script: broken"),
        ("console.error('wrong')", "console: wrong"),
        ("document.body.setAttribute('style', 'color: red')", "Content Security Policy"),
        (
            "document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))",
            "Security Policy",
        ),
        ("document.body.append(Object.assign(new Image(), {src: '/static/none.png'}))", "404: GET"),
        ("fetch('https://example.com/').catch(() => {})", "example.com"),
    ],
)
def test_trouble_is_noticed(tab: Page, troubles: list[str], script: str, told: str) -> None:
    tab.goto("/sign-in/")
    assert troubles == []
    tab.evaluate(f"() => {{ {script} }}")
    for _ in range(100):
        tab.wait_for_timeout(50)
        if any(told in trouble for trouble in troubles):
            break
    assert any(told in trouble for trouble in troubles), troubles
    troubles.clear()


def test_an_answer_of_500_is_noticed(tab: Page, troubles: list[str]) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=500, body="no")

    tab.route("**/customers/", fail)
    tab.goto("/customers/")
    assert len(troubles) == 1
    assert troubles[0].startswith("500: GET http://localhost:")
    troubles.clear()


def test_a_page_that_is_absent_is_no_trouble(tab: Page, troubles: list[str]) -> None:
    tab.goto("/no-such-page/")
    assert troubles == []


def test_axe_names_what_is_wrong_and_where(tab: Page) -> None:
    """An image without alternative text is the first example of WCAG 1.1.1."""
    tab.goto("/sign-in/")
    tab.evaluate("document.querySelector('main').append(Object.assign(new Image(), {id: 'odd'}))")
    assert [line for line in violations(tab) if line.startswith("image-alt: #odd ")]


def test_an_earlier_session_is_used_again_while_it_holds(tab: Page, server: Server) -> None:
    def session() -> str:
        return next(cookie["value"] for cookie in tab.context.cookies() if cookie["name"] == "sessionid")

    rita = server.world.rita
    sign_in(tab, rita)
    first = session()
    tab.context.clear_cookies()
    sign_in(tab, rita)
    assert session() == first
    tab.context.clear_cookies()
    sign_in(tab, rita, by_form=True)
    assert session() != first
