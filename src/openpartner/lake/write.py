"""Lines into sorted, immutable files, with everything that a manifest says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from openpartner.lake import schema
from openpartner.lake.engines import FORMAT, engine_of
from openpartner.lake.store import LINES, Lake, quoted

if TYPE_CHECKING:
    import duckdb

LINES_A_FILE = 250_000
"""About how many lines a file holds: few enough that they are sorted in memory, 1.5 KB each, and not on the disk."""
ORDER = ", ".join(f"{name} ASC NULLS FIRST" for name in schema.SORTED_BY)


Finish = Callable[[str], str]
"""SQL of whole lines in the schema's order, given SQL of lines."""


class Key(NamedTuple):
    """Whose lines: the first three columns of every file's order."""

    payer: int
    partner: int
    customer: int


LOWEST = Key(0, 0, 0)
HIGHEST = Key(2**63 - 1, 2**63 - 1, 2**63 - 1)


class Range(NamedTuple):
    """The lines of one customer under one partner in one file: they are neighbours."""

    key: Key
    first_row: int
    rows: int
    total: int
    """Of total_cost, in units of 10^-8."""


@dataclass(frozen=True, slots=True)
class LinesFile:
    """A file that stands, as the manifest has it."""

    name: str
    low: Key
    high: Key
    day: date | None
    lines: int
    size: int
    sha256: str
    totals: dict[str, int]
    """Of every booked amount, in units of 10^-8."""
    ranges: tuple[Range, ...]


class Cut(NamedTuple):
    """Whose lines go into one file, both ends included."""

    low: Key
    high: Key


def cuts(counts: Iterable[tuple[Key, int]], *, lines: int = LINES_A_FILE) -> Iterator[Cut]:
    """Cut customers, in order and with their numbers of lines, into files of about so many lines."""
    low: Key | None = None
    high, held = LOWEST, 0
    for key, count in counts:
        # What nobody has mapped stands apart: no tenant's reader opens its file.
        if low is not None and (held + count > lines or low == LOWEST):
            yield Cut(low, high)
            low, held = None, 0
        low = key if low is None else low
        high, held = key, held + count
    if low is not None:
        yield Cut(low, high)


def write_files(
    lake: Lake,
    connection: duckdb.DuckDBPyConnection,
    source: str,
    *,
    month: str,
    day: date | None = None,
    lines: int = LINES_A_FILE,
    finish: Finish | None = None,
) -> Iterator[LinesFile]:
    """Write the lines of a source, any SQL that selects lines, into sorted files; yields each as it stands.

    `finish` makes SQL of whole lines of SQL of the source's, which may have fewer columns: what it adds is not sorted.
    What has been yielded when the caller stops is nobody's until a manifest names it, and is swept later.
    """
    counted = connection.execute(
        f"SELECT payer_id, partner_id, customer_id, count(*) FROM ({source}) GROUP BY ALL ORDER BY ALL"  # noqa: S608  # SQL of ours
    ).fetchall()
    for cut in cuts([(Key(*row[:3]), row[3]) for row in counted], lines=lines):
        some = f"SELECT * FROM ({source}) WHERE {within(cut)}"  # noqa: S608  # SQL of ours
        yield write_file(lake, connection, some, month=month, day=day, finish=finish)


def write_file(
    lake: Lake,
    connection: duckdb.DuckDBPyConnection,
    source: str,
    *,
    month: str,
    day: date | None = None,
    part: int = 0,
    finish: Finish | None = None,
) -> LinesFile:
    """Write the lines of a source into one sorted file. It must have at least one.

    Files of one customer are listed by name: `part` puts them in order.
    """
    stem = f"{day:%d}" if day else f"month{f'{part:03}' if part else ''}"
    name = lake.new_name(f"{LINES}/{month}", stem)
    target = quoted(lake.unfinished(name))
    lines = _sorted(source) if finish is None else finish(f"SELECT * FROM ({source}) ORDER BY {ORDER}")  # noqa: S608  # of ours
    connection.execute(f"COPY ({lines}) TO {target} ({FORMAT})")
    size, sha256 = lake.finish(name)
    return describe(lake, connection, name, size=size, sha256=sha256, day=day)


def rewrite(
    lake: Lake,
    connection: duckdb.DuckDBPyConnection,
    names: Sequence[str],
    condition: str,
    *,
    month: str,
    part: int = 0,
) -> LinesFile:
    """Write the lines of some files for which a condition holds into one sorted file, by the lake's engine."""
    name = lake.new_name(f"{LINES}/{month}", f"month{f'{part:03}' if part else ''}")
    sql = _sorted(f"SELECT * FROM lines WHERE {condition}")  # noqa: S608  # SQL of ours
    engine_of(lake, connection).write(sql, {"lines": lake.addresses(tuple(names))}, lake.unfinished(name))
    size, sha256 = lake.finish(name)
    return describe(lake, connection, name, size=size, sha256=sha256, day=None)


def _sorted(source: str) -> str:
    return f"SELECT {', '.join(schema.NAMES)} FROM ({source}) ORDER BY {ORDER}"  # noqa: S608  # SQL of ours


def describe(
    lake: Lake, connection: duckdb.DuckDBPyConnection, name: str, *, size: int, sha256: str, day: date | None
) -> LinesFile:
    """Read what a manifest says of a file from the file itself."""
    sums = ", ".join(f"sum({amount})" for amount in schema.AMOUNTS)
    path = [lake.address(name)]
    found = connection.execute(
        "SELECT payer_id, partner_id, customer_id, min(file_row_number), count(*), sum(total_cost)"
        " FROM read_parquet($1, file_row_number = true) GROUP BY ALL ORDER BY 1, 2, 3",
        [path],
    ).fetchall()
    totals = connection.execute(f"SELECT {sums} FROM read_parquet($1)", [path]).fetchone()  # noqa: S608  # columns
    assert totals is not None
    ranges = tuple(Range(Key(*row[:3]), row[3], row[4], units(row[5])) for row in found)
    return LinesFile(
        name=name,
        low=ranges[0].key,
        high=ranges[-1].key,
        day=day,
        lines=sum(one.rows for one in ranges),
        size=size,
        sha256=sha256,
        totals={amount: units(total) for amount, total in zip(schema.AMOUNTS, totals, strict=True)},
        ranges=ranges,
    )


def within(cut: Cut) -> str:
    """SQL: the line belongs into the file of a cut."""
    low, high = cut
    # Spelled out: DuckDB compares no tuples with BETWEEN, and skips row groups by the payer alone.
    return (
        f"payer_id BETWEEN {low.payer} AND {high.payer}"
        f" AND (payer_id > {low.payer} OR partner_id > {low.partner}"
        f" OR partner_id = {low.partner} AND customer_id >= {low.customer})"
        f" AND (payer_id < {high.payer} OR partner_id < {high.partner}"
        f" OR partner_id = {high.partner} AND customer_id <= {high.customer})"
    )


def lines_of(lake: Lake, names: Sequence[str]) -> str:
    """SQL: all lines of some files."""
    listed = ", ".join(quoted(path) for path in lake.addresses(tuple(names)))
    return f"SELECT {', '.join(schema.NAMES)} FROM read_parquet([{listed}])"  # noqa: S608  # columns and paths of ours


def units(amount: Decimal | None) -> int:
    """A booked amount or a sum of them in units of 10^-8, exactly."""
    if amount is None:
        return 0
    scaled = amount.scaleb(schema.BOOKED_DECIMALS)
    assert scaled == int(scaled)
    return int(scaled)
