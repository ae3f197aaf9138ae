"""Joining the channel, in browsers of two and three people (issue 6, "Done when" 2).

Invited to bound; rejected and applying again; a reseller invited, approved once its company is verified, and inviting
a customer of its own; links that do not open, each with its page (tencent:A.2, tencent:A.3, huawei:A3).

A server of its own: what is invited here would stand on the pages that other tests look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.console.browser.conftest import Open
from tests.console.browser.test_every_page import look_at
from tests.support.inside import run_inside
from tests.support.mailed import mailed
from tests.support.people import World
from tests.support.server import Server

pytestmark = pytest.mark.slow  # a browser

PASSWORD = "a password nobody uses"
LINK = r"(/join/[0-9a-f]{32}/)"
CODE = r"\b([0-9]{6})\b"


@dataclass(frozen=True)
class Guest:
    """Whoever is invited."""

    name: str
    firm: str
    number: str

    @property
    def email(self) -> str:
        """Where the invitation goes."""
        return f"{self.name}@joins.example"


NINA = Guest("nina", "Nina Nets SARL", "+33 6 12 34 56 78")
NICK = Guest("nick", "Nick Nails Ltd", "+44 7700 900123")
ROLF = Guest("rolf", "Rolf Resale AG", "+41 79 555 12 34")
CARA = Guest("cara", "Cara Ceramics SpA", "+39 347 555 1234")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """In place of the other browser tests'."""
    with Server(Path(tmp_path_factory.mktemp("joining")), worker=True) as running:
        run_inside(running, prepare)
        yield running


@pytest.fixture(scope="module")
def stage() -> None:
    """In place of the other browser tests': the people are enough."""


def prepare(world: World) -> None:
    """The provider's agreements, in three languages."""
    from openpartner.core.agreements.samples import publish_samples  # Django must be set up first

    publish_samples(world.pia.caller)


def verify(world: World, firm: str) -> None:
    """What a reviewer of real names does."""
    from openpartner.core.accounts.models import Account
    from openpartner.core.base.kinds import Verification

    assert world
    assert Account.objects.everything(reason="test").filter(legal_name=firm).update(verification=Verification.VERIFIED)


def invite(tab: Page, guest: Guest, *, page: str = "/invitations/", button: str = "Invite a customer") -> None:
    """Write an invitation, look at its mail, and send it."""
    tab.goto(page)
    tab.get_by_role("link", name=button).click()
    tab.get_by_label("E-mail").fill(guest.email)
    tab.get_by_label("Personal words").fill(f"Dear {guest.name}, join us.")
    tab.get_by_role("button", name="Preview the mail").click()
    expect(tab.locator(".letter")).to_contain_text(f"Dear {guest.name}, join us.")
    tab.get_by_role("button", name="Send the invitation").click()
    expect(tab.get_by_text("The invitation was mailed.")).to_be_visible()


def register(tab: Page, server: Server, guest: Guest) -> str:
    """Follow the link in the mail to the end of registering; returns its path."""
    path = mailed(server, guest.email, LINK)
    tab.goto(path)
    tab.get_by_role("link", name="Register a new account").click()
    tab.get_by_role("button", name="Mail me a code").click()
    tab.get_by_label("Code from the mail").fill(mailed(server, guest.email, CODE))
    tab.get_by_label("Full name").fill(guest.firm)
    tab.get_by_label("Account name").fill(guest.name)
    tab.get_by_label("Country or region").select_option("FR")
    tab.get_by_label("Mobile number").fill(guest.number)
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_label("Password again").fill(PASSWORD)
    tab.get_by_label("I have read this").check()
    tab.get_by_role("button", name="Register", exact=True).click()
    expect(tab.get_by_text("Your account was registered.")).to_be_visible()
    return path


def apply(tab: Page, guest: Guest) -> None:
    """Send the application that the page asks for."""
    tab.get_by_label("Contact person").fill(guest.name.title())
    agreed = tab.get_by_label("I have read this")
    if agreed.count():
        agreed.check()
    tab.get_by_role("button", name="Send the application").click()
    expect(tab.get_by_text("is looking at your application")).to_be_visible()


