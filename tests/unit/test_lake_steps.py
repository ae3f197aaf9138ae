"""Large months in steps: the summary of many files, and the seam to other engines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from openpartner.lake import schema, summaries
from openpartner.lake.engines import Local, Spark, engine_of
from openpartner.lake.grains import BY_CUSTOMER, BY_PARTNER, grains_of
from openpartner.lake.read import Door, Where, sums
from openpartner.lake.store import Lake
from openpartner.lake.summaries import write_summary
from openpartner.lake.verify import check_summary
from openpartner.lake.write import HIGHEST, LOWEST, Cut, rewrite, within, write_files

LINES = {
    "payer_id": "1 + n % 3", "partner_id": "10 + n % 5", "customer_id": "100 + n % 40",
    "bill_day": "DATE '2026-10-01' + CAST(n % 31 AS INTEGER)", "line_id": "n", "cloud": "'x'", "currency": "'USD'",
    "charging": "CASE WHEN n % 7 = 0 THEN 'prepaid' ELSE 'postpaid' END", "product_code": "'sp_' || n % 11",
    "product_name": "'Product ' || n % 11", "region_code": "CASE WHEN n % 4 = 0 THEN NULL ELSE 'r' || n % 4 END",
    "total_cost": "n * 0.00000001", "list_cost": "n * 0.5",
}  # fmt: skip  # column -> SQL of the line's number
SOURCE = f"SELECT {schema.select_list(LINES)} FROM (SELECT range AS n FROM range(3000))"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path.resolve())


@pytest.fixture
def connection(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(lake.connect()) as opened:
        yield opened


def rows(lake: Lake, connection: duckdb.DuckDBPyConnection, *names: str) -> list[tuple[object, ...]]:
    return connection.execute("SELECT * FROM read_parquet($1)", [[str(lake.path(name)) for name in names]]).fetchall()


@pytest.mark.parametrize("is_shuffled", [False, True])
def test_a_summary_in_steps_is_the_summary_at_once(
    lake: Lake, connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, *, is_shuffled: bool
) -> None:
    files = [one.name for one in write_files(lake, connection, SOURCE, month="2026-10", lines=400)]
    assert len(files) > 5
    days = f"SELECT * FROM ({SOURCE}) WHERE bill_day > DATE '2026-10-15'"
    if is_shuffled:  # day files: every customer is in several
        files = [
            one.name
            for part in (days, f"SELECT * FROM ({SOURCE}) WHERE bill_day <= DATE '2026-10-15'")
            for one in write_files(lake, connection, part, month="2026-10", lines=1000)
        ]
    at_once, _sha = write_summary(lake, connection, files, "2026-10")
    monkeypatch.setattr(summaries, "AT_ONCE", 500)
    in_steps, _sha = write_summary(lake, connection, files, "2026-10")
    assert rows(lake, connection, in_steps) == rows(lake, connection, at_once)
    assert grains_of(lake, in_steps).parts == ()
    monkeypatch.setattr(summaries, "GROUPS_AT_ONCE", 100)
    monkeypatch.setattr(summaries, "GROUPS_A_FILE", 40)
    in_parts, sha256 = write_summary(lake, connection, files, "2026-10")
    grains = grains_of(lake, in_parts)
    assert len(grains.groups) > 5
    found = rows(lake, connection, *grains.finest)
    assert found == rows(lake, connection, at_once)
    assert list(check_summary(lake, connection, in_parts, sha256, files)) == []
    place = [column[0] for column in connection.execute(f"DESCRIBE {summaries.summary_sql(SOURCE)}").fetchall()]
    assert sum(row[place.index("lines")] for row in found) == 3000  # type: ignore[misc]  # a number
    assert list(lake.path("staging").iterdir()) == []


@pytest.mark.parametrize("wrong", [BY_CUSTOMER, BY_PARTNER])
def test_coarser_sums_that_are_not_those_of_the_groups_are_found(
    lake: Lake, connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, wrong: tuple[str, ...]
) -> None:
    real = summaries.summary_sql

    def summed(*words: str, by: Sequence[str] = schema.SUMMARY_DIMENSIONS, **more: Any) -> str:
        sql = real(*words, by=by, **more)
        return f"SELECT * REPLACE (total_cost + 0.00000001 AS total_cost) FROM ({sql})" if by == wrong else sql

    files = [one.name for one in write_files(lake, connection, SOURCE, month="2026-10", lines=400)]
    monkeypatch.setattr(summaries, "AT_ONCE", 500)
    monkeypatch.setattr(summaries, "GROUPS_A_FILE", 40)
    monkeypatch.setattr(summaries, "summary_sql", summed)
    head, sha256 = write_summary(lake, connection, files, "2026-10")
    monkeypatch.setattr(summaries, "summary_sql", real)
    named = head if wrong == BY_PARTNER else grains_of(lake, head).customers[0].name
    faults = list(check_summary(lake, connection, head, sha256, files))
    assert [says.split(", in ")[0] for says in faults] == [
        f"{named} says more than the lines do",
        f"{named} says less than the lines do",
    ]


def test_files_are_written_anew_without_loss(lake: Lake, connection: duckdb.DuckDBPyConnection) -> None:
    files = [one.name for one in write_files(lake, connection, SOURCE, month="2026-10", lines=400)]
    one = rewrite(lake, connection, files, within(Cut(LOWEST, HIGHEST)), month="2026-10")
    assert one.lines == 3000
    assert one.totals["total_cost"] == 2999 * 3000 // 2
    ordered = rows(lake, connection, one.name)
    assert ordered == sorted(ordered, key=lambda row: row[:5])
    first = [place.first_row for place in one.ranges]
    assert first == sorted(first)


def test_duckdb_runs_what_no_master_is_named_for(lake: Lake, connection: duckdb.DuckDBPyConnection) -> None:
    (file, *_rest) = write_files(lake, connection, SOURCE, month="2026-10")
    engine = engine_of(lake, connection)
    assert isinstance(engine, Local)
    assert engine.run("SELECT count(*) FROM lines", {"lines": [str(lake.path(file.name))]}) == [(3000,)]
    named = Lake(lake.root, spark="spark://localhost:7077")
    assert isinstance(engine_of(named, connection), Spark)


def test_sums_that_are_too_wide_for_an_amount_are_kept_whole(lake: Lake, connection: duckdb.DuckDBPyConnection) -> None:
    wide = SOURCE.replace("n * 0.5", "9999999999.5")  # 3000 of them are beyond DECIMAL(18,8)
    names = {}
    for kind, source in (("small", SOURCE), ("wide", wide)):
        files = [one.name for one in write_files(lake, connection, source, month="2026-10")]
        names[kind], _sha = write_summary(lake, connection, files, "2026-10")
    both = [names["small"], names["wide"]]
    ((lines, total),) = sums(
        lake, Door(is_everybody=True), Where(), {1: both}, (), ("list_cost",), counted="sum(lines)"
    )
    assert lines == 6000
    assert total == 3000 * Decimal("9999999999.5") + Decimal("0.5") * (2999 * 3000 // 2)
