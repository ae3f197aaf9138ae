"""The audit log: append-only in the database, sealed outside of it, and verified."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from django.db import IntegrityError, connection, transaction

from openpartner.core.accounts.models import Association
from openpartner.core.audit import chain, heads, seal
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent, AuditLink, AuditSeal
from openpartner.core.audit.queries import EventFilter, search_events
from openpartner.core.audit.seal import Sealer
from openpartner.core.audit.verify import SUSPECTS_COMPARED_MAX, FaultKind, Report, verify
from openpartner.core.base import triggers
from openpartner.kit import clock
from openpartner.kit.slices import Slice
from openpartner.project.cli import cli
from tests.support.people import World

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> Path:
    """A data folder per test: the file of heads outlives the rows that a test rolls back."""
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, data=str(tmp_path))
    return tmp_path


@pytest.fixture
def at() -> Iterator[Callable[[timedelta], None]]:
    """Puts the clock at so long after the start of the test."""
    with clock.frozen(START):

        def move(later: timedelta) -> None:
            clock._frozen.set(START + later)

        yield move


@pytest.fixture
def tampering(db: None) -> Iterator[None]:
    """Lets the test write what the triggers refuse."""
    triggers.remove_all()
    yield
    triggers.install_all()


def event(number: int | None = None, **values: Any) -> AuditEvent:
    row = AuditEvent(pk=number, at=clock.now(), action=Action.SIGNED_IN, via="test", actor_name="anna/安娜")
    for name, value in values.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    return row


def sealed(count: int = 3) -> list[AuditEvent]:
    """So many events, each in a seal of its own."""
    events = []
    for _ in range(count):
        events.append(event())
        assert Sealer().run() == 1
    return events


def sql(text: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text, values)


def kinds(report: Report) -> list[FaultKind]:
    return [fault.kind for fault in report.faults]


# Sealing.


def test_it_links_and_seals(db: None, data: Path, at: Callable[[timedelta], None]) -> None:
    numbers = [event().pk for _ in range(3)]
    assert Sealer().run() == 3
    links = list(AuditLink.objects.order_by("position"))
    assert [(link.position, link.event) for link in links] == [(1, numbers[0]), (2, numbers[1]), (3, numbers[2])]
    (made,) = AuditSeal.objects.all()
    assert (made.count, made.head) == (3, links[2].mac)
    (line,) = (data / "audit/heads.log").read_text("utf-8").splitlines()
    assert json.loads(line) == {"at": "2026-01-01T00:00:00Z", "count": 3, "head": made.head, "key": made.key_id}
    report = verify()
    assert (report.links, report.sealed_at, report.broken) == (3, START, False)


def test_a_link_can_be_recomputed_without_us(db: None, data: Path, at: Callable[[timedelta], None]) -> None:
    """The format is a promise: an auditor checks an export of the log with a dozen lines of any language."""
    number = event(details='{"a": 1}', partner=7).pk
    Sealer().run()
    key = bytes.fromhex((data / "keys/audit.key").read_text("ascii"))
    spelt = (
        f'[{number},"2026-01-01T00:00:00+00:00","user.signed-in","test","",null,null,"anna/安娜",null,"",null,"",'
        'null,null,7,"{\\"a\\": 1}"]'
    )
    expected = hmac.new(key, f"{'0' * 64}\n1\n{spelt}".encode(), hashlib.sha256).hexdigest()
    assert AuditLink.objects.get().mac == expected


def test_the_key_is_private_and_made_once(db: None, data: Path) -> None:
    sealed(1)
    path = data / "keys/audit.key"
    before = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    sealed(1)
    assert path.read_bytes() == before


def test_many_are_sealed_in_stretches(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "LINKED_AT_ONCE", 4)
    for _ in range(9):
        event()
    assert Sealer().run() == 9
    assert list(AuditSeal.objects.order_by("pk").values_list("count", flat=True)) == [4, 8, 9]
    assert not verify().broken


def test_an_idle_second_costs_one_query(db: None, data: Path, django_assert_num_queries: Callable[..., object]) -> None:
    sealer = Sealer()
    event()
    sealer.run()
    sealer.run()  # looks up what the next half minute needs
    lines = (data / "audit/heads.log").read_bytes()
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert sealer.run() == 0
    assert (data / "audit/heads.log").read_bytes() == lines
    assert AuditSeal.objects.count() == 1


def test_an_event_that_commits_late_is_linked(db: None) -> None:
    sealer = Sealer()
    event(100)
    event(102)
    sealer.run()
    event(101)
    assert sealer.run() == 1
    assert list(AuditLink.objects.order_by("position").values_list("event", flat=True)) == [100, 102, 101]
    assert not verify().broken


def test_one_that_commits_very_late_is_found_by_the_sweep(db: None, at: Callable[[timedelta], None]) -> None:
    sealer = Sealer()
    event(100)
    event(102)
    sealer.run()
    at(HOUR)
    assert sealer.run() == 0
    event(101)
    assert sealer.run() == 0
    sealer._sweep_at = 0.0
    assert sealer.run() == 1


def test_one_that_commits_while_nobody_seals_is_found_at_the_start(db: None, at: Callable[[timedelta], None]) -> None:
    event(100)
    event(102)
    Sealer().run()
    event(101)
    at(24 * 30 * HOUR)
    assert Sealer().run() == 1


def test_it_refuses_to_go_on_with_another_key(db: None, data: Path) -> None:
    sealed(1)
    event()
    path = data / "keys/audit.key"
    right = path.read_bytes()
    path.write_text("ab" * 32)
    with pytest.raises(chain.ChainKeyWrong, match="not the key"):
        Sealer().run()
    path.unlink()
    with pytest.raises(chain.ChainKeyWrong, match="missing"):
        Sealer().run()
    with pytest.raises(chain.ChainKeyWrong, match="missing"):
        verify()
    path.write_bytes(b"half a ke")
    with pytest.raises(chain.ChainKeyWrong, match="damaged"):
        Sealer().run()
    path.write_bytes(right)
    assert Sealer().run() == 1
    assert not verify().broken


def test_a_head_that_a_crash_kept_from_the_file_is_added(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    event()
    with monkeypatch.context() as crash:
        crash.setattr(heads, "append", lambda _: None)
        Sealer().run()
    assert list(heads.heads()) == []
    event()
    Sealer().run()
    assert [head.count for head in heads.heads() if head] == [1, 2]


def test_a_torn_line_is_passed_over(db: None, data: Path) -> None:
    sealed(2)
    path = data / "audit/heads.log"
    path.write_bytes(path.read_bytes()[:-30])
    sealed(1)
    report = verify()
    assert (report.torn_lines, report.broken) == (1, False)


# Refusing.


@pytest.mark.parametrize("table", ["audit_event", "audit_link", "audit_seal"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET {}", "DELETE FROM {}", "REPLACE {}"])
def test_the_database_refuses_changes(db: None, table: str, verb: str) -> None:
    sealed(1)
    column = {"audit_event": "via = 'x'", "audit_link": "mac = 'x'", "audit_seal": "head = 'x'"}[table]
    text = verb.format(table, column)
    if verb.startswith("REPLACE"):
        text = (
            f"TRUNCATE {table}" if connection.vendor == "postgresql" else f"REPLACE INTO {table} SELECT * FROM {table}"
        )
    with pytest.raises(IntegrityError, match="append-only"):
        sql(text)


def test_an_association_is_ended_once_and_keeps_the_rest(world: World) -> None:
    rows = Association.objects.everything(reason="test").filter(child=world.carl.account_pk)
    ending = {"until": clock.now(), "ended_by": "dora", "labels": "Gold", "remark": "kept"}

    def refused(change: Callable[[], object]) -> None:
        with pytest.raises(IntegrityError, match="ended once"), transaction.atomic():
            change()

    refused(lambda: rows.update(remark="not yet"))
    refused(lambda: rows.update(**ending, partner=world.sol.account_pk))
    refused(lambda: rows.update(**ending, since=START))
    refused(rows.delete)
    assert rows.update(**ending) == 1
    refused(lambda: rows.update(until=None))
    refused(lambda: rows.update(remark="later"))
    refused(rows.delete)


def test_it_does_not_start_without_its_triggers(db: None) -> None:
    triggers.check()
    on = " ON audit_event" if connection.vendor == "postgresql" else ""
    sql(f"DROP TRIGGER audit_event_no_update{on}")
    assert triggers.missing() == ["audit_event_no_update"]
    with pytest.raises(triggers.TriggersMissing, match="openpartner migrate"):
        triggers.check()
    assert triggers.install_all() == ["audit_event_no_update"]
    triggers.check()


def test_a_weakened_trigger_is_missing(db: None) -> None:
    if connection.vendor == "postgresql":
        sql("ALTER TABLE audit_link DISABLE TRIGGER audit_link_no_delete")
    else:
        sql("DROP TRIGGER audit_link_no_delete")
        sql("CREATE TRIGGER audit_link_no_delete BEFORE DELETE ON audit_link WHEN 0 BEGIN SELECT 1; END")
    assert triggers.missing() == ["audit_link_no_delete"]
    assert triggers.install_all() == ["audit_link_no_delete"]
    assert triggers.missing() == []


# Finding what went round the triggers.


def test_an_edited_event_is_found(tampering: None) -> None:
    events = sealed(5)
    sql("UPDATE audit_event SET actor_name = 'nobody' WHERE id = %s", events[2].pk)
    report = verify()
    assert kinds(report) == [FaultKind.EDITED]
    assert f"event {events[2].pk} " in report.faults[0].says


@pytest.mark.parametrize("field", [name for name in chain.FIELDS if name != "id"])
def test_every_column_is_sealed(tampering: None, field: str) -> None:
    parties = ("actor_account", "actor_user", "on_behalf_of", "key", "subject", "provider", "payer", "partner")
    numbers = dict.fromkeys(parties, 77)
    value = "2020-01-01 00:00:00+00:00" if field == "at" else numbers.get(field, "x")
    (row,) = sealed(1)
    sql(f"UPDATE audit_event SET {field} = %s WHERE id = %s", value, row.pk)
    assert kinds(verify()) == [FaultKind.EDITED]


def test_a_deleted_event_is_found(tampering: None) -> None:
    events = sealed(5)
    sql("DELETE FROM audit_event WHERE id = %s", events[2].pk)
    report = verify()
    assert kinds(report) == [FaultKind.DELETED]
    assert f"event {events[2].pk} " in report.faults[0].says


@pytest.mark.engine("sqlite")  # PostgreSQL keeps the types of its columns
def test_an_event_that_cannot_be_read_is_found(tampering: None) -> None:
    events = sealed(5)
    sql("UPDATE audit_event SET at = '2026-13-45 00:00:00' WHERE id = %s", events[1].pk)
    sql("UPDATE audit_event SET via = x'ff00' WHERE id = %s", events[3].pk)
    assert kinds(verify()) == [FaultKind.DELETED, FaultKind.EDITED]


def test_exchanged_links_are_found(tampering: None) -> None:
    sealed(6)
    for position, other in ((3, -4), (4, 3), (-4, 4)):
        sql("UPDATE audit_link SET position = %s WHERE position = %s", other, position)
    report = verify()
    assert report.counts[FaultKind.REORDERED] == 2
    assert FaultKind.EDITED not in report.counts


def test_exchanged_events_are_found(tampering: None) -> None:
    events = sealed(6)
    for old, new in ((events[2].pk, -1), (events[3].pk, events[2].pk), (-1, events[3].pk)):
        sql("UPDATE audit_link SET event = %s WHERE event = %s", new, old)
    assert kinds(verify()) == [FaultKind.REORDERED, FaultKind.REORDERED]


def test_missing_links_are_found(tampering: None) -> None:
    sealed(6)
    sql("DELETE FROM audit_link WHERE position IN (3, 4)")
    report = verify()
    assert kinds(report)[-1] == FaultKind.GAP
    assert report.faults[-1].says == "links 3 to 4 are missing"
    assert report.counts[FaultKind.HEAD] == 2  # the seals of the two


def test_a_cut_off_tail_is_found(tampering: None) -> None:
    events = sealed(5)
    sql("DELETE FROM audit_event WHERE id >= %s", events[3].pk)
    sql("DELETE FROM audit_link WHERE position > 3")
    assert FaultKind.TRUNCATED in kinds(verify())
    sql("DELETE FROM audit_seal WHERE count > 3")
    report = verify()
    assert kinds(report) == [FaultKind.TRUNCATED]
    assert "heads.log tells of 5 links" in report.faults[0].says

    # Whoever cuts and lets the sealer go on is told by the file.
    sealed(4)
    assert kinds(verify()) == [FaultKind.HEAD, FaultKind.HEAD]


def test_missing_seals_are_found(tampering: None) -> None:
    sealed(3)
    sql("DELETE FROM audit_seal WHERE count = 3")
    assert kinds(verify()) == [FaultKind.GAP]
    sql("UPDATE audit_seal SET head = 'x' WHERE count = 1")
    assert sorted(kinds(verify())) == [FaultKind.HEAD, FaultKind.GAP]


def test_an_event_nobody_sealed_is_told_after_a_while(db: None, at: Callable[[timedelta], None]) -> None:
    sealed(1)
    event()
    assert not verify().broken
    at(timedelta(seconds=11))
    assert kinds(verify()) == [FaultKind.UNSEALED]


def test_many_faults_are_counted_and_some_told(tampering: None) -> None:
    count = 2 * SUSPECTS_COMPARED_MAX + 50
    for _ in range(count):
        event()
    Sealer().run()
    sql("UPDATE audit_event SET via = 'x'")
    report = verify()
    assert report.counts == {FaultKind.EDITED: count}
    assert len(report.faults) == 100


# The command.


def run_verify(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    from openpartner.project.commands import audit

    monkeypatch.setattr(audit, "setup", lambda: None)
    result = CliRunner().invoke(cli, ["audit", "verify"])
    return SimpleNamespace(code=result.exit_code, output=result.output)


def test_the_command_tells_and_exits(
    tampering: None, data: Path, monkeypatch: pytest.MonkeyPatch, at: Callable[[timedelta], None]
) -> None:
    assert run_verify(monkeypatch).code == 0
    (row, _) = sealed(2)
    found = run_verify(monkeypatch)
    assert (found.code, found.output.splitlines()[0]) == (0, "Sealed up to 2026-01-01 00:00:00 UTC, 2 events.")
    sql("UPDATE audit_event SET via = 'x' WHERE id = %s", row.pk)
    found = run_verify(monkeypatch)
    assert found.code == 1
    assert "EDITED: link 1 and event" in found.output
    (data / "keys/audit.key").unlink()
    found = run_verify(monkeypatch)
    assert (found.code, "is missing" in found.output) == (1, True)


# Reading.


def test_events_are_read_within_a_scope(world: World) -> None:
    first = event(partner=world.rita.account_pk, payer=world.dora.account_pk, at=START)
    second = event(partner=world.rita.account_pk, payer=world.dora.account_pk, at=START + HOUR, subject=5)
    event(partner=world.olga.account_pk, payer=world.olga.account_pk)
    scope = world.dora.caller.scope
    page = search_events(scope, EventFilter(action=Action.SIGNED_IN), Slice(0, 1))
    assert (page.total, page.items) == (2, [second])
    assert search_events(scope, EventFilter(before=START + HOUR), Slice(0, 9)).items == [first]
    assert search_events(scope, EventFilter(since=START + HOUR, subject=5), Slice(0, 9)).items == [second]
    assert search_events(scope, EventFilter(actor_user=1), Slice(0, 9)).items == []
    assert search_events(world.sol.caller.scope, EventFilter(), Slice(0, 9)).items == []
