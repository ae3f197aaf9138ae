"""English, Simplified Chinese and Japanese: chosen in the menu, said by `lang`, and complete on every page.

What a page still says in English is found without a catalogue: letters of the Latin alphabet outside of people's data,
code and the few names that are the same everywhere.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from openpartner.core.catalogue.countries import all_countries
from openpartner.core.catalogue.industries import all_sections
from tests.console.browser.conftest import Enter
from tests.console.browser.stage import Stage
from tests.console.browser.test_every_page import SHOWN, address_of, is_too_wide, persona_for
from tests.support.browser import address
from tests.support.quotas import QUOTA_OF_DORA
from tests.support.server import Server

pytestmark = pytest.mark.slow  # a browser
NAMES = {"zh-hans": "简体中文", "ja": "日本語"}
SPEAKERS = {"dora": "bea", "pia": "paul", "carl": "clara"}
"""Who opens a page in place of whom, in a language of their own."""
SCRIPTS = {"zh-hans": re.compile(r"[一-鿿]"), "ja": re.compile(r"[ぁ-んァ-ヶ一-鿿]")}
SAME_EVERYWHERE = {
    *("Open", "Partner", "Center", "Huawei", "Cloud", "Tencent", "Python", "Excel", "OpenID", "Connect", "English"),
    *("API", "SDK", "UIN", "ID", "TOTP", "QR", "IP", "URL", "SMTP", "HTTP", "UTC", "MB", "KB", "GB"),
    *("CSV", "XLSX", "JSON", "csv", "xlsx", "Ctrl", "Enter", "Esc", "Desk", "channel"),
    *("Token", "UTF", "Chrome", "Linux", "SMS", "HTML", "https", "DE", "email", "language", "text", "on", "right"),
    *("AED", "BRL", "CNY", "EUR", "GBP", "HKD", "IDR", "JPY", "MYR", "SGD", "THB"),
    *("USD", "FOCUS", "Parquet", "ZIP", "gz", "aws", "huawei", "microsoft", "oracle", "tencent"),
}
"""Names, units and keys; the stage's role and file."""
IDENTIFIER = re.compile(r"\S+@\S+|\b[a-z]+(?:_[a-z]+)+\b|\b(?:[A-Z][a-z]+){2,}\b")
"""E-mail addresses, columns of a file and operations of an API."""
READ = """async addresses => Promise.all(addresses.map(async address => {
  const answer = await fetch(address);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const code = 'script, style, code, pre, kbd, textarea, [lang]:not(html), [name=time_zone]';
  const data = '.mono, .avatar, .whose, .person, .trail strong';
  page.querySelectorAll(`${code}, ${data}`).forEach(one => one.remove());
  page.querySelectorAll('td, dd, th[scope=row]').forEach(one => {
    if (!one.querySelector('.badge, button, form')) one.textContent = '';
  });
  const texts = [];
  const walk = page.createTreeWalker(page.documentElement, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) texts.push(walk.currentNode.data.trim());
  for (const name of ['title', 'placeholder', 'aria-label', 'alt', 'data-count']) {
    page.querySelectorAll(`[${name}]`).forEach(one => texts.push(one.getAttribute(name).trim()));
  }
  return {
    address,
    status: answer.status,
    lang: page.documentElement.lang,
    texts: [...new Set(texts)].filter(text => text),
  };
}))"""
OWN_DATA: dict[str, tuple[str, ...]] = {
    "audit-log/<str:event>/": (
        "unmasked",
        "columns",
        "listing",
        "format",
        "query",
        "zone",
        "size",
        "rows",
        "name",
        "job",
    ),
    "jobs/<str:job>/": ("size", "rows", "name", "file"),
    "customers/<str:account_id>/trail/": ("test", "console"),
    "resellers/<str:account_id>/trail/": ("test",),
    "customers/<str:account_id>/": ("remark of",),
    "resellers/<str:account_id>/": ("remark of",),
}
"""Words that are data where the page does not mark them so, by route: keys of details, remarks, doors."""


def choose(tab: Page, name: str) -> None:
    """Choose a language in the menu at the top."""
    tab.locator(".topbar details.menu").first.locator("summary").click()
    tab.locator(".topbar").get_by_role("button", name=name, exact=True).click()


def spoken(tab: Page, language: str) -> None:
    """Be on the start page in a language."""
    tab.goto("/")
    if tab.locator("html").get_attribute("lang") != language:
        choose(tab, NAMES.get(language, "English"))
    expect(tab.locator("html")).to_have_attribute("lang", language)


