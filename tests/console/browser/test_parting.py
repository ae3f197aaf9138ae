"""Associations end and move, each in a browser: by either side, by time, and to another partner (issue 6).

A server of its own; each story has a customer that no other story touches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.console.browser.conftest import Enter
from tests.console.browser.rows import column, row_of
from tests.console.browser.test_money import comes
from tests.support.inside import run_inside
from tests.support.people import Person, World
from tests.support.server import Server

pytestmark = pytest.mark.slow  # a browser
WHY = "We move to another region."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """In place of the other browser tests': associations that end here are theirs to look at."""
    with Server(Path(tmp_path_factory.mktemp("parting")), worker=True) as running:
        yield running


@pytest.fixture(scope="module")
def stage() -> None:
    """In place of the other browser tests': the people are enough."""


def let_time_pass(world: World, request: str) -> None:
    """Ten days, for one request; then what the timetable does."""
    from datetime import timedelta

    from openpartner.core.jobs.schedule import RECURRING
    from openpartner.core.parting.jobs import PASS
    from openpartner.core.parting.models import UnbindRequest
    from openpartner.kit import clock

    del world
    past = clock.now() - timedelta(seconds=1)
    UnbindRequest.objects.everything(reason="test").filter(pk=int(request)).update(due_at=past)
    RECURRING[PASS].run()


def of(person: Person, part: str = "") -> str:
    """The page of a customer, or a part of it."""
    return f"/customers/{person.account_id}/{part}"


def through(tab: Page, submit: str, *, reason: str = "", settled: bool = False) -> None:
    """Fill a form in, look at its preview, and do it."""
    if reason:
        tab.get_by_label("Reason").fill(reason)
    if settled:
        tab.get_by_label(re.compile("Contract and bills between us are settled")).check()
    tab.get_by_role("button", name="Preview").click()
    tab.get_by_role("button", name=submit, exact=True).click()


def ask_to_end(tab: Page) -> str:
    """As a customer, from the menu to the request; its number."""
    tab.goto("/")
    tab.get_by_role("navigation", name="Main menu").get_by_role("link", name="My partner", exact=True).click()
    tab.get_by_role("link", name="End the association").click()
    expect(tab.get_by_text("Nothing stands in the way.")).to_be_visible()
    tab.get_by_role("link", name="Continue").click()
    through(tab, "Send the request", reason=WHY, settled=True)
    expect(tab.get_by_text("Your partner was asked.")).to_be_visible()
    address = tab.get_by_role("link", name="You asked to end the association").get_attribute("href")
    return str(address).rstrip("/").rpartition("/")[2]


def test_a_customer_asks_and_its_partner_agrees(enter: Enter, server: Server) -> None:
    """tencent:A.2, huawei:A3: a frozen account is unfrozen first; then the other side decides."""
    dora, cora = server.world.dora, server.world.cora
    tab = enter(cora)
    number = ask_to_end(tab)
    enter(dora)
    tab.goto("/unbind-requests/")
    assert column(tab, "Reason") == [WHY]
    row_of(tab, cora.uin).get_by_role("link").first.click()
    expect(tab.get_by_text("without an answer the request is approved by itself")).to_be_visible()
    tab.get_by_role("link", name="Agree", exact=True).click()
    tab.get_by_role("button", name="Preview").click()
    tab.get_by_role("button", name="Agree and end the association").dblclick()
    expect(tab.get_by_text("The association has ended.")).to_be_visible()
    assert column(tab, "Status") == ["Association ended"]
    tab.goto(f"/association-records/?uin={cora.uin}")
    assert column(tab, "How it ended") == ["By a request"]
    row_of(tab, cora.uin).get_by_role("link").first.click()
    tab.get_by_role("link", name="Request", exact=True).click()
    expect(tab).to_have_url(re.compile(rf"/unbind-requests/{number}/$"))
    enter(cora)
    tab.goto("/my-partner/")
    expect(tab.get_by_text("You are bound to no partner at present.")).to_be_visible()
    expect(tab.get_by_role("main")).to_contain_text("Dora Distribution Ltd")
    tab.goto(of(cora, "credit/"))
    expect(tab.get_by_text("this customer is bound to none")).to_be_visible()


