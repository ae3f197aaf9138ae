"""`openpartner verify`: whatever the database repeats is broken by hand, one at a time, and told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from django.db import connection

from openpartner.core.access.models import User, UserRole
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user
from openpartner.core.accounts.models import Account, Association
from openpartner.core.accounts.placing import bind, release
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.audit.seal import Sealer
from openpartner.core.base import bulk, triggers
from openpartner.core.base.kinds import AssociationKind, Suspension
from openpartner.core.customers.commands import assign_manager
from openpartner.core.customers.suspension import freeze
from openpartner.core.loading.verify import verify
from openpartner.project.commands.verify import command
from tests.support.people import World

pytestmark = pytest.mark.django_db


def differences(*, everything: bool = True) -> dict[str, list[str]]:
    return {report.name: report.told for report in verify(everything=everything) if report.count}


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)  # type: ignore[arg-type]  # numbers and texts
        assert cursor.rowcount == 1, "the statement broke nothing"


def without_triggers(statement: str, *values: object) -> None:
    """As somebody would who owns the database; the triggers stand again afterwards."""
    triggers.remove_all()
    sql(statement, *values)
    triggers.install_all()


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> None:
    """A data folder per test: the file of the audit log's heads outlives the rows that a test rolls back."""
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, data=str(tmp_path))


@pytest.fixture
def channel(world: World) -> World:
    """Everybody, an assigned customer, a customer with history, and a user whose roles are of its own making."""
    add_user(
        account=world.dora.account,
        name="mira",
        email="mira@example.com",
        password=None,
        presets=[Preset.ACCOUNT_MANAGER],
    )
    mira = User.objects.everything(reason="test").get(name="mira")
    assign_manager(world.dora.caller, account_id=world.cora.account_id, manager_id=mira.pk)
    cleo = world.cleo.account
    assert cleo.associated_at is not None
    ended = cleo.associated_at + timedelta(days=10)
    release(cleo, until=ended, by="test")
    bind(cleo, world.sol.account, kind=AssociationKind.RESALE, since=ended + timedelta(days=1), by="test")
    return world


def test_it_finds_nothing_in_a_sound_database(channel: World) -> None:
    assert differences() == {}
    assert differences(everything=False) == {}
    done = CliRunner().invoke(command, ["--all"])
    assert done.exit_code == 0
    assert "differences" not in done.output


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("partner_id", "sol"),
        ("payer_id", "olga"),
        ("provider_id", "dora"),
        ("association_kind", 1),
        ("associated_at", "2024-03-01 10:00:01+00:00"),
        ("site", "cn"),
    ],
)
def test_it_tells_a_tenant_column_that_was_changed(channel: World, column: str, value: object) -> None:
    given = channel[value].account_pk if isinstance(value, str) and value in channel else value
    if connection.vendor == "sqlite" and column == "associated_at":
        given = "2024-03-01 10:00:01"
    sql(f"UPDATE account SET {column} = %s WHERE uin = %s", given, channel.carl.uin)
    (told,) = differences()["tenants of accounts"]
    assert str(channel.carl.uin) in told


def test_it_tells_an_association_that_was_moved(channel: World) -> None:
    """The account still names its partner, its history another: one of the two is wrong."""
    without_triggers(
        "UPDATE association SET partner_id = %s WHERE child_id = %s AND until IS NULL",
        channel.sol.account_pk,
        channel.carl.account_pk,
    )
    found = differences()
    assert any(str(channel.carl.uin) in told for told in found["tenants of accounts"])
    assert len(found["counters of customers"]) == 2  # one too many here, one too few there


def test_it_tells_an_association_that_was_deleted(channel: World) -> None:
    without_triggers("DELETE FROM association WHERE child_id = %s", channel.carl.account_pk)
    assert "tenants of accounts" in differences()


def test_it_tells_associations_that_overlap(channel: World) -> None:
    first = Association.objects.everything(reason="test").get(child=channel.cleo.account_pk, until__isnull=False)
    assert first.until is not None
    without_triggers(
        "UPDATE association SET until = %s WHERE id = %s",
        str((first.until + timedelta(days=2)).replace(tzinfo=None)) + ("+00" if connection.vendor != "sqlite" else ""),
        first.pk,
    )
    (told,) = differences()["history of associations"]
    assert str(channel.cleo.uin) in told


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE association_count SET customers = customers + 1 WHERE partner_id = %s",
        "UPDATE association_count SET month = month + 1 WHERE partner_id = %s",
        "DELETE FROM association_count WHERE partner_id = %s",
        "UPDATE association_count SET payer_id = provider_id WHERE partner_id = %s",
    ],
)
def test_it_tells_a_counter_that_is_off(channel: World, statement: str) -> None:
    sql(statement, channel.rita.account_pk)
    found = differences()
    assert found.keys() == {"counters of customers"}
    assert all(str(channel.rita.uin) in told for told in found["counters of customers"])


