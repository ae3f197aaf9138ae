"""A damaged or missing file is found and named by `lake verify`, and no reader sums around it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from openpartner.core.base.errors import Conflict, NotAllowed, NotVisible, Unavailable
from openpartner.core.billing import intact
from openpartner.core.billing.imports import start_import
from openpartner.core.billing.lake import reading_lake, working_lake
from openpartner.core.billing.models import BillFile, BillMonth, BillRange, BillSpan, BillVersion
from openpartner.core.billing.months import month_of
from openpartner.core.billing.publishing import current_files
from openpartner.core.billing.queries import (
    BillFilter,
    Dimension,
    copy_lines,
    count_lines,
    lines,
    stream_lines,
    sums,
)
from openpartner.core.billing.verifying import verify_lake
from openpartner.core.closing.mending import mend_month
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.run import run_claimed
from openpartner.kit.slices import Slice
from openpartner.worker.callers import rebuild
from tests.faults.bill_process import focus_file
from tests.proofs.record import count
from tests.support.bills import line, month_state, publish_lines
from tests.support.people import World

MONTH = "2026-10"
OCTOBER = BillFilter.month(month_of(MONTH))
FLIPS = 500
pytestmark = pytest.mark.turns  # files, which are the same whatever database lists them
Spoil = Callable[[Path, Random], None]
Read = Callable[[World], Any]


@pytest.fixture
def october(world: World) -> World:
    """A month of three files, one of which has the lines of carl and cleo."""
    given = [
        line(world[name], date(2026, 10, 1 + number % 28), f"{number}.{place}")
        for place, name in enumerate(("carl", "cleo", "cora", "otto", "cato", "chen"), 1)
        for number in range(30)
    ]
    publish_lines(world, MONTH, given, lines_a_file=60)
    return world


def file_of_carl(world: World) -> str:
    (name,) = {
        row.file.name
        for row in BillRange.objects.everything(reason="test")
        .filter(customer=world.carl.account_pk)
        .select_related("file")
    }
    return str(name)


def summary(world: World) -> str:
    row = month_state(world, MONTH)
    return BillVersion.objects.everything(reason="test").get(month=row, number=row.version).summary


def flip(path: Path, random: Random) -> None:
    data = bytearray(path.read_bytes())
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    path.write_bytes(bytes(data))


def truncate(path: Path, random: Random) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: random.randrange(len(data))])


def remove(path: Path, _random: Random) -> None:
    path.unlink()


def swap(path: Path, _random: Random) -> None:
    """Another sound file in its place: readable, sorted, and wrong."""
    other = next(one for one in sorted(path.parent.iterdir()) if one != path and one.suffix == ".parquet")
    path.write_bytes(other.read_bytes())


def by_line(world: World) -> Any:
    return sums(world.carl.caller.scope, OCTOBER, [Dimension.DAY], ["total_cost"])


def by_summary(world: World) -> Any:
    return sums(world.pia.caller.scope, OCTOBER, [Dimension.CUSTOMER], ["total_cost"])


def by_page(world: World) -> Any:
    return lines(world.carl.caller.scope, OCTOBER, Slice(0, 10), ["total_cost"])


def by_matching_page(world: World) -> Any:
    where = BillFilter.month(OCTOBER.first_month, equal={"region_code": ("8",)})
    return lines(world.dora.caller.scope, where, Slice(0, 10), ["total_cost"])


def by_count(world: World) -> Any:
    return count_lines(world.carl.caller.scope, BillFilter.month(OCTOBER.first_month, nonzero=True))


def by_stream(world: World) -> Any:
    return list(stream_lines(world.dora.caller.scope, OCTOBER, ["total_cost"]))


def by_copy(world: World) -> Any:
    target = working_lake().others[0] / "copied.csv"
    target.parent.mkdir(exist_ok=True)
    try:
        return copy_lines(world.dora.caller.scope, OCTOBER, "total_cost", str(target), "FORMAT csv")
    finally:
        target.unlink(missing_ok=True)  # other tests look into this folder


READS: list[tuple[Read, Callable[[World], str]]] = [
    *((read, file_of_carl) for read in (by_line, by_page, by_matching_page, by_count, by_stream, by_copy)),
    (by_summary, summary),
]


@pytest.mark.parametrize("spoil", [flip, truncate, remove, swap])
@pytest.mark.parametrize(("read", "which"), READS, ids=[read.__name__ for read, _ in READS])
def test_no_reader_sums_around_a_damaged_file(
    october: World,
    random: Random,
    caplog: pytest.LogCaptureFixture,
    spoil: Spoil,
    read: Read,
    which: Callable[[World], str],
) -> None:
    name = which(october)
    path = working_lake().path(name)
    whole = path.read_bytes()
    if spoil is swap and which is summary:
        publish_lines(october, "2026-09", [line(october.carl, date(2026, 9, 1))])
        other = BillVersion.objects.everything(reason="test").exclude(summary=name).get().summary
        path.write_bytes(working_lake().path(other).read_bytes())
    else:
        spoil(path, random)
    faults = list(verify_lake())
    assert any(says.startswith(f"tencent {MONTH}: {name} is ") for says in faults), faults
    assert all(MONTH in says for says in faults)
    with caplog.at_level(logging.ERROR, "openpartner.lake"), pytest.raises(Unavailable):
        read(october)
    assert name in caplog.text  # for the operator; whoever asked learns no name
    # Other files are read as ever, and so is this one once it is restored.
    assert len(list(stream_lines(october.otto.caller.scope, OCTOBER, ["total_cost"]))) == 1
    path.write_bytes(whole)
    assert read(october)
    assert list(verify_lake()) == []


def test_a_file_that_goes_missing_after_it_was_read_is_noticed(october: World) -> None:
    assert by_page(october).total == 30
    working_lake().path(file_of_carl(october)).unlink()
    with pytest.raises(Unavailable):
        by_page(october)


def test_a_mistake_of_ours_is_no_damage(october: World) -> None:
    import duckdb

    with pytest.raises(duckdb.Error):
        lines(october.carl.caller.scope, OCTOBER, Slice(0, 1), ["no_such_column"])


def test_what_is_intact_is_hashed_once_in_a_process(october: World, monkeypatch: pytest.MonkeyPatch) -> None:
    by_page(october)
    hashed: list[str] = []
    monkeypatch.setattr(type(reading_lake()), "checksum", lambda _lake, name: hashed.append(name))
    by_page(october)
    assert hashed == []


@pytest.mark.campaign
def test_every_flipped_bit_is_found(october: World, random: Random, campaign: Callable[[int], int]) -> None:
    """Also those that a reader of Parquet decodes to other values without a word."""
    flips = campaign(FLIPS)
    truth, name = sorted(by_line(october)), file_of_carl(october)
    path = working_lake().path(name)
    whole = path.read_bytes()
    silent = 0
    for _ in range(flips):
        flip(path, random)
        intact._intact.clear()  # a process that has not read it yet
        with pytest.raises(Unavailable):
            by_line(october)
        silent += _is_silently_wrong(path, whole)
        assert [says for says in verify_lake() if f"{name} is damaged" in says]
        path.write_bytes(whole)
    intact._intact.clear()
    assert sorted(by_line(october)) == truth
    count("flipped bits in a file of bills", flips=flips, found=flips, wrong_without_checksum=silent)


def _is_silently_wrong(path: Path, whole: bytes) -> bool:
    """Whether Parquet's own reader would have answered other lines without an error."""
    import duckdb

    sound = path.with_name("sound.parquet")
    sound.write_bytes(whole)
    try:
        differ = f"SELECT * FROM read_parquet('{path}') EXCEPT ALL SELECT * FROM read_parquet('{sound}')"
        return bool(duckdb.execute(differ).fetchall())
    except (duckdb.Error, UnicodeDecodeError):
        return False
    finally:
        sound.unlink()