def english_in(texts: list[str], data: list[str]) -> list[str]:
    """The texts that still have English words."""

    def words(text: str) -> set[str]:
        text = IDENTIFIER.sub(" ", text)
        for one in data:
            text = text.replace(one, " ")
        return set(re.findall(r"[A-Za-z]{2,}", text)) - SAME_EVERYWHERE

    return sorted(text for text in texts if words(text))


def data_of(server: Server, stage: Stage) -> list[str]:
    """What people have called themselves and each other, the longest first."""
    names = {name for person in server.world.values() for name in (person.legal_name, person.account_name, person.name)}
    names |= {*(f"Service {number}" for number in range(12)), "CVM Standard S5", "Cloud Virtual Machine (CVM)"}
    names |= {"North China (Beijing)", "bill.csv", "the test", "Frame", "Story trial", QUOTA_OF_DORA}
    names |= {
        "Sell more",
        "Move the shop",
        "Renew",
        "Website",
        "We move to another region.",
        "Join us",
        "met them",
        "on it",
        "Roastery",
        "Tasting",
    }
    names |= {"https://files.example.com/download/", "We give up this region."}
    # Catalogues of others, whose names stand as they are published.
    names |= {country.name for country in all_countries()} | {one.name for one in all_sections()}
    names |= {division.name for one in all_sections() for division in one.divisions}
    names |= {"dan", "ivy", *(one for one in stage.ids.values() if len(one) > 3)}
    return sorted(names, key=len, reverse=True)


@pytest.mark.parametrize("language", sorted(NAMES))
def test_every_page_is_translated(language: str, enter: Enter, server: Server, stage: Stage) -> None:
    data = data_of(server, stage)
    faults: list[str] = []
    for persona, speaker in SPEAKERS.items():
        routes = {address_of(page, stage): page.route for page in SHOWN if persona_for(page) == persona}
        tab = enter(server.world[speaker])
        spoken(tab, language)
        found: list[dict[str, Any]] = tab.evaluate(READ, sorted(routes))
        assert len(found) == len(routes)
        for page in found:
            route = routes[page["address"]]
            status = 404 if route.startswith("keys/<") else 200  # nobody sees anybody's keys but their own
            assert (page["status"], page["lang"]) == (status, language), page["address"]
            known = [*OWN_DATA.get(route, ()), *data]
            faults += [f"{page['address']}: {text}" for text in english_in(page["texts"], known)]
            if not SCRIPTS[language].search(" ".join(page["texts"])):
                faults.append(f"{page['address']}: nothing is in {NAMES[language]}")
    assert not faults, "\n".join(faults)


def test_every_page_has_a_speaker() -> None:
    missing = {persona_for(page) for page in SHOWN} - set(SPEAKERS)
    assert missing == set(), "give the stage a colleague of these, who speaks other languages"


def test_english_would_be_noticed() -> None:
    assert english_in(["顧客", "Customers", "UIN", "dora@example.com", "12 dora_account"], ["dora_account"]) == [
        "Customers"
    ]


def test_the_words_change_with_the_language(enter: Enter, server: Server) -> None:
    """In every menu entry and heading, and back again."""
    tab = enter(server.world.bea)
    menu = tab.get_by_role("navigation").first.get_by_role("link")
    said: dict[str, list[str]] = {}
    for language in ("en", "zh-hans", "ja", "en"):
        spoken(tab, language)
        said[language] = menu.all_inner_texts()
    for chinese, japanese, english in zip(said["zh-hans"][1:], said["ja"][1:], said["en"][1:], strict=True):
        assert english.isascii()
        assert SCRIPTS["zh-hans"].search(chinese)
        assert SCRIPTS["ja"].search(japanese)
        assert english_in([chinese, japanese], []) == []


@pytest.mark.parametrize("language", sorted(NAMES))
def test_other_words_fit_a_narrow_page(language: str, enter: Enter, server: Server) -> None:
    tab = enter(server.world.bea)
    spoken(tab, language)
    addresses = tab.get_by_role("navigation").first.get_by_role("link").evaluate_all("all => all.map(one => one.href)")
    tab.set_viewport_size({"width": 390, "height": 844})
    wide = []
    for place in sorted(set(addresses)):
        tab.goto(place)
        if is_too_wide(tab):
            wide.append(place)
    assert wide == []


@pytest.mark.parametrize(("locale", "lang"), [("ja-JP", "ja"), ("zh-CN", "zh-hans"), ("en-US", "en")])
def test_strangers_are_spoken_to_in_their_browsers_language(
    browser: Browser, server: Server, locale: str, lang: str
) -> None:
    with browser.new_context(base_url=address(server), locale=locale) as context:
        tab = context.new_page()
        tab.goto("/sign-in/")
        expect(tab.locator("html")).to_have_attribute("lang", lang)
        heading = tab.locator("h1").inner_text()
        assert heading.isascii() == (lang == "en")
