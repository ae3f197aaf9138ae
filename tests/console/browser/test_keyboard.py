"""The console without a mouse: every shortcut the help tells of, and Tab to every control with a focus one can see.

WCAG 2.2, 2.1.1 keyboard, 2.1.2 no keyboard trap, 2.4.1 bypass blocks, 2.4.7 focus visible; the design's sixth
principle names the keys.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.console.browser.conftest import Enter
from tests.console.browser.rows import uins
from tests.support.server import Server

pytestmark = pytest.mark.slow  # a browser
TABS_MAX = 400
REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter(one => !one.disabled && one.type !== 'hidden' && one.checkVisibility({ visibilityProperty: true }))
  .map((one, at) => {
    one.dataset.control = at;
    return [at, one.outerHTML.slice(0, 120), one.type === 'radio' && !one.checked];
  })
  .filter(([, , isAnother]) => !isAnother)"""
FOCUSED = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const shows = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
  const around = one.parentElement && getComputedStyle(one.parentElement);
  const frame = around && one.parentElement.matches(':focus-within')
    && ((around.outlineStyle !== 'none' && parseFloat(around.outlineWidth) >= 1) || around.boxShadow !== 'none');
  return {
    control: one.dataset.control === undefined ? null : Number(one.dataset.control),
    isBody: one === document.body,
    isVisible: one.matches(':focus-visible') && (shows || style.boxShadow !== 'none' || Boolean(frame)),
    html: one.outerHTML.slice(0, 120),
  };
}"""

BARE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { outline: none !important; box-shadow: none !important }');
  document.adoptedStyleSheets = [sheet];
}"""


@pytest.fixture
def customers(enter: Enter, server: Server) -> Page:
    """A short page of dora's customers."""
    tab = enter(server.world.dora)
    tab.goto("/customers/?size=20&sort=uin&uin=" + str(server.world.cora.uin))
    return tab


def press(tab: Page, *keys: str) -> None:
    """One key after the other."""
    for key in keys:
        tab.keyboard.press(key)


def test_from_the_start_to_a_customer_and_back_by_keys_alone(enter: Enter, server: Server) -> None:
    cora = server.world.cora
    tab = enter(server.world.dora)
    tab.goto("/")
    press(tab, "g", "c")
    expect(tab).to_have_url(re.compile(r"/customers/$"))
    first, second = uins(tab)[:2]
    press(tab, "ArrowDown", "ArrowDown")
    expect(tab.locator("tbody tr").nth(1)).to_be_focused()
    press(tab, "ArrowUp", "Enter")
    expect(tab.get_by_role("main")).to_contain_text(str(first))
    assert first != second

    press(tab, "/")
    expect(tab.locator("#find")).to_be_focused()
    tab.keyboard.type("cora_account")
    press(tab, "Enter")
    expect(tab).to_have_url(re.compile(f"/customers/{cora.account_id}/$"))
    press(tab, "g", "r")
    expect(tab).to_have_url(re.compile(r"/resellers/$"))
    press(tab, "g", "h")
    expect(tab).to_have_url(re.compile(r"localhost:\d+/$"))


def test_keys_are_letters_where_one_writes(customers: Page) -> None:
    press(customers, "/")
    customers.keyboard.type("g c ? /")
    expect(customers.locator("#find")).to_have_value("g c ? /")
    expect(customers.locator("#keys-help")).to_be_hidden()
    press(customers, "Escape")
    expect(customers.locator("#find")).not_to_be_focused()


def test_the_help_tells_the_keys_and_keeps_the_focus(customers: Page) -> None:
    press(customers, "?")
    told = customers.get_by_role("dialog", name="Keyboard shortcuts")
    expect(told).to_be_visible()
    for key in ("/", "K", "c", "r", "Enter", "x", "Esc", "?"):
        expect(told.locator("kbd", has_text=re.compile(f"^{re.escape(key)}$")).first).to_be_visible()
    for _ in range(6):
        press(customers, "Tab")
        assert customers.evaluate("document.activeElement.closest('#keys-help, body') !== null")
        inside = "document.activeElement === document.body || !!document.activeElement.closest('#keys-help')"
        assert customers.evaluate(inside), "what lies under the dialog has no focus"
    press(customers, "g", "c")
    expect(told).to_be_visible()
    press(customers, "Escape")
    expect(told).to_be_hidden()


