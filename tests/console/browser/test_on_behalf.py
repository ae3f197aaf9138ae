"""Authorize, act, revoke, in browsers of three people (issue 6, "Done when" 2; huawei:B10, huawei:B19).

A server of its own: letters, rights and what is recorded here would stand on the pages that other tests look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.console.browser.conftest import Open
from tests.console.browser.rows import column
from tests.console.browser.test_every_page import look_at
from tests.support.inside import run_inside
from tests.support.mailed import mailed
from tests.support.people import World
from tests.support.server import Server

pytestmark = pytest.mark.slow  # a browser

ORDERS = "Place orders on behalf of customers"
PLEASE = "We order the servers of your new shop."
ENOUGH = "The shop is open, thank you."
SWITCHED = "Somebody of a partner switched role and acts on behalf of a customer."
SWITCHED_BACK = "Somebody of a partner switched back and acts for the partner again."
REVOKED = "A customer revoked its partner's authorization; sessions, tokens and keys made from it stopped working."
CODE_SENT = "A verification code was mailed to a user."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """In place of the other browser tests'."""
    with Server(Path(tmp_path_factory.mktemp("on-behalf")), worker=True) as running:
        run_inside(running, publish_letters)
        yield running


@pytest.fixture(scope="module")
def stage() -> None:
    """In place of the other browser tests': the people are enough."""


def publish_letters(world: World) -> None:
    """What the partner and the customer have to accept."""
    from openpartner.core.agreements.samples import publish_samples  # Django must be set up first

    publish_samples(world.pia.caller)


def let_a_minute_pass(world: World) -> None:
    """So that the next code may be sent (tencent:D.1)."""
    from datetime import timedelta

    from openpartner.core.access.models import Throttle
    from openpartner.kit import clock

    del world
    Throttle.objects.update(until=clock.now() - timedelta(seconds=1))


def of(world: World) -> str:
    """The page of the customer."""
    return f"/customers/{world.carl.account_id}/"


def status_of(tab: Page, address: str) -> int:
    """Open a page; how it was answered."""
    answer = tab.goto(address)
    assert answer is not None
    return answer.status


def confirm(tab: Page, server: Server, address: str, title: str) -> None:
    """Ask for the code of what is previewed, read it in the mail that names this, and do it."""
    tab.get_by_role("button", name="Send code").click()
    code = mailed(server, address, rf"code is ([0-9]{{6}})\s+It confirms this in \w+: {title}\.")
    tab.get_by_label("Verification code").fill(code)
    tab.get_by_role("button", name=title, exact=True).click()


def expect_banner(tab: Page) -> None:
    """For whom, and as whom it is recorded."""
    banner = tab.get_by_role("region", name="On whose behalf you act")
    expect(banner).to_contain_text("You act on behalf of Carl Coffee Co")
    expect(banner).to_contain_text("recorded as Rita Resale KK, user rita")


def let_ask(dora: Page, world: World) -> None:
    """Grant the right to orders on the reseller's tab, and that one alone."""
    dora.goto(f"/resellers/{world.rita.account_id}/")
    dora.get_by_role("link", name="Permissions", exact=True).click()
    dora.get_by_role("link", name=f"Grant {ORDERS}").click()
    dora.get_by_role("button", name="Grant", exact=True).click()
    expect(dora.get_by_role("link", name=f"Withdraw {ORDERS}")).to_be_visible()


def ask(rita: Page, world: World) -> None:
    """From the customer's page, with the commitment letter."""
    rita.goto(of(world))
    rita.get_by_role("link", name="Request authorization").click()
    expect(rita.locator(".paper-letter")).to_contain_text("We do only what the customer has asked for")
    expect(rita.get_by_role("checkbox")).to_have_count(2)  # orders, and the letter
    rita.get_by_role("checkbox", name="Orders").check()
    rita.get_by_label("Why you ask").fill(PLEASE)
    rita.get_by_label("I have read the commitment letter").check()
    rita.get_by_role("button", name="Send the request").click()
    expect(rita.get_by_text("The customer was asked.")).to_be_visible()


