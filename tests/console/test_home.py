"""The start page: every figure is the list it leads to, every chart its own table, for each persona.

Issue 3, section 1 (Home): what needs attention and the channel in figures and charts.
"""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from openpartner.core.access.models import Role, User
from openpartner.core.access.roles import Preset, joined
from openpartner.core.accounts.models import Account, Flag
from openpartner.core.accounts.placing import bind, lock_account, release
from openpartner.core.base.kinds import AssociationKind, Verification
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.commands import assign_manager
from openpartner.core.partners.commands import grant_flag
from openpartner.kit import clock
from tests.console.organization.people import browser, member
from tests.support.people import World

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 3, 20, 15, 30, tzinfo=UTC)
"""Days after the last of the cast was bound."""
PERSONAS = ("pia", "dora", "dora with the flag", "kim", "rita", "sol", "olga")
EXPECTED = {
    # Bound customers by CAST; in 30 days: associated after 2024-02-19.
    "pia": {"Customers": 9, "New in 30 days": 9},
    "dora": {"Customers": 3, "New in 30 days": 3},
    "dora with the flag": {"Customers": 3, "New in 30 days": 3, "Resellers' customers": 2},
    "kim": {"Customers": 2, "New in 30 days": 2},
    "rita": {"Customers": 2, "New in 30 days": 2},
    "sol": {"Customers": 1, "New in 30 days": 1},
    "olga": {"Customers": 1, "New in 30 days": 1},
}


def client_of(world: World, name: str) -> Client:
    if name == "kim":
        kim = member(world.dora, "kim", Preset.ACCOUNT_MANAGER)
        for customer in ("cora", "chen"):
            assign_manager(world.dora.caller, account_id=world[customer].account_id, manager_id=kim.pk)
        return browser(kim)
    if name == "dora with the flag":
        grant_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    return browser(world[name.split(maxsplit=1)[0]])


def home(client: Client) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def figures(text: str) -> dict[str, tuple[int, str]]:
    """Each figure by its label: its number and where it leads."""
    found = re.findall(
        r'<a class="card figure" href="([^"]*)"><span class="figure-label">([^<]*)</span>'
        r'<span class="figure-value">([^<]*)</span>',
        text,
    )
    return {html.unescape(label): (number(value), html.unescape(address)) for address, label, value in found}


def tasks(text: str) -> dict[str, tuple[int, str]]:
    part = text.partition('<ul class="tasks">')[2].partition("</ul>")[0]
    found = re.findall(
        r'<a href="([^"]*)">.*?<span>([^<]*)</span><span class="badge [a-z]*">([^<]*)</span>', part, re.DOTALL
    )
    return {html.unescape(label): (number(value), html.unescape(address)) for address, label, value in found}


def drawings(text: str) -> dict[str, dict[str, list[object]]]:
    """What the scripts draw, by the name of the chart."""
    found = re.findall(r'<script id="data-([a-z]+)" type="application/json">(.*?)</script>', text)
    return {name: json.loads(drawn) for name, drawn in found}


def twins(text: str) -> dict[str, list[tuple[str, int]]]:
    """The tables that say the same."""
    tables = re.findall(r'<table class="plain" id="chart-([a-z]+)-table">(.*?)</table>', text, re.DOTALL)
    row = r'<th scope="row">([^<]*)</th><td class="number">([^<]*)</td>'
    return {name: [(html.unescape(one), number(n)) for one, n in re.findall(row, table)] for name, table in tables}


def number(text: str) -> int:
    return int(text.replace(",", ""))


def total(client: Client, address: str) -> int:
    """The total that a list tells."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    found = re.search(r'<p class="total" role="status"><strong>([^<]*)</strong>', answer.content.decode())
    assert found, address
    return number(found[1])


@pytest.mark.parametrize("name", PERSONAS)
def test_every_number_is_the_list_it_leads_to(world: World, name: str) -> None:
    _suspend(world)
    with clock.frozen(NOW):
        client = client_of(world, name)
        text = home(client)
        numbers = figures(text)
        assert len(numbers) == 4
        assert {label: numbers[label][0] for label in EXPECTED[name]} == EXPECTED[name]
        todo = tasks(text)
        for label, (value, address) in {**numbers, **todo}.items():
            assert total(client, address) == value, (label, address)
        for chart, drawn in drawings(text).items():
            assert drawn["addresses"], chart
            for worth, place in zip(drawn["values"], drawn["addresses"], strict=True):
                if "/customers/" in str(place) and chart != "partners":
                    assert total(client, str(place)) == worth, (chart, place)


def test_what_needs_attention_is_what_stands_so(world: World) -> None:
    """Of dora's three customers, chen is suspended with its resources; every other of the cast is verified."""
    _suspend(world)
    with clock.frozen(NOW):
        todo = tasks(home(browser(world.dora)))
    verified = [name for name in ("cora", "chen", "cyro") if world[name].account.verification == Verification.VERIFIED]
    assert {label: value for label, (value, _) in todo.items()} == {
        "Suspended with resources": 1,
        "Real name not verified": 3 - len(verified),
        "Without an account manager": 3,
    }


def test_nothing_to_do_is_said(world: World) -> None:
    rows = Account.objects.everything(reason="test").filter(pk=world.cato.account_pk)
    rows.update(verification=Verification.VERIFIED, suspension=0, manager=world.sol.user_pk)
    text = home(browser(world.sol))
    assert tasks(text) == {}
    assert "every customer is in order" in text


