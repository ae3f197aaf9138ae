"""The files of a month after an import: those that hold replaced lines are written anew without them, new ones come.

Nothing here is published. New lines are cut by payer, partner and customer; many of them are first dealt into buckets,
so that no sort is larger than a file and every line is read twice however many files there are.
"""

from __future__ import annotations

import secrets
import shutil
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from openpartner.core.billing.models import BillFile
from openpartner.kit.files import MODE_PRIVATE_FOLDER
from openpartner.lake import schema
from openpartner.lake.store import Lake, quoted
from openpartner.lake.write import LINES_A_FILE, Cut, Finish, Key, LinesFile, cuts, lines_of, write_file, write_files

if TYPE_CHECKING:
    import duckdb

Result = TypeVar("Result")
COVERED = "covered"
PLAIN_MAX = 2 * LINES_A_FILE
"""Up to so many lines are cut by reading them once per file."""
DEALT_FORMAT = "FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE 30720, PARTITION_BY (bucket)"


class Run(Protocol):
    """Runs something slow while the job's lease is kept; returns what it returns."""

    def __call__(self, call: Callable[[], Result], /) -> Result:
        """Run it."""
        ...


@dataclass(frozen=True, slots=True)
class Composer:
    """The tools of one composition."""

    lake: Lake
    connection: duckdb.DuckDBPyConnection
    run: Run
    month: str
    """Such as 2026-11."""


