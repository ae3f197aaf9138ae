"""The files of a month after an import: those that hold replaced lines are written anew without them, new ones come.

Nothing here is published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from openpartner.core.billing.dealing import write_dealt
from openpartner.core.billing.models import BillFile
from openpartner.lake import schema
from openpartner.lake.store import Lake, quoted
from openpartner.lake.write import Finish, Key, LinesFile, lines_of, write_files

if TYPE_CHECKING:
    import duckdb

Result = TypeVar("Result")
COVERED = "covered"
PLAIN_MAX = 50_000
"""Up to so many lines are written as they are; to make more of them narrow pays."""


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
    listed = ", ".join(quoted(path) for path in composer.lake.addresses([file.name for file in files]))
    needed = ", ".join(dict.fromkeys((*columns, "filename")))
    found = composer.run(
        lambda: composer.connection.execute(
            f"SELECT filename, count(*) FROM (SELECT {needed} FROM read_parquet([{listed}], filename = true)) l"  # noqa: S608  # of ours
            f" WHERE {is_covered(columns)} GROUP BY 1"
        ).fetchall()
    )
    keys = dict(zip(composer.lake.addresses([file.name for file in files]), (file.pk for file in files), strict=True))
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


def new_files(composer: Composer, lines: str, finish: Finish, *, texts: str = "") -> Iterator[LinesFile]:
    """New files with some lines, which `finish` makes whole after they were sorted.

    `texts` is SQL of lines with the same texts that is quicker to read, if there is one.
    """
    counted = composer.run(
        lambda: composer.connection.execute(
            f"SELECT payer_id, partner_id, customer_id, count(*) FROM ({lines}) GROUP BY ALL ORDER BY ALL"  # noqa: S608  # of ours
        ).fetchall()
    )
    counts = [(Key(*row[:3]), int(row[3])) for row in counted]
    if sum(count for _key, count in counts) > PLAIN_MAX:
        yield from write_dealt(composer, lines, texts or lines, counts, finish)
        return
    files = write_files(composer.lake, composer.connection, lines, month=composer.month, finish=finish)
    yield from _each(composer, files)


def _each(composer: Composer, files: Iterator[LinesFile]) -> Iterator[LinesFile]:
    """The files as they come, each while the lease is kept."""
    while (one := composer.run(lambda: next(files, None))) is not None:
        yield one