# What the manifest says is checked too: it is no truth of its own.


def spoil_range(world: World) -> str:
    row = BillRange.objects.everything(reason="test").filter(customer=world.carl.account_pk).get()
    BillRange.objects.everything(reason="test").filter(pk=row.pk).update(rows=row.rows - 1)
    return "holds other customers' lines, or in other places"


def spoil_range_total(world: World) -> str:
    BillRange.objects.everything(reason="test").filter(customer=world.carl.account_pk).update(total="1")
    return "holds other customers' lines, or in other places"


def spoil_span(world: World) -> str:
    BillSpan.objects.everything(reason="test").filter(partner=world.rita.account_pk).update(payer=1)
    return "the rows of its partners are not those of their customers"


def spoil_bounds(world: World) -> str:
    BillFile.objects.everything(reason="test").filter(name=file_of_carl(world)).update(low_customer=0)
    return "its first or last customer is not the one recorded"


def spoil_file_total(world: World) -> str:
    row = BillFile.objects.everything(reason="test").get(name=file_of_carl(world))
    totals = {**json.loads(row.totals), "total_cost": "5"}
    BillFile.objects.everything(reason="test").filter(pk=row.pk).update(totals=json.dumps(totals))
    return "total_cost adds up to"


def spoil_file_lines(world: World) -> str:
    BillFile.objects.everything(reason="test").filter(name=file_of_carl(world)).update(lines=7)
    return "holds 60 lines, recorded 7"


