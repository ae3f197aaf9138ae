"""An organization as its administrator runs it: a role of its own for somebody invited by mail, keys, and the records.

This module has a server of its own with a worker: invitations are mailed and the audit log is sealed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import sign_in, violations
from tests.support.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # a server with its worker, and a browser
MAILED_WITHIN_SECONDS = 20
PASSWORD = "the counter opens at nine"
PAGES = (
    "/members/",
    "/members/invite/",
    "/members/{user}/",
    "/members/{user}/roles/",
    "/members/{user}/disable/",
    "/roles/",
    "/roles/new/",
    "/roles/finance/",
    "/account-managers/",
    "/keys/",
    "/keys/new/",
    "/audit-log/",
    "/jobs/",
    "/mail/",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of this module's own, whose worker writes mail to files."""
    with Server(Path(tmp_path_factory.mktemp("organization")), worker=True) as running:
        yield running


def heading(tab: Page) -> str:
    return tab.get_by_role("heading", level=1).inner_text()


def menu(tab: Page) -> list[str]:
    return tab.get_by_role("navigation", name="Main menu").locator("li").all_inner_texts()


def test_a_custom_role_works(tab: Page, server: Server) -> None:
    """Defined, given with an invitation, and tried out by who accepted it; then changed under their hands."""
    sign_in(tab, server.world.dora, by_form=True)
    _define_role(tab)
    kim = _invite(tab)
    tab.context.clear_cookies()
    _accept(tab, server)
    assert menu(tab) == ["Home", "Customers", "Authorizations", "Customer settings"]
    tab.goto("/customers/")
    assert heading(tab) == "Customers"
    expect(tab.locator(".rows tbody tr")).to_have_count(3)  # dora's own: cora, chen and cyro
    tab.goto("/members/")
    assert heading(tab) == "You may not do this"
    with tab.context.browser.new_context(base_url=f"http://localhost:{server.port}") as other:  # type: ignore[union-attr]  # it has one
        boss = other.new_page()
        sign_in(boss, server.world.dora, by_form=True)
        boss.goto("/roles/?origin=own")
        boss.get_by_role("link", name="Counter staff").click()
        boss.get_by_role("link", name="Edit", exact=True).click()
        boss.get_by_label("See customers").uncheck()
        boss.get_by_label("Read the audit log").check()
        boss.get_by_role("button", name="Save").click()
        expect(boss.get_by_text("The role was changed.")).to_be_visible()
        tab.goto("/audit-log/")
        assert heading(tab) == "Audit log"
        assert "Audit log" in menu(tab)
        assert "Customers" not in menu(tab)

        boss.goto(kim)
        boss.get_by_role("link", name="Disable").click()
        assert violations(boss) == []
        boss.get_by_role("button", name="Disable").click()
        expect(boss.get_by_text("The member was disabled.")).to_be_visible()
    tab.goto("/audit-log/")
    assert "/sign-in/" in tab.url


def _define_role(tab: Page) -> None:
    tab.goto("/roles/")
    tab.get_by_role("link", name="New role").click()
    tab.get_by_label("Name").fill("Counter staff")
    for box in tab.get_by_role("group").get_by_role("checkbox").all():
        box.uncheck()
    tab.get_by_role("group", name="Customers").get_by_label("See customers").check()
    assert violations(tab) == []
    tab.get_by_role("button", name="Define role").click()
    expect(tab.get_by_text("The role was defined.")).to_be_visible()
    assert violations(tab) == []


def _invite(tab: Page) -> str:
    """Invite somebody, at first with roles that do not go together; returns the address of their page."""
    tab.get_by_role("link", name="Members", exact=True).click()
    tab.get_by_role("link", name="Invite", exact=True).click()
    tab.get_by_label("Name").fill("Kim Counter")
    tab.get_by_label("E-mail").fill("kim@counter.example")
    tab.get_by_label("Counter staff").check()
    tab.get_by_label("Administrator").check()
    tab.get_by_role("button", name="Send the invitation").click()
    expect(tab.get_by_text("has no second role")).to_be_visible()
    assert violations(tab) == []
    tab.get_by_label("Administrator").uncheck()
    tab.get_by_role("button", name="Send the invitation").click()
    expect(tab.get_by_text("The invitation was mailed.")).to_be_visible()
    return tab.url


def _accept(tab: Page, server: Server) -> None:
    """Set a password through the mailed link and sign in with it."""
    tab.goto(_link_mailed_to(server, "kim@counter.example"))
    tab.get_by_label("New password", exact=True).fill(PASSWORD)
    tab.get_by_label("New password again").fill(PASSWORD)
    tab.get_by_role("button", name="Set the password").click()
    tab.goto("/sign-in/")
    tab.get_by_label("E-mail").fill("kim@counter.example")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    tab.wait_for_url(lambda url: "/sign-in/" not in url)


def test_a_key_is_made_copied_and_deleted(tab: Page, server: Server) -> None:
    sign_in(tab, server.world.sol, by_form=True)
    tab.goto("/keys/")
    tab.get_by_role("link", name="New key").click()
    tab.get_by_role("button", name="Make the key").click()
    secret = tab.locator(".made .secret code").nth(1).inner_text()
    assert re.fullmatch(r"[A-Za-z0-9]{40}", secret)
    assert violations(tab) == []
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.locator(".made").get_by_role("button", name="Copy").nth(1).click()
    assert tab.evaluate("navigator.clipboard.readText()") == secret
    tab.goto("/keys/")
    expect(tab.get_by_text(secret)).to_have_count(0)
    tab.get_by_role("link", name="Delete").last.click()
    tab.get_by_role("button", name="Delete key").click()
    expect(tab.get_by_text("The key was deleted.")).to_be_visible()
    expect(tab.locator(".own-key")).to_have_count(1)


def test_confirming_leads_back(tab: Page, server: Server) -> None:
    sign_in(tab, server.world.rita, by_form=True)
    tab.goto("/confirm/?next=/roles/new/")
    tab.get_by_label("Password").fill(server.world.rita.password)
    tab.get_by_role("button", name="Confirm").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("New role")


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_pages_are_accessible_and_fit(tab: Page, server: Server, scheme: str, width: int) -> None:
    """The looks that test_every_page.py leaves out."""
    dora = server.world.dora
    sign_in(tab, dora)
    tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    tab.set_viewport_size({"width": width, "height": 800})
    bad = []
    for address in PAGES:
        page = address.format(user=dora.user_pk)
        tab.goto(page)
        assert "/confirm/" not in tab.url, page
        bad += [f"{page}: {line}" for line in violations(tab)]
        wider = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            bad.append(f"{page}: {wider} px wider than the screen")
    tab.goto("/audit-log/")
    tab.locator("tbody a").first.click()
    bad += violations(tab)
    assert not bad, "\n".join(bad)


def _link_mailed_to(server: Server, address: str) -> str:
    """The path of the link in the newest mail to an address, once the worker has written it."""
    deadline = time.monotonic() + MAILED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        for path in (server.folder / "data" / "mail").glob("*.eml"):
            mail = message_from_bytes(path.read_bytes(), policy=default)
            found = re.search(r"https?://[^\s/]+(/password/\S+/)", mail.get_content())
            if mail["To"] == address and found:
                return found[1]
        time.sleep(0.1)
    raise AssertionError(f"no mail to {address}")