def open_application(tab: Page, guest: Guest, page: str = "/applications/") -> None:
    """The page of somebody's application, shown in full."""
    tab.goto(page)
    tab.locator("table.rows tbody tr", has_text=f"{guest.email[0]}****@joins.example").get_by_role("link").first.click()
    tab.get_by_role("button", name="Show in full").click()
    expect(tab.get_by_role("main")).to_contain_text(guest.email)


def pass_it(tab: Page) -> None:
    """Pass the application that is open."""
    tab.get_by_role("link", name="Pass").click()
    tab.get_by_role("button", name="Pass", exact=True).click()


def events(tab: Page) -> list[str]:
    """What the audit log tells, newest first."""
    tab.goto("/audit-log/")
    cells = tab.locator("table.rows tbody tr")
    return [" ".join(text.split()) for text in cells.all_inner_texts()]


def test_somebody_is_invited_and_becomes_a_customer(open_tab: Open, server: Server) -> None:
    dora, nina = open_tab(server.world.dora), open_tab()
    invite(dora, NINA)
    path = register(nina, server, NINA)
    apply(nina, NINA)
    nina.goto("/")
    expect(nina.get_by_text("Dora Distribution Ltd is looking at your application")).to_be_visible()
    dora.goto("/")
    dora.get_by_role("link", name="Applications of customers").click()
    open_application(dora, NINA)
    expect(dora.get_by_text("Nothing stands in the way of passing it.")).to_be_visible()
    dora.get_by_role("link", name="Pass").click()
    dora.get_by_label("Suspend the account until you lift it").uncheck()
    dora.get_by_role("button", name="Pass", exact=True).click()
    dora.get_by_role("link", name="Open the account").click()
    expect(dora.locator(".subject-states")).to_contain_text("Normal")
    mailed(server, NINA.email, r"(has approved)")
    nina.goto("/application/")
    expect(nina.get_by_text("Your account is bound to it.")).to_be_visible()
    stranger = open_tab()
    stranger.goto(path)
    expect(stranger.get_by_role("heading", name="This invitation was used already")).to_be_visible()
    told = "\n".join(events(dora))
    for sentence in ("invited somebody", "applied to become", "application"):
        assert sentence in told, told


def test_somebody_is_rejected_and_applies_again(open_tab: Open, server: Server) -> None:
    """The guest's browser runs no script: every page works without."""
    dora, nick = open_tab(server.world.dora), open_tab(java_script=False)
    invite(dora, NICK)
    path = register(nick, server, NICK)
    apply(nick, NICK)
    open_application(dora, NICK)
    dora.get_by_role("link", name="Reject").click()
    dora.get_by_label("Reason").fill("Which Nick is this?")
    dora.get_by_role("button", name="Reject").click()
    expect(dora.get_by_text("The application was rejected.")).to_be_visible()
    mailed(server, NICK.email, r"(Which Nick is this\?)")
    nick.goto("/")
    expect(nick.get_by_text("Which Nick is this?")).to_be_visible()
    nick.goto(path)
    nick.get_by_role("link", name="Apply with this account").click()
    apply(nick, NICK)
    open_application(dora, NICK)
    pass_it(dora)
    dora.get_by_role("link", name="Open the account").click()
    expect(dora.locator(".subject-states")).to_contain_text("Suspended")  # by default, by resale (huawei:A3)
    dora.goto("/applications/?tab=rejected")
    expect(dora.locator("table.rows tbody")).to_contain_text("Which Nick is this?")


def test_a_reseller_joins_and_invites_a_customer_of_its_own(open_tab: Open, server: Server) -> None:
    dora, rolf = open_tab(server.world.dora), open_tab()
    invite(dora, ROLF, page="/resellers/invitations/", button="Invite a reseller")
    register(rolf, server, ROLF)
    apply(rolf, ROLF)
    rolf.get_by_role("link", name="Verify the company").click()
    expect(rolf.get_by_role("heading", name="Verification", level=1)).to_be_visible()
    open_application(dora, ROLF, "/resellers/applications/")
    expect(dora.get_by_text("It cannot be passed as things stand")).to_be_visible()
    pass_it(dora)
    expect(dora.locator(".errorlist")).to_contain_text("The company is not verified.")
    run_inside(server, verify, firm=ROLF.firm)
    dora.get_by_role("button", name="Pass", exact=True).click()
    dora.get_by_role("link", name="Open the account").click()
    expect(dora.get_by_role("main")).to_contain_text("R****")
    # Rolf sells now, in the browser that he registered in.
    rolf.goto("/")
    expect(rolf.get_by_role("navigation", name="Main menu").get_by_role("link", name="Invitations")).to_be_visible()
    cara = open_tab()
    invite(rolf, CARA)
    register(cara, server, CARA)
    apply(cara, CARA)
    open_application(rolf, CARA)
    pass_it(rolf)
    expect(rolf.get_by_text("The application was passed.")).to_be_visible()
    cara.goto("/application/")
    expect(cara.get_by_text("Rolf Resale AG has accepted your application")).to_be_visible()
    rolf.goto("/customers/")
    expect(rolf.locator("table.rows tbody tr")).to_have_count(1)
    rolf.goto("/applications/?tab=all")
    expect(rolf.locator("table.rows tbody tr")).to_have_count(1)