def spoil_version_total(world: World) -> str:
    BillVersion.objects.everything(reason="test").update(totals='{"total_cost": "1"}')
    return "version 1: total_cost adds up to"


def spoil_version_lines(world: World) -> str:
    BillVersion.objects.everything(reason="test").update(lines=1)
    return "version 1 has 180 lines, recorded 1"


def spoil_summary(world: World) -> str:
    """A summary that is whole, and not of these lines."""
    publish_lines(world, "2026-09", [line(world.carl, date(2026, 9, 1))])
    row = month_state(world, MONTH)
    other = BillVersion.objects.everything(reason="test").exclude(month=row).get()
    BillVersion.objects.everything(reason="test").filter(month=row).update(
        summary=other.summary, summary_sha256=other.summary_sha256
    )
    return "says more than the lines do"


def spoil_file_row(world: World) -> str:
    BillFile.objects.everything(reason="test").filter(name=file_of_carl(world)).update(until=1, since=0)
    return "version 1 has 120 lines, recorded 180"


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_range,
        spoil_range_total,
        spoil_span,
        spoil_bounds,
        spoil_file_total,
        spoil_file_lines,
        spoil_version_total,
        spoil_version_lines,
        spoil_summary,
        spoil_file_row,
    ],
)
def test_verify_finds_what_the_manifest_has_wrong(october: World, spoil: Callable[[World], str]) -> None:
    assert current_files(month_state(october, MONTH))
    assert list(verify_lake()) == []
    told = spoil(october)
    faults = list(verify_lake())
    assert any(told in says for says in faults), faults
    assert all(says.startswith(f"tencent {MONTH}: ") for says in faults)


def test_the_sum_is_what_was_given(october: World) -> None:
    """So that the tests above have something to lose."""
    expected = sum((Decimal(f"{number}.1") for number in range(30)), Decimal(0))
    assert sum(row[-1] for row in by_line(october)) == expected


# Mending what no copy can bring back.


def test_a_summary_is_made_anew_and_nothing_is_lost(october: World) -> None:
    truth = sorted(by_summary(october))
    working_lake().path(summary(october)).unlink()
    mended = mend_month(october.pia.caller, cloud="tencent", month=OCTOBER.first_month)
    assert (mended.version, mended.lost_files, mended.lost_lines) == (2, (), 0)
    assert sorted(by_summary(october)) == truth
    assert list(verify_lake()) == []


def test_lines_are_given_up_only_when_somebody_says_so(october: World, random: Random) -> None:
    name = file_of_carl(october)
    flip(working_lake().path(name), random)
    with pytest.raises(Conflict, match="60 lines in 1 files"):
        mend_month(october.pia.caller, cloud="tencent", month=OCTOBER.first_month)
    assert month_state(october, MONTH).version == 1
    mended = mend_month(october.pia.caller, cloud="tencent", month=OCTOBER.first_month, give_up_lost_lines=True)
    assert (mended.version, mended.lost_files, mended.lost_lines) == (2, (name,), 60)
    assert by_page(october).total == 0
    assert sum(row[1] for row in by_summary(october)) == 120
    assert list(verify_lake()) == []
    version = BillVersion.objects.everything(reason="test").get(number=2)
    assert json.loads(version.changes) == {"lines_lost": 60, "files_lost": [name]}


def test_nothing_sound_is_mended_and_nobody_else_mends(october: World) -> None:
    with pytest.raises(Conflict, match="none of its files"):
        mend_month(october.pia.caller, cloud="tencent", month=OCTOBER.first_month)
    with pytest.raises(NotVisible):
        mend_month(october.pia.caller, cloud="huawei", month=OCTOBER.first_month)
    with pytest.raises(NotAllowed):
        mend_month(october.dora.caller, cloud="tencent", month=OCTOBER.first_month)


def test_what_was_lost_is_imported_again_from_the_same_file(world: World, tmp_path: Path) -> None:
    focus_file(tmp_path / "aws.csv", 1)

    def bring() -> int:
        start_import(world.pia.caller, tmp_path / "aws.csv", dry_run=False)
        claimed = claim(process_token(), ["bill.import"])
        assert claimed is not None
        run_claimed(claimed, rebuild)
        return count_lines(world.pia.caller.scope, BillFilter(first_month=0, last_month=99_999))

    whole = bring()
    assert whole == bring() > 0
    row = BillMonth.objects.everything(reason="test").get()
    assert row.version == 1  # the same file twice changed nothing
    working_lake().path(current_files(row)[0].name).unlink()
    mended = mend_month(world.pia.caller, cloud=row.cloud, month=row.month, give_up_lost_lines=True)
    assert mended.lost_lines == whole
    assert bring() == whole
    assert list(verify_lake()) == []
