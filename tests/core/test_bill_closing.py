"""Closing a bill month, and sweeping what nobody reads any more: figures stay what they are to the last digit."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import Conflict, NotAllowed, NotVisible, Unavailable
from openpartner.core.billing import sweeping
from openpartner.core.billing.composing import Composer
from openpartner.core.billing.lake import working_lake
from openpartner.core.billing.models import BillFile, BillRange, BillSpan, BillVersion, Reason
from openpartner.core.billing.months import month_of
from openpartner.core.billing.overview import month_statuses
from openpartner.core.billing.publishing import (
    STAGED_FOR,
    Publication,
    Stale,
    current_files,
    new_token,
    publish,
)
from openpartner.core.billing.queries import BillFilter, Dimension, lines, months, sums
from openpartner.core.billing.sweeping import Ages, sweep
from openpartner.core.billing.verifying import verify_lake
from openpartner.core.closing import compacting
from openpartner.core.closing.commands import close_month
from openpartner.core.closing.compacting import compact
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.jobs.run import run_claimed
from openpartner.kit import clock
from openpartner.kit.slices import Slice
from openpartner.lake import schema, summaries
from openpartner.lake.grains import grains_of
from openpartner.project.commands.bill_months import command as bills_command
from openpartner.project.commands.lake import command as lake_command
from openpartner.worker.callers import rebuild
from tests.support.bills import line, month_state, publish_lines
from tests.support.people import World

MONTH = "2026-10"
OCTOBER = BillFilter.month(month_of(MONTH))
NO_TIME = timedelta(seconds=-2)  # the clock tells whole seconds, a disk does not
AT_ONCE = Ages(replaced=NO_TIME, staged=NO_TIME, unnamed=NO_TIME, beside=NO_TIME)
LATER = datetime(2026, 11, 6, tzinfo=UTC)
COLUMNS = ["customer_id", "bill_day", "line_id", *schema.AMOUNTS]


@pytest.fixture
def october(world: World) -> World:
    """A month in a file for each day, as imports of days leave it."""
    given = [
        line(world[name], date(2026, 10, day), f"{day}.0000000{place}", region_code=str(day % 2))
        for place, name in enumerate(("carl", "cleo", "cora", "otto", "cato"), 1)
        for day in range(1, 5)
    ]
    given.append(line(world.carl, date(2026, 10, 3), "-99999999.99999999", payer_id=0, partner_id=0, customer_id=0))
    publish_lines(world, MONTH, given, by_day=True)
    return world


def whole(world: World, who: str = "pia") -> list[tuple[Any, ...]]:
    """Every line of a scope, in an order of its own."""
    return sorted(lines(world[who].caller.scope, OCTOBER, Slice(0, 1000), COLUMNS).items)


def compacted(world: World, lines: int) -> None:
    row, token = month_state(world, MONTH), new_token()
    lake = working_lake()
    told: list[tuple[int, int]] = []
    with closing(lake.connect()) as connection:
        composer = Composer(lake, connection, lambda call: call(), MONTH)
        made = compact(composer, row, token, lambda done, total: told.append((done, total)), lines=lines)
    publish(world.pia.caller, row, Publication(token=token, drop=made.drop, summary=made.summary, reason=Reason.CLOSE))
    assert told[0] == (0, 21)
    assert told[-1] == (21, 21)


def run_job(row: Job) -> Job:
    claimed = claim(process_token(), [row.kind])
    assert claimed is not None
    assert claimed.id == row.pk
    run_claimed(claimed, rebuild)
    return Job.objects.everything(reason="test").get(pk=row.pk)


@pytest.mark.parametrize("lines_a_file", [600_000, 8, 4, 2, 1])
def test_compaction_changes_no_figure(october: World, lines_a_file: int) -> None:
    before, by = whole(october), [Dimension.CUSTOMER, Dimension.REGION]
    sums_before = sorted(sums(october.pia.caller.scope, OCTOBER, by, list(schema.AMOUNTS)), key=str)
    compacted(october, lines_a_file)
    assert whole(october) == before
    assert sorted(sums(october.pia.caller.scope, OCTOBER, by, list(schema.AMOUNTS)), key=str) == sums_before
    files = current_files(month_state(october, MONTH))
    assert {file.day for file in files} == {None}
    # What nobody has mapped has a file of its own, which no tenant's reader opens.
    assert [file.lines for file in files if file.low_payer == 0] == [1]
    assert all(file.high_payer == 0 for file in files if file.low_payer == 0)
    # A customer of 4 lines is cut by its days where a file may hold less than half as many.
    assert len(files) == {600_000: 2, 8: 1 + 3, 4: 1 + 5, 2: 1 + 5, 1: 1 + 5 * 4}[lines_a_file]
    assert list(verify_lake()) == []


def summary_rows(world: World) -> tuple[str, list[str]]:
    """The name of the current summary and what it holds."""
    row, lake = month_state(world, MONTH), working_lake()
    name = BillVersion.objects.everything(reason="test").get(month=row, number=row.version).summary
    paths = lake.addresses(grains_of(lake, name).finest)
    with closing(lake.connect()) as connection:
        return name, sorted(map(repr, connection.execute("SELECT * FROM read_parquet($1)", [paths]).fetchall()))


@pytest.mark.parametrize("size", [1000, 2])
def test_the_summary_of_the_same_lines_is_carried_over(
    october: World, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(summaries, "AT_ONCE", 5)
    monkeypatch.setattr(summaries, "GROUPS_A_FILE", size)
    compacted(october, 8)  # made of the lines: in files of its own where a file holds two groups
    before, held = summary_rows(october)
    assert (grains_of(working_lake(), before).groups != ()) == (size == 2)
    monkeypatch.delattr(compacting, "write_summary")  # it is not made again
    compacted(october, 4)
    after, rows = summary_rows(october)
    assert after != before
    assert rows == held
    assert list(verify_lake()) == []


def test_a_damaged_or_a_wrong_summary_is_made_anew(october: World) -> None:
    before, held = summary_rows(october)
    path = working_lake().path(before)
    spoilt = bytearray(path.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    path.write_bytes(spoilt)
    compacted(october, 8)
    name, rows = summary_rows(october)
    assert rows == held
    # One that adds up to something else, recorded as it is.
    lake = working_lake()
    with closing(lake.connect()) as connection:
        some = f"SELECT * REPLACE (lines + 1 AS lines) FROM read_parquet('{lake.path(name)}')"
        wrong = lake.new_name("summaries/2026-10", "summary")
        connection.execute(f"COPY ({some}) TO '{lake.unfinished(wrong)}' (FORMAT parquet)")
    _size, sha256 = lake.finish(wrong)
    versions = BillVersion.objects.everything(reason="test").filter(summary=name)
    assert versions.update(summary=wrong, summary_sha256=sha256) == 1
    compacted(october, 4)
    assert summary_rows(october)[1] == held
    assert list(verify_lake()) == []


def test_the_lines_of_a_customer_that_is_cut_stay_in_order(october: World) -> None:
    compacted(october, 1)
    scope = october.carl.caller.scope
    found = lines(scope, OCTOBER, Slice(0, 100), ["bill_day"]).items
    assert [row[0].day for row in found] == [1, 2, 3, 4]


def test_a_month_is_closed_by_its_job(october: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    before = whole(october)
    row = run_job(close_month(october.pia.caller, cloud="tencent", month=month_of(MONTH)))
    assert (row.state, row.done, row.total) == (JobState.DONE, 21, 21)
    assert whole(october) == before
    (info,) = months(october.carl.caller.scope)
    assert (info.word, info.version, info.final_at) == ("final", 2, LATER)
    version = BillVersion.objects.everything(reason="test").get(number=2)
    assert (version.reason, version.job, version.lines) == (Reason.CLOSE, row.pk, 21)
    event = AuditEvent.objects.everything(reason="test").filter(action="bills.published").latest("id")
    assert '"reason": "close"' in event.details
    assert list(verify_lake()) == []
    with pytest.raises(Conflict, match="closed already"):
        close_month(october.pia.caller, cloud="tencent", month=month_of(MONTH))


def test_who_may_not_close_and_what_cannot_be_closed(october: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 31, 15, 59, tzinfo=UTC))  # a minute before midnight
    with pytest.raises(Conflict, match="has not ended"):
        close_month(october.pia.caller, cloud="tencent", month=month_of(MONTH))
    with pytest.raises(NotVisible):
        close_month(october.pia.caller, cloud="huawei", month=month_of(MONTH))
    for who in ("dora", "carl"):
        with pytest.raises(NotAllowed):
            close_month(october[who].caller, cloud="tencent", month=month_of(MONTH))
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 31, 16, 0, tzinfo=UTC))
    assert close_month(october.pia.caller, cloud="tencent", month=month_of(MONTH)).pk


def test_a_month_that_moves_while_it_is_closed_is_closed_as_it_is_then(
    october: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    asked = close_month(october.pia.caller, cloud="tencent", month=month_of(MONTH))
    times: list[int] = []

    def overtaken(*args: Any) -> Any:
        made = compact(*args)
        if not times:
            publish_lines(october, MONTH, [line(october.carl, date(2026, 10, 9), "7")])
        times.append(1)
        return made

    monkeypatch.setattr("openpartner.core.closing.jobs.compact", overtaken)
    assert run_job(asked).state == JobState.DONE
    assert len(times) == 2
    assert [row[-1] for row in sums(october.pia.caller.scope, OCTOBER, [], ["total_cost"])] == [7]
    assert months(october.pia.caller.scope)[0].word == "final"
    assert list(verify_lake()) == []


def test_damage_is_not_compacted_away(october: World) -> None:
    file = working_lake().path(current_files(month_state(october, MONTH))[0].name)
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with pytest.raises(Unavailable):
        compacted(october, 10)
    assert month_state(october, MONTH).version == 1


def on_disk() -> set[str]:
    lake = working_lake()
    return {str(path.relative_to(lake.root)) for path in lake.root.rglob("*") if path.is_file()}


def current(world: World) -> set[str]:
    row = month_state(world, MONTH)
    version = BillVersion.objects.everything(reason="test").get(month=row, number=row.version)
    return {file.name for file in current_files(row)} | {version.summary}


@pytest.fixture
def alone() -> None:
    """Files of other tests' databases are not in this one's manifest."""
    lake = working_lake()
    for path in lake.root.rglob("*"):
        if path.is_file():
            path.unlink()


def test_a_sweep_leaves_what_is_current_and_nothing_else(alone: None, october: World) -> None:
    before = whole(october)
    compacted(october, 10)
    assert on_disk() > current(october)
    kept = sweep(Ages(replaced=timedelta(hours=1)))
    assert kept.files == 0  # everything is younger
    swept = sweep(AT_ONCE)
    assert on_disk() == current(october)
    assert (swept.files, swept.size > 0) == (5 + 1, True)  # four days, what nobody has mapped of one, and a summary
    assert whole(october) == before
    assert list(verify_lake()) == []
    for rows in (BillRange, BillSpan):
        gone = rows.objects.everything(reason="test").exclude(
            file__in=BillFile.objects.everything(reason="test").values("pk")
        )
        assert not gone.exists()


def leftover(world: World) -> str:
    """A file that a dead attempt has staged."""
    row, lake = month_state(world, MONTH), working_lake()
    with closing(lake.connect()) as connection:
        composer = Composer(lake, connection, lambda call: call(), MONTH)
        compact(composer, row, new_token(), lambda _done, _total: None, lines=100)
    return str(BillFile.objects.everything(reason="test").filter(since__isnull=True).latest("id").name)


def test_what_dead_attempts_left_goes_once_it_is_old(alone: None, october: World) -> None:
    lake = working_lake()
    name = leftover(october)
    for stray in ("lines/2026-10/x.parquet", "lines/2026-10/y.parquet.tmp", "staging/import-9/z", "spill/t/block.tmp"):
        lake.path(stray).parent.mkdir(parents=True, exist_ok=True)
        lake.path(stray).write_bytes(b"half")
    sweep(Ages(replaced=timedelta(0)))
    assert name in on_disk()
    assert "lines/2026-10/x.parquet" in on_disk()
    aged = (clock.now() - timedelta(days=3)).timestamp()
    for path in lake.root.rglob("*"):
        os.utime(path, (aged, aged))
    BillFile.objects.everything(reason="test").filter(since__isnull=True).update(
        staged_at=clock.now() - STAGED_FOR - timedelta(minutes=1)
    )
    assert sweeping.anything_to_sweep()
    sweep(Ages(replaced=timedelta(hours=1)))
    assert on_disk() == current(october)
    assert not lake.path("staging/import-9").exists()
    assert not sweeping.anything_to_sweep()
    assert list(verify_lake()) == []


def test_a_lake_of_another_database_is_left_alone(alone: None, october: World) -> None:
    """Somebody has restored the files and not yet the database: nothing may be lost by starting the server."""
    unknown = {f"lines/2026-01/{number}.parquet" for number in range(10)}
    for stray in unknown:
        working_lake().path(stray).parent.mkdir(parents=True, exist_ok=True)
        working_lake().path(stray).write_bytes(b"theirs")
    sweep(AT_ONCE)
    assert on_disk() == current(october) | unknown
    sweep(AT_ONCE, is_cautious=False)
    assert on_disk() == current(october)


def test_an_attempt_that_slept_too_long_does_not_publish(october: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its staged files may have been swept: without this, the month would lose them without a word."""
    row, token, lake = month_state(october, MONTH), new_token(), working_lake()
    with closing(lake.connect()) as connection:
        made = compact(
            Composer(lake, connection, lambda call: call(), MONTH), row, token, lambda _done, _total: None, lines=100
        )
    moment = clock.now() + STAGED_FOR
    monkeypatch.setattr(clock, "now", lambda: moment)
    sweep(Ages(replaced=timedelta(hours=1)))
    with pytest.raises(Stale):
        publish(
            october.pia.caller, row, Publication(token=token, drop=made.drop, summary=made.summary, reason=Reason.CLOSE)
        )
    assert list(verify_lake()) == []


