"""Every page of the registry opens in both themes and at both widths without a fault that a browser or axe can see.

The console's bars: WCAG 2.2 AA in both themes (axe, no violation), works at 1280 and at 390 px, strict content
security policy, 250 KB beyond cached assets (issue 3, section 5; the design's "Bars").
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response, ViewportSize, expect

from openpartner.console.identity.freshness import FRESH_SECONDS
from openpartner.console.identity.urls import ROUTES
from openpartner.console.joining.urls import ROUTES as JOINING
from openpartner.console.page import PAGES
from openpartner.console.page import Page as Registered
from openpartner.core.access.roles import BY_KIND
from openpartner.core.access.scopes import scope_for
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind, Site
from openpartner.project.reference.whole import pages
from tests.console.browser.conftest import Enter
from tests.console.browser.stage import Stage
from tests.support import turns
from tests.support.browser import SESSION_SECONDS, new_profile, sign_in, violations
from tests.support.people import CAST
from tests.support.server import Server

WIDE, NARROW = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
Look = tuple[ViewportSize, Literal["dark", "light"]]
LOOKS: list[Look] = [(NARROW, "dark"), (WIDE, "light")]
WEIGHT_MAX = 250 * 1024
ROWS_MAX = 3
KINDS = {name: kind for name, kind, *_ in CAST}
PERSONAS = ("dora", "pia", "rita", "sol", "carl")
"""A page is opened by the first of these who may."""

ADDRESSES: dict[str, dict[str, str]] = {
    "invitation": {"": "invitation"},
    "reseller_invitation": {"": "reseller_invitation"},
    "applicant": {"": "applicant"},
    "reseller_applicant": {"": "reseller_applicant"},
    "account_id": {
        "": "customer",
        "customers/<str:account_id>/resume/": "suspended",
        "customers/<str:account_id>/unbind/": "unasked",
        "enterprise/members/": "member",
        "resellers/": "reseller",
        "resellers/<str:account_id>/consumption-quota/": "partner",
        "resellers/<str:account_id>/flags/": "partner",
        "resellers/<str:account_id>/parting/": "partner",
    },
    "user": {
        "": "user",
        "members/<str:user>/enable/": "disabled",
        "members/<str:user>/invite/": "invited",
    },
    "role": {"": "role"},
    "association": {"": "association"},
    "unbinding": {"": "unbinding", "unbind-requests/<str:unbinding>/withdraw/": "own_unbinding"},
    "migration": {
        "": "migration",
        "migrations/<str:migration>/approve/": "reviewed_migration",
        "migrations/<str:migration>/reject/": "reviewed_migration",
    },
    "departure": {"": "departure"},
    "wish": {"": "wish", "my-partner/requests/<str:wish>/withdraw/": "own_wish"},
    "move": {"": "move"},
    "access_key": {"": "access_key", "keys/<str:access_key>/enable/": "disabled_key"},
    "event": {"": "event"},
    "job": {"": "job", "jobs/<str:job>/cancel/": "waiting"},
    "number": {
        "": "import",
        "bill-imports/": "bill_import",
        "cloud-accounts/": "cloud_account",
        "postings/": "posting",
    },
    "mail": {"": "mail"},
    "version": {"": "version"},
    "paper": {"": "paper"},
    "kind": {"": "=txt"},
    "acceptance": {"": "acceptance"},
    "unit": {"": "unit"},
    "code": {
        "": "voucher",
        "vouchers/<str:code>/approve/": "trial",
        "vouchers/<str:code>/cancel/": "trial",
        "vouchers/<str:code>/reject/": "trial",
    },
    "quota": {"": "quota", "vouchers/quotas/<str:quota>/reclaim/": "shared_quota"},
    "template": {"": "voucher_template"},
    "use": {"": "use"},
    "authorization": {
        "": "authorization",
        "my-partner/authorizations/": "own_authorization",
        "my-partner/authorizations/<str:authorization>/revoke/": "granted_authorization",
    },
    "report": {"": "report"},
    "opportunity": {"": "opportunity", "opportunities/<str:opportunity>/answer/": "offer"},
    "task": {"": "task", "sales-tasks/<str:task>/start/": "new_task", "sales-tasks/<str:task>/cancel/": "given_task"},
    "submission": {"": "submission"},
    "link": {"": "link"},
    "name": {
        "": "=indirect-customer-view",
        "agreement-versions/": "=customer-agreement",
        "resellers/<str:account_id>/permissions/": "=set-budget",
    },
    "month": {"": "=2026-10"},
}
"""What stands for a placeholder: a key of the stage, or a value after `=`; by the longest beginning of the route."""

LEADS_ON = {
    "my-partner/end/": "/my-partner/",
    "account-managers/<str:user>/": "/customers/",
    "vouchers/uses/<str:use>/": "/expenditure/details/",
}
"""Addresses that answer with another page."""

FILES = {
    "agreements/<str:paper>/file/<str:kind>/",
    "bill-imports/<str:number>/errors/",
    "cloud-accounts/template/",
    "downloads/<str:link>/",
    "imports/<str:number>/errors/",
    "imports/template/",
    "sales-tasks/template/",
}
"""Addresses that answer with a file."""


def readable() -> list[Registered]:
    """Every page that is read by GET."""
    pages()  # registers all of them
    return [page for page in PAGES if "GET" in page.methods]


READABLE = readable()
SHOWN = [page for page in READABLE if page.route not in FILES]


def persona_for(page: Registered) -> str:
    """The first person whose kind of account the page is for."""
    for name in PERSONAS:
        kind = KINDS[name]
        caller = Caller(
            account=1,
            uin=1,
            account_id="",
            account_name=name,
            kind=kind,
            site=Site.INTL,
            user=1,
            user_name=name,
            permissions=BY_KIND[kind],
            scope=scope_for(account=1, kind=kind),
            via="test",
        )
        if page.is_open_to(caller):
            return name
    raise AssertionError(f"none of {', '.join(PERSONAS)} may open {page.route}: add somebody to PERSONAS who may")


def source_of(page: Registered, placeholder: str) -> str:
    """Where a placeholder's value comes from."""
    if placeholder not in ADDRESSES:
        raise AssertionError(f"{page.route} has a placeholder <{placeholder}> without a value: add it to ADDRESSES")
    table = ADDRESSES[placeholder]
    return table[max((start for start in table if page.route.startswith(start)), key=len)]