def test_a_suspension_without_its_record(channel: World) -> None:
    sql("UPDATE account SET suspension = 1 WHERE id = %s", channel.cora.account_pk)
    (told,) = differences()["suspensions"]
    assert str(channel.cora.uin) in told
    sql("UPDATE account SET suspension = 0 WHERE id = %s", channel.cora.account_pk)
    freeze(channel.dora.caller, account_ids=[channel.cora.account_id], level=Suspension.ACCOUNT, reason="r")
    assert differences() == {}
    sql("UPDATE account SET suspension = 2 WHERE id = %s", channel.cora.account_pk)
    assert differences().keys() == {"suspensions"}


def test_it_tells_a_manager_without_an_assignment(channel: World) -> None:
    sql("UPDATE account SET manager_id = NULL WHERE uin = %s", channel.cora.uin)
    (told,) = differences()["account managers"]
    assert str(channel.cora.uin) in told


def test_it_tells_a_manager_who_works_elsewhere(channel: World) -> None:
    sql('UPDATE "user" SET account_id = %s WHERE name = %s', channel.olga.account_pk, "mira")
    (told,) = differences()["account managers"]
    assert "one of its partner's people" in told


@pytest.mark.parametrize("column", Account.FOLDED)
def test_it_tells_a_folded_name_that_is_stale(channel: World, column: str) -> None:
    sql(f"UPDATE account SET {column} = 'x' WHERE uin = %s", channel.chen.uin)
    (told,) = differences()["folded names"]
    assert str(channel.chen.uin) in told
    assert column in told
    assert "folded names" in differences(everything=False), "few rows are all of the sample"


@pytest.mark.parametrize(
    "change", ["permissions = 'key.manage-own'", "only_assigned = NOT only_assigned", "permissions = ''"]
)
def test_it_tells_permissions_that_no_role_gives(channel: World, change: str) -> None:
    sql(f"UPDATE \"user\" SET {change} WHERE name = 'mira'")
    assert differences().keys() == {"permissions of users"}


def test_it_tells_a_role_that_was_slipped_in(channel: World) -> None:
    user = User.objects.everything(reason="test").get(name="mira")
    UserRole.objects.create(user=user, preset=Preset.FINANCE)
    assert len(differences()["permissions of users"]) == 2


@pytest.mark.engine("sqlite")  # PostgreSQL refuses such a row
def test_it_tells_a_row_that_names_nobody(channel: World) -> None:
    with connection.cursor() as cursor:
        # Refused at the commit only, which this test never reaches.
        cursor.execute(
            "INSERT INTO feature_flag (partner_id, flag, granted_by, since) VALUES (999999, 'x', '', '2024-01-01')"
        )
        assert "references" in differences()
        cursor.execute("DELETE FROM feature_flag WHERE partner_id = 999999")


@pytest.mark.parametrize("name", ["association_no_delete", "audit_event_no_update"])
def test_it_tells_a_trigger_that_is_gone(channel: World, name: str) -> None:
    table = triggers.TRIGGERS[name].table
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}"))
    (told,) = differences()["triggers"]
    assert name in told


def test_it_asks_what_can_be_rebuilt(channel: World, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing: Callable[[], None] = lambda: None  # noqa: E731  # two of them
    monkeypatch.setitem(bulk.ASIDES, "test", bulk.Aside("test", nothing, nothing, lambda: ["a row is missing"]))
    assert differences()["search index"] == ["a row is missing"]


def test_it_walks_the_audit_log(channel: World) -> None:
    record(channel.pia.caller, Action.SIGNED_IN)
    event = record(channel.pia.caller, Action.SIGNED_IN)
    Sealer().run()
    assert differences() == {}
    without_triggers("UPDATE audit_event SET action = 'user.created' WHERE id = %s", event.pk)
    assert differences().keys() == {"audit log"}


def test_the_command_tells_and_fails(channel: World) -> None:
    sql("UPDATE account SET site = 'cn' WHERE uin = %s", channel.carl.uin)
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 1
    assert "tenants of accounts: 1 differences" in done.output
    assert str(channel.carl.uin) in done.output