def _suspend(world: World) -> None:
    for name, state in (("chen", 2), ("carl", 1), ("oona", 2)):
        Account.objects.everything(reason="test").filter(pk=world[name].account_pk).update(suspension=state)


@pytest.mark.parametrize("name", PERSONAS)
def test_charts_say_what_their_tables_say(world: World, name: str) -> None:
    _suspend(world)
    with clock.frozen(NOW):
        text = home(client_of(world, name))
    drawn, tables = drawings(text), twins(text)
    assert drawn.keys() == tables.keys() >= {"months", "states"}
    for chart, one in drawn.items():
        assert list(zip(one["labels"], one["values"], strict=True)) == tables[chart]
    customers = EXPECTED[name]["Customers"]
    assert drawn["months"]["labels"][0] == "2023-04"
    assert drawn["months"]["labels"][-1] == "2024-03"
    assert drawn["months"]["values"] == [0] * 11 + [customers], "CAST: every customer was bound in March 2024"
    assert sum(int(str(one)) for one in drawn["states"]["values"]) == customers


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # By CAST: song and sol have one, rita two, ruth one, olga one, dora three of her own.
        ("pia", [3, 2, 1, 1, 1, 1]),
        ("dora with the flag", [3, 2]),
        ("dora", None),
        ("rita", None),
        ("kim", None),
    ],
)
def test_partners_are_drawn_where_there_is_more_than_one(world: World, name: str, expected: list[int] | None) -> None:
    with clock.frozen(NOW):
        client = client_of(world, name)
        drawn = drawings(home(client)).get("partners")
        assert (drawn and drawn["values"]) == expected
        for address in drawn["addresses"] if drawn else []:
            assert client.get(str(address)).status_code == 200, address


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "UTC"])
def test_the_last_thirty_days_are_whole_days_of_the_reader(world: World, zone: str) -> None:
    """Whoever was bound on the first of these days, an hour after it began, is in figure and list alike."""
    User.objects.everything(reason="test").filter(pk=world.sol.user_pk).update(time_zone=zone)
    bound = datetime(2024, 2, 19, 1, tzinfo=UTC)
    Account.objects.everything(reason="test").filter(pk=world.cato.account_pk).update(associated_at=bound)
    with clock.frozen(NOW):
        client = browser(world.sol)
        value, address = figures(home(client))["New in 30 days"]
        assert total(client, address) == value


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "UTC"])
@pytest.mark.parametrize("name", ["sol", "kim"])
def test_a_month_is_the_list_it_leads_to_in_every_zone(world: World, name: str, zone: str) -> None:
    """Two are bound hours around the first midnight of March in UTC: in one zone both in February, in another March."""
    client = client_of(world, name)
    User.objects.everything(reason="test").filter(name__in=["sol", "kim"]).update(time_zone=zone)
    instants = (datetime(2024, 2, 29, 20, tzinfo=UTC), datetime(2024, 3, 1, 4, tzinfo=UTC))
    for customer, since in zip(("cato",) if name == "sol" else ("cora", "chen"), instants, strict=False):
        _bind_again(world[customer].account, since=since)
    with clock.frozen(NOW):
        months = drawings(home(client))["months"]
        counts = dict(zip(months["labels"], months["values"], strict=True))
        for label, address in zip(months["labels"], months["addresses"], strict=True):
            assert total(client, str(address)) == counts[label], label
    february = {"Asia/Shanghai": (0, 0), "UTC": (1, 1), "America/Los_Angeles": (1, 2)}[zone]
    assert counts["2024-02"] == february[name == "kim"]


def _bind_again(one: Account, *, since: datetime) -> None:
    """The same customer bound to the same partner at another time, and counted so."""
    row = lock_account(one.pk)
    partner, keeper = row.partner_id or 0, row.manager_id
    release(row, until=NOW, by="the test")
    bind(row, lock_account(partner), kind=AssociationKind.RESALE, since=since, by="the test")
    Account.objects.everything(reason="test").filter(pk=one.pk).update(manager=keeper)


def test_nobody_without_the_right_to_see_customers_sees_figures(world: World) -> None:
    bare = Role.objects.create(
        account=world.dora.account, name="bare", permissions=joined([Permission.PROFILE_READ, Permission.JOB_READ])
    )
    text = home(browser(member(world.dora, "bob", custom=[bare.pk])))
    assert "Welcome" in text
    assert not (figures(text))
    assert not (tasks(text))
    assert not (drawings(text))
    assert not twins(text)
    assert "2024" not in text.partition("<main")[2]


def test_a_customers_people_see_no_channel(world: World) -> None:
    text = home(browser(world.carl))
    assert not (figures(text))
    assert not (drawings(text))
    assert not twins(text)
    assert "Rita Resale" not in text


def test_names_of_partners_are_masked_in_the_chart(world: World) -> None:
    """Issue 3, Masking: names are masked by default, on the start page too."""
    text = home(browser(world.pia))
    assert "partners" in drawings(text)
    for name in ("dora", "rita", "sol", "olga"):
        assert world[name].legal_name not in text


def test_a_stranger_is_sent_to_sign_in(world: World) -> None:
    assert Client().get("/").headers["Location"] == "/sign-in/"