def test_a_partner_asks_after_the_pre_check_and_the_customer_agrees(enter: Enter, server: Server) -> None:
    """huawei:A3: the pre-check lists what fails, with what to do."""
    sol, cato = server.world.sol, server.world.cato
    tab = enter(sol)
    tab.goto(of(cato, "suspend/"))
    tab.get_by_label("Reason").fill("Unpaid")
    tab.get_by_role("button", name="Preview").click()
    tab.get_by_role("button", name="Suspend", exact=True).click()
    tab.goto(of(cato))
    tab.get_by_text("More", exact=True).click()
    tab.get_by_role("link", name="Unbind", exact=True).click()
    expect(tab.get_by_text("Lift the suspension on the customer's page first.")).to_be_visible()
    expect(tab.get_by_role("link", name="Continue")).to_have_count(0)
    tab.goto(of(cato, "resume/"))
    tab.get_by_label("Reason").fill("Paid")
    tab.get_by_role("button", name="Preview").click()
    tab.get_by_role("button", name="Lift the suspension").click()
    tab.goto(of(cato, "unbind/"))
    tab.get_by_role("link", name="Continue").click()
    through(tab, "Send the request", reason="We give up this region.", settled=True)
    expect(tab.get_by_text("The customer was asked.")).to_be_visible()

    enter(cato)
    tab.goto("/my-partner/")
    expect(tab.get_by_text("Sol Solutions GmbH asks you to end the association.")).to_be_visible()
    tab.get_by_role("link", name="Read it and answer").click()
    expect(tab.get_by_text("We give up this region.")).to_be_visible()
    tab.get_by_role("link", name="Agree", exact=True).click()
    through(tab, "Leave your partner")
    expect(tab.get_by_text("You are bound to no partner at present.")).to_be_visible()


def test_time_approves_what_nobody_answers(enter: Enter, server: Server) -> None:
    """tencent:A.2: after ten calendar days the system approves a customer's request."""
    rita, carl = server.world.rita, server.world.carl
    tab = enter(carl)
    number = ask_to_end(tab)
    run_inside(server, let_time_pass, request=number)
    comes(tab, tab.get_by_text("You are bound to no partner at present."))
    tab.goto(f"/my-partner/requests/{number}/")
    expect(tab.get_by_text("Approved by time")).to_be_visible()
    enter(rita)
    tab.goto("/unbind-requests/")
    assert column(tab, "Status") == ["Association ended"]
    tab.goto(f"/association-records/?uin={carl.uin}")
    assert column(tab, "How it ended") == ["By a request, approved by time"]


def test_a_customer_moves_to_another_partner(enter: Enter, server: Server) -> None:
    """tencent:A.2: the receiver starts, customer, partner and provider agree; nobody learns of another too much."""
    pia, olga, rita, cleo = (server.world[name] for name in ("pia", "olga", "rita", "cleo"))
    tab = enter(olga)
    tab.goto("/migrations/")
    tab.get_by_role("link", name="Ask for a customer").click()
    tab.get_by_label("Customer", exact=True).fill("299999999999")
    tab.get_by_role("button", name="Ask the customer").click()
    expect(tab.locator(".field.wrong .errorlist")).to_contain_text("No customer of this number can be moved to you.")
    tab.get_by_label("Customer", exact=True).fill(str(cleo.uin))
    tab.get_by_label("Message to the customer").fill("Join us")
    tab.get_by_role("button", name="Ask the customer").click()
    assert column(tab, "Status") == ["Waiting for the customer"]

    enter(cleo)
    tab.goto("/my-partner/")
    tab.get_by_role("link", name="Read it and answer").click()
    expect(tab.get_by_role("main")).to_contain_text("Olga Overseas SA")
    tab.get_by_role("link", name="Agree", exact=True).click()
    through(tab, "Agree to the move")
    expect(tab.get_by_text("your present partner is asked now")).to_be_visible()

    enter(rita)
    tab.goto("/migrations/outgoing/")
    row_of(tab, cleo.uin).get_by_role("link").first.click()
    expect(tab.get_by_role("main")).not_to_contain_text("Olga")
    tab.get_by_role("link", name="Confirm", exact=True).click()
    through(tab, "Let the customer move")
    expect(tab.get_by_text("You have confirmed it.")).to_be_visible()

    enter(pia)
    tab.goto("/migrations/?state=waits-for-provider")
    tab.locator("table.rows tbody tr").get_by_role("link").first.click()
    tab.get_by_role("link", name="Approve", exact=True).click()
    through(tab, "Approve the migration")
    expect(tab.locator(".subject-states")).to_contain_text("Moved")

    enter(olga)
    tab.goto(of(cleo))
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    enter(cleo)
    tab.goto("/my-partner/")
    expect(tab.get_by_role("complementary")).to_contain_text("Olga Overseas SA")
    expect(tab.get_by_role("main")).to_contain_text("Rita Resale KK")