def test_escape_closes_a_menu_and_returns(customers: Page) -> None:
    summary = customers.locator("summary", has_text="Columns")
    summary.focus()
    press(customers, "Enter")
    panel = customers.locator("details.menu", has=summary).locator(".menu-panel")
    expect(panel).to_be_visible()
    press(customers, "Tab", "Escape")
    expect(panel).to_be_hidden()
    expect(summary).to_be_focused()


def test_a_row_is_chosen_by_x(customers: Page) -> None:
    press(customers, "ArrowDown", "x")
    expect(customers.locator(".bulk-count")).to_have_text("1 selected")
    expect(customers.locator("tbody tr").first.get_by_role("checkbox")).to_be_checked()
    press(customers, "x")
    expect(customers.locator("tbody tr").first.get_by_role("checkbox")).not_to_be_checked()


def test_the_first_tab_skips_the_menu(customers: Page) -> None:
    customers.reload()
    press(customers, "Tab")
    skip = customers.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    box = skip.bounding_box()
    assert box is not None
    assert box["x"] >= 0, "it is seen when it is needed"
    assert box["y"] >= 0
    press(customers, "Enter")
    expect(customers.locator("#main")).to_be_focused()
    press(customers, "Tab")
    assert customers.evaluate("!!document.activeElement.closest('#main')")


def test_tab_reaches_every_control_and_shows_where_it_is(customers: Page) -> None:
    customers.reload()
    wanted: dict[int, str] = {at: html for at, html, _ in customers.evaluate(REACHABLE)}
    assert len(wanted) > 30
    unseen: list[str] = []
    for _ in range(TABS_MAX):
        press(customers, "Tab")
        found = customers.evaluate(FOCUSED)
        wanted.pop(found["control"], None)
        if not found["isBody"] and not found["isVisible"]:
            unseen.append(found["html"])
        if not wanted:
            break
    assert list(wanted.values()) == [], "Tab does not come here"
    assert unseen == [], "the focus is here, and nothing shows it"
    customers.evaluate(BARE)
    press(customers, "Shift+Tab")
    assert not customers.evaluate(FOCUSED)["isVisible"], "and this would be noticed"


def test_the_palette_finds_pages_and_customers(enter: Enter, server: Server) -> None:
    cora = server.world.cora
    tab = enter(server.world.dora)
    tab.goto("/customers/")
    press(tab, "Control+k")
    palette = tab.get_by_role("dialog", name="Find a page, a customer or an action")
    expect(palette).to_be_visible()
    expect(palette.get_by_role("searchbox")).to_be_focused()
    tab.keyboard.type("audit")
    entry = palette.get_by_role("link", name="Audit log")
    expect(entry).to_be_visible()
    press(tab, "Tab")
    for _ in range(8):
        if entry.evaluate("one => one === document.activeElement"):
            break
        press(tab, "Tab")
    expect(entry).to_be_focused()
    press(tab, "Enter")
    expect(tab).to_have_url(re.compile(r"/audit-log/$"))

    press(tab, "Control+k")
    tab.keyboard.type(str(cora.uin))
    expect(palette.get_by_role("link", name=str(cora.uin))).to_be_visible()
    expect(palette).to_contain_text("C****")
    expect(palette).not_to_contain_text("Corazón")
    press(tab, "Enter")
    expect(tab).to_have_url(re.compile(f"/customers/{cora.account_id}/$"))
    press(tab, "Control+k")
    press(tab, "Escape")
    expect(palette).to_be_hidden()


def test_choosing_columns_by_keys(customers: Page) -> None:
    """A column is moved by a button, and keeps the focus while it moves (WCAG 2.5.7: no dragging)."""
    customers.locator("summary", has_text="Columns").focus()
    press(customers, "Enter")
    down = customers.get_by_role("button", name="Down: Customer", exact=True)
    down.focus()
    press(customers, "Enter", "Enter")
    expect(down).to_be_focused()
    expect(customers.locator(".picks li").nth(2)).to_contain_text("Customer")
