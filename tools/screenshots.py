"""Pictures of the main pages, light and dark: `python -m tools.screenshots http://localhost:8000 data`.

Needs a running demo and Chromium. Personal data stays masked, as it is for everybody.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
SIZE = {"width": 1280, "height": 820}
THEMES = ("light", "dark")
PAGES = {
    "home": "/",
    "customers": "/customers/",
    "customer": "/customers/ > .cell-lead a",
    "resellers": "/resellers/",
    "reseller": "/resellers/ > .cell-lead a",
    "association-records": "/association-records/",
    "expenditure": "/expenditure/",
    "expenditure-details": "/expenditure/details/",
    "bills": "/bills/",
    "cost-explorer": "/costs/",
    "cost-explorer-by-day": "/costs/?by=charging&per=day&month=2026-11",
    "restatements": "/restatements/",
    "credit": "/credit/",
    "credit-statement": "/credit/statement/",
    "customer-credit": "/bill-confirmations/ > .cell-lead a > .page-tabs a[href$='/credit/']",
    "set-credit": "/bill-confirmations/ > .cell-lead a > .page-tabs a[href$='/credit/'] > a[href$='/credit/set/']",
    "suspend": "/bill-confirmations/ > .cell-lead a > a[href$='/suspend/']",
    "customer-budget": "/bill-confirmations/ > .cell-lead a > .page-tabs a[href$='/budget/']",
    "bill-confirmations": "/bill-confirmations/",
    "suspension-policy": "/credit/policy/",
    "vouchers": "/vouchers/",
    "voucher": "/vouchers/ > .cell-lead a",
    "issue-voucher": "/vouchers/issue/",
    "invitations": "/invitations/",
    "invite": "/invitations/new/",
    "applications": "/applications/",
    "unbind-requests": "/unbind-requests/",
    "authorizations": "/authorizations/",
    "reported-customers": "/reported-customers/",
    "opportunities": "/opportunities/",
    "opportunity": "/opportunities/ > .cell-lead a",
    "sales-tasks": "/sales-tasks/",
    "customer-assignment": "/customer-assignment/",
    "agreements": "/agreements/",
    "reseller-permissions": "/resellers/ > .cell-lead a > .page-tabs a[href$='/permissions/']",
    "roles": "/roles/",
    "keys": "/keys/",
    "audit-log": "/audit-log/",
    "exports": "/exports/",
    "imports": "/imports/",
}
"""Name of the picture and where it is: an address, and what is pressed there, one after the other."""
OF_OTHERS = {
    "customer": {"my-partner": "/my-partner/", "customers-authorizations": "/my-partner/authorizations/"},
    "provider": {
        "verifications": "/verifications/",
        "verification": "/verifications/ > tbody td a",
        "agreement-versions": "/agreement-versions/",
        "migrations": "/migrations/",
    },
}
"""The same of other people than the distributor, by who they are."""


def main() -> None:
    """Take all of them."""
    address, data = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    people = json.loads((data / "demo-credentials.json").read_text("utf-8"))["personas"]
    IMAGES.mkdir(exist_ok=True)
    program = next(filter(None, map(shutil.which, PROGRAMS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for theme in THEMES:
            page = browser.new_context(color_scheme=theme, viewport=SIZE).new_page()  # type: ignore[arg-type]  # a theme
            page.goto(f"{address}/sign-in/")
            _shoot(page, "sign-in", theme)
            for who, pages in ({"distributor": PAGES} | OF_OTHERS).items():
                page = browser.new_context(color_scheme=theme, viewport=SIZE).new_page()  # type: ignore[arg-type]  # a theme
                _sign_in(page, address, people[who])
                for name, place in pages.items():
                    _open(page, address, place)
                    _shoot(page, name, theme)
        browser.close()


def _sign_in(page: Page, address: str, person: dict[str, str]) -> None:
    page.goto(f"{address}/sign-in/")
    page.fill("input[name=email]", person["email"])
    page.fill("input[name=password]", person["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{address}/")


def _open(page: Page, address: str, place: str) -> None:
    where, *pressed = place.split(" > ")
    page.goto(address + where)
    for one in pressed:
        page.locator(one).first.click()
        page.wait_for_load_state()


def _shoot(page: Page, name: str, theme: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}-{theme}.png")
    print(f"{name}-{theme}.png")


if __name__ == "__main__":
    main()