def test_a_link_with_a_code_to_scan_is_made_and_revoked(open_tab: Open, server: Server) -> None:
    dora, guest = open_tab(server.world.dora), open_tab()
    dora.goto("/invitations/new-link/")
    dora.get_by_label("Many may join by it").check()
    dora.get_by_role("button", name="Make the link").click()
    dora.get_by_role("button", name="Show link and QR code").click()
    expect(dora.get_by_role("img", name="QR code with the link above")).to_be_visible()
    path = re.search(LINK, dora.locator(".secret code").inner_text())
    assert path is not None
    guest.goto(path[1])
    expect(guest.get_by_role("heading", name="Become a customer")).to_be_visible()
    dora.get_by_role("link", name="Revoke").click()
    dora.get_by_role("button", name="Revoke").click()
    expect(dora.get_by_text("The invitation was revoked.")).to_be_visible()
    guest.get_by_role("link", name="Register a new account").click()
    expect(guest.get_by_role("heading", name="This invitation was taken back")).to_be_visible()


def test_many_are_invited_after_a_look_at_each_row(open_tab: Open, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "guests.csv"
    file.write_text("email;language\none@many.example;zh\nnobody;en\none@many.example;\ntwo@many.example;\n", "utf-8")
    dora = open_tab(server.world.dora)
    dora.goto("/invitations/many/")
    dora.get_by_label("File").set_input_files(file)
    dora.get_by_role("button", name="Check the rows").click()
    rows = dora.locator("main tbody tr")
    expect(rows).to_have_count(4)
    assert [row.locator(".badge").inner_text() for row in rows.all()] == [
        "Will be mailed",
        "Left out",
        "Left out",
        "Will be mailed",
    ]
    dora.get_by_role("button", name="Send 2 invitations").click()
    expect(dora.get_by_text("2 invitations were mailed.")).to_be_visible()
    mailed(server, "one@many.example", LINK)
    mailed(server, "two@many.example", LINK)


def test_the_pages_of_guests_are_as_good_as_others(open_tab: Open, server: Server) -> None:
    """In both themes, at 390 and 1280 px, without a violation that axe can see."""
    dora, guest = open_tab(server.world.dora), open_tab()
    dora.goto("/resellers/invitations/new-link/")
    dora.get_by_label("Application material").fill("https://dora.example/terms.pdf")
    dora.get_by_role("button", name="Make the link").click()
    dora.get_by_role("button", name="Show link and QR code").click()
    found = re.search(LINK, dora.locator(".secret code").inner_text())
    assert found is not None
    guest.goto(found[1])
    material = guest.get_by_role("link", name="Open the material")
    assert (material.get_attribute("rel"), material.get_attribute("target")) == ("noopener noreferrer", "_blank")
    look_at(guest)
    guest.goto(f"{found[1]}register/")
    look_at(guest)
    guest.get_by_label("E-mail").fill("looks@joins.example")
    guest.get_by_role("button", name="Mail me a code").click()
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    expect(guest.locator("[data-rule=length]")).to_have_class(re.compile("met"))
    expect(guest.locator("[data-rule=same]")).not_to_have_class(re.compile("met"))
    look_at(guest)
    guest.get_by_role("button", name="Register", exact=True).click()
    look_at(guest)  # with errors
    guest.goto("/join/nothing/")
    look_at(guest)
    dora.goto("/invitations/many/")
    dora.get_by_label("Or a list of addresses").fill("who@looks.example, nobody")
    dora.get_by_role("button", name="Check the rows").click()
    look_at(dora)
