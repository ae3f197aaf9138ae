"""Reading a list off the screen."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

HEADS = """ths => ths.map(th => {
  const head = th.querySelector('.head');
  const named = head?.querySelector(':scope > a:not(.eye)') ?? head ?? th;
  return (named.firstChild?.textContent ?? '').trim();
})"""
CELLS = "(rows, at) => rows.map(row => row.children[at].innerText.trim())"


def heads(tab: Page) -> list[str]:
    """The names of the columns, left to right, without those for choosing rows and for what can be done to one."""
    return [name for name in _all_heads(tab) if name not in {"Select all on this page", "Row actions"}]


def column(tab: Page, name: str) -> list[str]:
    """The cells of a column as they are read."""
    texts: list[str] = tab.locator("table.rows tbody tr").evaluate_all(CELLS, _all_heads(tab).index(name))
    return texts


def uins(tab: Page) -> list[int]:
    """The UIN of every row."""
    return [int(text) for text in column(tab, "UIN")]


def row_of(tab: Page, uin: int) -> Locator:
    """The row of an account."""
    return tab.locator("table.rows tbody tr").filter(has_text=str(uin))


def expect_total(tab: Page, count: int) -> None:
    """Wait until the list says how many it has found."""
    expect(tab.locator(".toolbar .total")).to_have_text(re.compile(rf"^{count} results?$"))


def menu(tab: Page, label: str) -> Locator:
    """Open a menu of the list's toolbar; its panel."""
    found = tab.locator("details.menu").filter(has=tab.locator("summary", has_text=label))
    if found.get_attribute("open") is None:
        found.locator("summary").click()
    return found.locator(".menu-panel")


def _all_heads(tab: Page) -> list[str]:
    names: list[str] = tab.locator("table.rows thead th").evaluate_all(HEADS)
    return names