def agree(carl: Page, server: Server) -> None:
    """From the link in the mail to the code, with the authorization letter."""
    email = server.world.carl.email
    carl.goto(mailed(server, email, r"(?s)Rita Resale KK asks .*?(/my-partner/authorizations/)"))
    expect(carl.get_by_text(PLEASE)).to_be_visible()
    carl.get_by_role("link", name="Authorize your partner").click()
    expect(carl.locator(".paper-letter")).to_contain_text("You can revoke the authorization at any time")
    carl.get_by_label("I have read the authorization letter").check()
    carl.get_by_role("button", name="Continue").click()
    confirm(carl, server, email, "Authorize your partner")
    expect(carl.get_by_text("Your partner is authorized.")).to_be_visible()


def act(rita: Page, world: World) -> None:
    """Under the banner wherever it goes, and no further than it may; there and back, and there again."""
    rita.goto(of(world))
    rita.get_by_role("button", name="Switch role").click()
    expect_banner(rita)
    look_at(rita)
    entries = rita.get_by_role("navigation", name="Main menu").get_by_role("link").all()
    assert len(entries) > 1
    for address in [str(entry.get_attribute("href")) for entry in entries]:
        assert status_of(rita, address) == 200, address
        expect_banner(rita)
    rita.goto(of(world))
    rita.get_by_role("navigation", name="Parts of this page").get_by_role("link", name="Credit").click()
    expect(rita.get_by_role("heading", level=1)).to_have_text("C****")  # personal data stays masked
    expect(rita.get_by_role("button", name="Show in full")).to_have_count(0)
    expect_banner(rita)
    for address in ("/expenditure/", "/members/", "/audit-log/", "/my-partner/authorizations/"):
        assert status_of(rita, address) == 403, address
        expect_banner(rita)
    rita.get_by_role("button", name="Switch back").click()
    expect(rita.get_by_text("You act for your own organization again.")).to_be_visible()
    rita.goto("/authorizations/")
    rita.locator("table.rows tbody tr").get_by_role("link").first.click()
    rita.get_by_role("button", name="Switch role").click()
    expect_banner(rita)


def revoke(carl: Page, server: Server) -> None:
    """See what was done in one's name, and end it with a reason and a code."""
    carl.get_by_role("link", name="What was done by it").click()
    told = [" ".join(text.split()) for text in carl.locator(".trail li").all_inner_texts()]
    assert [text.partition(" 20")[0] for text in told] == [SWITCHED, SWITCHED_BACK, SWITCHED]
    assert all("rita_account/rita on behalf of carl_account" in text for text in told), told
    run_inside(server, let_a_minute_pass)
    carl.get_by_role("link", name="Revoke").click()
    carl.get_by_label("Reason").fill(ENOUGH)
    carl.get_by_role("button", name="Preview").click()
    confirm(carl, server, server.world.carl.email, "Revoke the authorization")
    expect(carl.get_by_text("The authorization was revoked.")).to_be_visible()


def test_a_reseller_is_authorized_acts_and_is_revoked(open_tab: Open, server: Server) -> None:
    world = server.world
    dora, rita, carl = open_tab(world.dora), open_tab(world.rita), open_tab(world.carl)
    rita.goto(of(world))
    expect(rita.get_by_role("link", name="Request authorization")).to_have_count(0)
    let_ask(dora, world)
    ask(rita, world)
    agree(carl, server)
    mailed(server, world.rita.email, r"(has authorized you to act on its behalf)")
    act(rita, world)
    revoke(carl, server)
    # Whatever the reseller does next is done for nobody.
    rita.get_by_role("navigation", name="Main menu").get_by_role("link", name="Vouchers").click()
    expect(rita.get_by_text("The authorization has ended: you act for yourself again.")).to_be_visible()
    expect(rita.get_by_text("You act on behalf of")).to_have_count(0)
    mailed(server, world.rita.email, f"(?s)has revoked the authorization.*({ENOUGH})")
    rita.goto(of(world))
    expect(rita.get_by_role("button", name="Switch role")).to_have_count(0)
    # The customer's records, oldest first.
    carl.goto("/audit-log/")
    lines = list(zip(*(column(carl, name) for name in ("What happened", "Who", "On behalf of")), strict=True))
    own, partner = ("carl_account/carl", ""), ("rita_account/rita", "carl_account")
    assert [line for line in reversed(lines) if "signed in" not in line[0]] == [
        (CODE_SENT, *own),
        ("An account accepted an agreement.", *own),
        ("A customer authorized its partner to act on its behalf.", *own),
        (SWITCHED, *partner),
        (SWITCHED_BACK, *partner),
        (SWITCHED, *partner),
        (CODE_SENT, *own),
        (REVOKED, *own),
    ]
