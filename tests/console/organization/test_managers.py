"""Account managers (huawei:B11): how many customers each looks after, and how many have nobody."""

from __future__ import annotations

import re

import pytest

from openpartner.core.access.models import User
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import set_user_active
from openpartner.core.customers.commands import assign_manager
from tests.console.organization.people import browser, member
from tests.support.people import Person, World


@pytest.fixture
def kim(world: World) -> User:
    """An account manager of dora with two of her three customers."""
    kim = member(world.dora, "kim", Preset.ACCOUNT_MANAGER)
    for customer in ("cora", "chen"):
        assign_manager(world.dora.caller, account_id=world[customer].account_id, manager_id=kim.pk)
    return kim


def rows(page: str) -> list[tuple[str, str]]:
    """Name and number of customers, in the order of the list."""
    names = re.findall(r'<span class="stacked"><span>([^<]*)</span>', page)
    return list(zip(names, re.findall(r'<td class="cell-number"><a [^>]*>(\d+)</a></td>', page), strict=True))


def figures(page: str) -> list[str]:
    return re.findall(r'<p class="figure-value">(\d+)</p>', page)


def test_it_counts_direct_customers_by_manager(dora: Person, kim: User) -> None:
    client = browser(dora)
    page = client.get("/account-managers/").content.decode()
    assert rows(page) == [("kim", "2"), ("dora", "0")]
    assert figures(page) == ["1", "2"]  # cyro has nobody; rita's customers are rita's to assign
    assert rows(client.get("/account-managers/?has_customers=yes").content.decode()) == [("kim", "2")]
    assert rows(client.get("/account-managers/?sort=name").content.decode()) == [("dora", "0"), ("kim", "2")]
    assert rows(client.get("/account-managers/?text=dor").content.decode()) == [("dora", "0")]


def test_it_leads_to_the_lists_of_customers(dora: Person, kim: User) -> None:
    client = browser(dora)
    page = client.get("/account-managers/").content.decode()
    assert client.get(f"/account-managers/{kim.pk}/")["Location"] == f"/customers/?manager={kim.pk}"
    for address, expected in (
        (f"/customers/?manager={kim.pk}", {"cora", "chen"}),
        ("/customers/?is_assigned=no", {"cyro"}),
        ("/customers/?is_assigned=yes", {"cora", "chen"}),
    ):
        assert address in page or str(kim.pk) in address
        found = client.get(address).content.decode()
        assert f"<strong>{len(expected)}</strong>" in found, address


def test_who_left_stays_while_customers_are_theirs(dora: Person, kim: User) -> None:
    set_user_active(dora.caller, user_id=kim.pk, active=False)
    page = browser(dora).get("/account-managers/").content.decode()
    assert rows(page) == [("kim", "2"), ("dora", "0")]
    assert "Disabled" in page


def test_an_account_director_may_and_an_account_manager_may_not(dora: Person, kim: User) -> None:
    assert browser(member(dora, "dirk", Preset.ACCOUNT_DIRECTOR)).get("/account-managers/").status_code == 200
    assert browser(kim).get("/account-managers/").status_code == 403


def test_only_partners_have_account_managers(world: World) -> None:
    assert browser(world.pia).get("/account-managers/").status_code == 404
    assert browser(world.carl).get("/account-managers/").status_code == 403
    assert "/account-managers/" not in browser(world.pia).get("/members/").content.decode()


def test_a_strangers_people_are_not_there(world: World, kim: User) -> None:
    assert "kim" not in browser(world.olga).get("/account-managers/").content.decode()
    for stranger in ("olga", "rita", "pia"):
        answer = browser(world.dora).get(f"/account-managers/{world[stranger].user_pk}/")
        assert answer.status_code == 404
