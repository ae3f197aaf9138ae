"""Association records (huawei:B7): bindings and releases with their state, for administrators."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user
from openpartner.core.accounts.models import Flag
from openpartner.core.accounts.placing import bind, lock_account, release
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.partners.commands import grant_flag
from tests.console.test_customers_page import signed_in
from tests.support.people import Person, World

pytestmark = pytest.mark.django_db

ADDRESS = "/association-records/"


@pytest.fixture
def moved(world: World) -> World:
    """chen left dora for olga; dora may look at her resellers' customers."""
    moment = datetime(2024, 6, 1, 12, tzinfo=UTC)
    chen = lock_account(world.chen.account_pk)
    release(chen, until=moment, by="dora")
    bind(chen, lock_account(world.olga.account_pk), kind=AssociationKind.REFERRAL, since=moment, by="olga")
    grant_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.INDIRECT_CUSTOMER_VIEW)
    return world


def rows(client: Client, query: str = "") -> list[str]:
    """The rows of the table, without their tags."""
    answer = client.get(f"{ADDRESS}?{query}")
    assert answer.status_code == 200, query
    body = answer.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in body.split("</tr>") if "<td" in row]


def found(client: Client, query: str) -> list[str]:
    return sorted(uin for row in rows(client, query) for uin in re.findall(r"\b2000000000\d\d\b", row)[:1])


def uins(world: World, *names: str) -> list[str]:
    return sorted(str(world[name].uin) for name in names)


def test_a_release_is_told_with_both_times_and_by_whom(moved: World) -> None:
    (row,) = rows(signed_in(moved.dora), f"uin={moved.chen.uin}")
    assert "Ended" in row
    assert "Resale" in row
    assert "2024-03-04 00:00 the test 2024-06-01 12:00 dora" in row
    (theirs,) = rows(signed_in(moved.olga), f"uin={moved.chen.uin}")
    assert "Current" in theirs
    assert "Referral" in theirs
    assert "2024-03-04" not in theirs, "what was before is the former partner's"


def test_each_sees_the_records_of_its_own_customers(moved: World) -> None:
    assert found(signed_in(moved.dora), "") == uins(moved, "carl", "cleo", "cora", "chen", "cyro")
    assert found(signed_in(moved.rita), "") == uins(moved, "carl", "cleo")
    assert found(signed_in(moved.sol), "") == uins(moved, "cato")
    everyone = uins(moved, "carl", "cleo", "cora", "chen", "chen", "cyro", "cato", "otto", "oona", "su")
    assert found(signed_in(moved.pia), "") == everyone


def test_without_the_flag_a_distributor_sees_its_own_alone(world: World) -> None:
    client = signed_in(world.dora)
    assert found(client, "") == uins(world, "cora", "chen", "cyro")
    assert "Ask your channel manager" in client.get(ADDRESS).content.decode()
    assert found(client, f"uin={world.carl.uin}") == []
    assert found(client, "text=carl") == []


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=ended", ["chen"]),
        ("state=current", ["carl", "cleo", "cora", "cyro"]),
        ("kind=3&state=ended", ["chen"]),
        ("kind=1", []),
        ("text=clinics", ["cleo"]),
        ("text=晨光", ["chen"]),
        ("text=200000000008", ["cora"]),
        ("begun_from=2024-03-05", ["cyro", "cleo"]),
        ("begun_until=2024-03-02", ["carl"]),
        ("ended_from=2024-06-01&ended_until=2024-06-01", ["chen"]),
        ("ended_from=2024-06-02", []),
    ],
)
def test_filters(moved: World, query: str, names: list[str]) -> None:
    assert found(signed_in(moved.dora), query) == uins(moved, *names)


def test_a_distributor_narrows_to_one_reseller(moved: World) -> None:
    """huawei:B7: distributors see it per reseller."""
    client = signed_in(moved.dora)
    assert found(client, f"partner={moved.rita.account_pk}") == uins(moved, "carl", "cleo")
    choices = re.findall(r'<option value="(\d+)">(\d{12} · [^<]*)<', client.get(ADDRESS).content.decode())
    assert choices == [
        (str(moved.dora.account_pk), f"{moved.dora.uin} · D****"),
        (str(moved.rita.account_pk), f"{moved.rita.uin} · R****"),
    ]
    assert client.get(f"{ADDRESS}?partner={moved.ruth.account_pk}").status_code == 422, "no choice of dora's"


@pytest.mark.parametrize("query", ["state=x", "kind=9", "uin=x", "begun_from=never", "partner=0"])
def test_what_is_no_filter_is_said(moved: World, query: str) -> None:
    assert signed_in(moved.dora).get(f"{ADDRESS}?{query}").status_code == 422


def test_names_are_masked_and_a_reveal_is_recorded(moved: World) -> None:
    client = signed_in(moved.dora)
    assert "Cleo Clinics" not in client.get(ADDRESS).content.decode()
    shown = client.post(f"{ADDRESS}?uin={moved.cleo.uin}", {"reveal": "customer"}).content.decode()
    assert "Cleo Clinics" in shown
    event = AuditEvent.objects.everything(reason="test").get(action=Action.REVEALED)
    assert json.loads(event.details) == {
        "columns": ["customer"],
        "listing": "association-records",
        "subjects": [moved.cleo.account_pk],
    }


def test_administrators_alone_open_it(dora: Person, carl: Person) -> None:
    for preset in Preset:
        user = add_user(
            account=dora.account, name=preset, email=f"{preset}@example.com", password=None, presets=[preset]
        )
        client = Client()
        client.force_login(user, backend="openpartner.console.backend.SessionBackend")
        expected = 200 if preset is Preset.ADMINISTRATOR else 403
        assert client.get(ADDRESS).status_code == expected, preset
        linked = f'href="{ADDRESS}"' in client.get("/").content.decode()
        assert linked == (expected == 200), preset
    assert signed_in(carl).get(ADDRESS).status_code == 404, "a customer has no customers"


def test_the_customers_page_leads_to_it(dora: Person) -> None:
    actions = signed_in(dora).get("/customers/").content.decode().partition('class="page-actions"')[2]
    assert f'href="{ADDRESS}"' in actions.partition("</header>")[0]