def address_of(page: Registered, stage: Stage) -> str:
    """The page's address with its placeholders filled in."""

    def value(found: re.Match[str]) -> str:
        source = source_of(page, found[1])
        return source[1:] if source.startswith("=") else stage.ids[source]

    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", value, page.route)


def weight(response: Response | None) -> int:
    """What the document itself transfers, in bytes; everything else on a page is an asset that browsers keep."""
    assert response is not None
    sizes = response.request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


def is_dark(tab: Page) -> bool:
    """Whether the ground of the page is nearer to black than to white."""
    ground = str(tab.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
    return sum(map(int, re.findall(r"\d+", ground)[:3])) < 3 * 128


def is_too_wide(tab: Page) -> bool:
    """Whether the document scrolls sideways."""
    return bool(tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def shorten(tab: Page) -> None:
    """Leave the first rows of each table: the others are made alike, and axe takes its time for each."""
    tab.evaluate(
        "most => document.querySelectorAll(`tbody tr:nth-child(n + ${most + 1})`).forEach(row => row.remove())",
        ROWS_MAX,
    )


def look_at(tab: Page, examined: Sequence[Look] = LOOKS) -> None:
    """Title and heading; in the dark at 390 px and in the light at 1280 the ground and the width, and axe in those
    `examined`.
    """
    expect(tab).to_have_title(re.compile(r"^\S.* · Open Partner Center$"))
    expect(tab.locator("h1")).to_have_count(1)
    expect(tab.locator("h1")).not_to_be_empty()
    for size, scheme in LOOKS:
        tab.set_viewport_size(size)
        tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(tab.locator("h1")).to_be_visible()
        assert is_dark(tab) == (scheme == "dark"), "the page follows the system's theme"
        assert not is_too_wide(tab), f"the document scrolls sideways at {size['width']} px"
        if (size, scheme) in examined:
            shorten(tab)
            assert violations(tab) == [], f"{scheme}, {size['width']} px"


Walker = tuple[Page, list[str]]


@pytest.fixture(scope="module")
def walkers(browser: Browser, server: Server, stage: Stage) -> Iterator[Callable[[str], Walker]]:
    """A tab for each person, which keeps assets from page to page, and what went wrong in it. They sign in again from
    time to time, before pages ask for it.
    """
    del stage
    known: dict[str, Walker] = {}
    since: dict[str, float] = {}

    def walker(name: str) -> Walker:
        if name not in known:
            troubles: list[str] = []
            known[name] = (new_profile(browser, server, troubles).new_page(), troubles)
        if name not in since or time.monotonic() - since[name] > (FRESH_SECONDS - SESSION_SECONDS) / 2:
            tab = known[name][0]
            tab.context.clear_cookies()
            sign_in(tab, server.world[name])
            since[name] = time.monotonic()
        return known[name]

    yield walker
    for tab, _troubles in known.values():
        tab.context.close()


@pytest.mark.slow  # a browser, and axe twice
@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.route or "home")
def test_it_opens(page: Registered, walkers: Callable[[str], Walker], stage: Stage) -> None:
    tab, troubles = walkers(persona_for(page))
    troubles.clear()
    tab.set_viewport_size(NARROW)
    asked = address_of(page, stage)
    response = tab.goto(asked)
    assert response is not None
    assert (response.status, urlsplit(tab.url).path) == (200, LEADS_ON.get(page.route, asked))
    assert weight(response) <= WEIGHT_MAX
    look_at(tab, examined=turns.todays(LOOKS, page.route))
    assert troubles == []


@pytest.mark.parametrize("page", [page for page in READABLE if page.route in FILES], ids=lambda page: page.route)
def test_it_is_a_file(page: Registered, enter: Enter, server: Server, stage: Stage) -> None:
    tab = enter(server.world[persona_for(page)])
    answer = tab.context.request.get(address_of(page, stage))
    assert answer.status == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("address", ["/sign-in/", "/password/", "/password/none/", "/no-such-page/", "/join/none/"])
def test_strangers_see_pages_as_good(address: str, tab: Page) -> None:
    tab.goto(address)
    look_at(tab)


def test_every_address_of_strangers_is_looked_at() -> None:
    """The second step, passkeys and single sign-on need a person half signed in: test_identity.py goes there."""
    elsewhere = {"sign-in/second-step/", "sign-in/passkey/ask/", "sign-in/passkey/", "sign-out/"}
    elsewhere |= {"single-sign-on/", "single-sign-on/callback/"}
    assert {str(route.pattern) for route in ROUTES} - elsewhere == {"sign-in/", "password/", "password/<str:token>/"}
    # Those behind an invitation need one: test_joining.py goes there.
    behind = {"join/<str:token>/", "join/<str:token>/register/", "join/<str:token>/apply/"}
    assert {str(route.pattern) for route in JOINING} == behind


def test_a_placeholder_without_a_value_is_told() -> None:
    strange = Registered("things/<slug:thing>/", None, "thing", lambda: None, ("GET",), None, lambda _: True)  # type: ignore[arg-type, return-value]  # never called
    with pytest.raises(AssertionError, match="add it to ADDRESSES"):
        source_of(strange, "thing")
    nobodys = Registered("none/", None, "none", lambda: None, ("GET",), None, lambda _: False)  # type: ignore[arg-type, return-value]  # never called
    with pytest.raises(AssertionError, match="add somebody to PERSONAS"):
        persona_for(nobodys)


def test_every_placeholder_of_the_registry_has_a_value(stage: Stage) -> None:
    assert all("<" not in address_of(page, stage) for page in READABLE)
    used = {name for page in READABLE for name in re.findall(r"<(?:\w+:)?(\w+)>", page.route)}
    assert used == set(ADDRESSES), "and no value stands for a placeholder that is gone"


def test_personas_are_of_every_kind() -> None:
    assert {KINDS[name] for name in PERSONAS} == set(AccountKind)