def cover(connection: duckdb.DuckDBPyConnection, columns: Sequence[str], lines: str) -> None:
    """Remember what new lines replace: every line that has these columns in common with one of them."""
    chosen = ", ".join(_comparable(name) for name in columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {COVERED} AS SELECT DISTINCT {chosen} FROM ({lines})")  # noqa: S608  # of ours


def is_covered(columns: Sequence[str]) -> str:
    """SQL: the line, `l`, is replaced."""
    equal = " AND ".join(f"c.{name} = {_comparable(name, 'l.')}" for name in columns)
    return f"EXISTS (SELECT 1 FROM {COVERED} c WHERE {equal})"  # noqa: S608  # of ours


def _comparable(name: str, table: str = "") -> str:
    column = f"{table}{name}"
    if schema.BY_NAME[name].type != schema.TEXT:
        return column if table else f"{column} AS {name}"
    return f"coalesce({column}, '')" if table else f"coalesce({column}, '') AS {name}"


def affected(composer: Composer, files: Sequence[BillFile], columns: Sequence[str]) -> dict[int, int]:
    """The files that hold replaced lines, and how many, by the file's key."""
    if not files:
        return {}
    listed = ", ".join(quoted(path) for path in composer.lake.paths([file.name for file in files]))
    needed = ", ".join(dict.fromkeys((*columns, "filename")))
    found = composer.run(
        lambda: composer.connection.execute(
            f"SELECT filename, count(*) FROM (SELECT {needed} FROM read_parquet([{listed}], filename = true)) l"  # noqa: S608  # of ours
            f" WHERE {is_covered(columns)} GROUP BY 1"
        ).fetchall()
    )
    keys = dict(zip(composer.lake.paths([file.name for file in files]), (file.pk for file in files), strict=True))
    return {keys[path]: count for path, count in found}


def covered_lines(composer: Composer, files: Sequence[BillFile], columns: Sequence[str]) -> str:
    """SQL of the replaced lines of some files."""
    return f"SELECT l.* FROM ({lines_of(composer.lake, [one.name for one in files])}) l WHERE {is_covered(columns)}"  # noqa: S608  # of ours


def without_covered(
    composer: Composer, files: Sequence[BillFile], counts: dict[int, int], columns: Sequence[str]
) -> Iterator[LinesFile]:
    """The affected files again, without the replaced lines; one that held nothing else does not come again."""
    for file in files:
        if 0 < counts.get(file.pk, 0) < file.lines:
            source = f"SELECT l.* FROM ({lines_of(composer.lake, [file.name])}) l WHERE NOT {is_covered(columns)}"  # noqa: S608  # of ours
            rest = write_files(composer.lake, composer.connection, source, month=composer.month, day=file.day)
            yield from _each(composer, rest)


def new_files(composer: Composer, lines: str, finish: Finish) -> Iterator[LinesFile]:
    """New files with some lines, which `finish` makes whole after they were sorted."""
    counted = composer.run(
        lambda: composer.connection.execute(
            f"SELECT payer_id, partner_id, customer_id, count(*) FROM ({lines}) GROUP BY ALL ORDER BY ALL"  # noqa: S608  # of ours
        ).fetchall()
    )
    counts = [(Key(*row[:3]), int(row[3])) for row in counted]
    if sum(count for _key, count in counts) <= PLAIN_MAX:
        yield from _each(
            composer, write_files(composer.lake, composer.connection, lines, month=composer.month, finish=finish)
        )
        return
    folder = composer.lake.path(f"staging/dealt-{secrets.token_hex(8)}")
    folder.mkdir(parents=True, mode=MODE_PRIVATE_FOLDER)
    try:
        yield from _dealt(composer, lines, counts, str(folder), finish)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _dealt(
    composer: Composer, lines: str, counts: list[tuple[Key, int]], folder: str, finish: Finish
) -> Iterator[LinesFile]:
    found = list(cuts(counts))
    sizes = _name_buckets(composer.connection, counts, found)
    composer.run(
        lambda: composer.connection.execute(
            "COPY (SELECT l.*, b.bucket FROM"  # noqa: S608  # of ours
            f" ({lines}) l JOIN buckets b ON b.payer = l.payer_id AND b.partner = l.partner_id"
            f" AND b.customer = l.customer_id) TO {quoted(folder)} ({DEALT_FORMAT})"
        )
    )
    for bucket, size in enumerate(sizes):
        source = (
            f"SELECT * FROM read_parquet({quoted(f'{folder}/bucket={bucket}/*.parquet')},"  # noqa: S608  # of ours
            " hive_partitioning = false)"
        )
        for some in _by_days(composer, source, size):
            yield composer.run(
                partial(write_file, composer.lake, composer.connection, some, month=composer.month, finish=finish)
            )
        shutil.rmtree(f"{folder}/bucket={bucket}", ignore_errors=True)


def _name_buckets(connection: duckdb.DuckDBPyConnection, counts: list[tuple[Key, int]], found: list[Cut]) -> list[int]:
    """A table that leads from whose lines they are to their bucket; returns how many lines each has."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE buckets (payer BIGINT, partner BIGINT, customer BIGINT, bucket INTEGER)"
    )
    lows = [cut.low for cut in found]
    rows = [(*key, bisect_right(lows, key) - 1) for key, _count in counts]
    columns = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(
        "INSERT INTO buckets SELECT unnest($1::BIGINT[]), unnest($2::BIGINT[]), unnest($3::BIGINT[]),"
        " unnest($4::INTEGER[])",
        columns,
    )
    sizes = [0] * len(found)
    for (_payer, _partner, _customer, bucket), (_key, count) in zip(rows, counts, strict=True):
        sizes[bucket] += count
    return sizes


def _by_days(composer: Composer, source: str, size: int) -> Iterator[str]:
    """A bucket as it is, or cut by days where one customer alone, or what nobody has mapped, has too many lines."""
    if size <= PLAIN_MAX:
        yield source
        return
    counted = composer.run(
        lambda: composer.connection.execute(
            f"SELECT bill_day, count(*) FROM ({source}) GROUP BY 1 ORDER BY 1"  # noqa: S608  # of ours
        ).fetchall()
    )
    first: date | None = None
    held = 0
    for place, (day, count) in enumerate(counted):
        first, held = first or day, held + count
        if held >= LINES_A_FILE or place == len(counted) - 1:
            until = day + timedelta(days=1)
            yield f"SELECT * FROM ({source}) WHERE bill_day >= DATE '{first}' AND bill_day < DATE '{until}'"  # noqa: S608  # of ours
            first, held = None, 0


def _each(composer: Composer, files: Iterator[LinesFile]) -> Iterator[LinesFile]:
    """The files as they come, each while the lease is kept."""
    while (one := composer.run(lambda: next(files, None))) is not None:
        yield one