@pytest.mark.parametrize("spoil", ["rows of a file", "summary"])
def test_a_publication_and_a_sweep_at_once_keep_what_is_current(
    alone: None, october: World, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    """The disk is listed before the manifest is asked, so what is published in between is named by then."""
    real: Callable[..., Any] = sweeping._of_lines if spoil == "rows of a file" else sweeping._of_summaries
    done: list[int] = []

    def published_meanwhile(ages: Ages) -> Any:
        if not done:
            done.append(1)
            publish_lines(october, MONTH, [line(october.carl, date(2026, 10, 9), "7")])
        return real(ages)

    monkeypatch.setattr(sweeping, real.__name__, published_meanwhile)
    sweep(AT_ONCE)
    assert done
    assert current(october) <= on_disk()
    assert list(verify_lake()) == []


def test_the_commands_tell_how_the_lake_stands(october: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openpartner.project.commands.lake.setup", lambda: None)
    monkeypatch.setattr("openpartner.project.commands.bill_months.setup", lambda: None)
    monkeypatch.setattr(clock, "now", lambda: LATER)
    monkeypatch.setenv("COLUMNS", "200")
    run = CliRunner().invoke
    (status,) = month_statuses(october.pia.caller.scope)
    assert (status.word, status.current.files, status.current.lines) == ("estimated", 5, 21)
    assert (status.unassigned_lines, status.replaced.files, status.staged.files) == (1, 0, 0)
    shown = run(lake_command, ["status"])
    assert shown.exit_code == 0, shown.output
    assert "2026-10" in shown.output
    assert "1 accounts of clouds have no customer, with 1 lines" in shown.output
    closed = run(bills_command, ["close", "tencent", MONTH])
    assert closed.exit_code == 0, closed.output
    assert "tencent 2026-10 is final: version 2, 21 lines in 2 files." in closed.output
    assert run(bills_command, ["close", "tencent", MONTH]).exit_code == 1
    assert run(bills_command, ["close", "tencent", "October"]).exit_code == 2
    assert "final" in run(bills_command, ["months"]).output
    assert month_statuses(october.pia.caller.scope)[0].replaced.files == 5
    sound = run(lake_command, ["verify"])
    assert sound.exit_code == 0
    assert "2 files: as they should be" in sound.output
    name = current_files(month_state(october, MONTH))[0].name
    Path(working_lake().path(name)).unlink()
    broken = run(lake_command, ["verify"])
    assert broken.exit_code == 1
    assert f"tencent 2026-10: {name} is missing" in broken.output
