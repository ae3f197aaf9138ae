"""Checking files against what a manifest says of them: damage is found and named, never summed around."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from openpartner.lake import schema
from openpartner.lake.grains import BY_CUSTOMER, BY_PARTNER, grains_of
from openpartner.lake.store import Lake, quoted
from openpartner.lake.summaries import summary_sql
from openpartner.lake.write import HIGHEST, LOWEST, Cut, Key, Range, cuts, describe, lines_of, units, within

if TYPE_CHECKING:
    import duckdb


GROUPS_AT_ONCE = 50_000
"""Groups of a summary that are compared at a time."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the manifest says of a file of lines."""

    name: str
    day: date | None
    lines: int
    size: int
    sha256: str
    totals: dict[str, int]
    ranges: tuple[Range, ...]


def check_file(lake: Lake, connection: duckdb.DuckDBPyConnection, said: Recorded) -> Iterator[str]:
    """What is wrong with one file of lines, in sentences; nothing when it is as recorded."""
    import duckdb  # noqa: PLC0415  # loaded when bills are read, not with the process

    try:
        size, sha256 = lake.shelf.size(said.name), lake.checksum(said.name)
    except FileNotFoundError:
        yield f"{said.name} is missing"
        return
    if sha256 != said.sha256:
        yield f"{said.name} is damaged: {size} bytes with SHA-256 {sha256}, recorded {said.size} with {said.sha256}"
        return
    try:
        found = describe(lake, connection, said.name, size=size, sha256=sha256, day=said.day)
        unsorted = _unsorted(lake, connection, said.name)
        strange_days = _other_days(lake, connection, said)
    except duckdb.Error as error:
        yield f"{said.name} cannot be read: {str(error).splitlines()[0]}"
        return
    if found.lines != said.lines:
        yield f"{said.name} holds {found.lines} lines, recorded {said.lines}"
    if found.ranges != said.ranges:
        yield f"{said.name} holds other customers' lines, or in other places, than recorded"
    for amount in schema.AMOUNTS:
        is_now, was = found.totals[amount], said.totals.get(amount, 0)
        if is_now != was:
            yield f"{said.name}: {amount} adds up to {is_now}e-8, recorded {was}e-8"
    if unsorted:
        yield f"{said.name} is not in order: {unsorted} lines stand before one that belongs before them"
    if strange_days:
        yield f"{said.name} is of {said.day} and holds {strange_days} lines of other days"


def check_summary(
    lake: Lake, connection: duckdb.DuckDBPyConnection, name: str, sha256: str, files: Sequence[str]
) -> Iterator[str]:
    """What is wrong with the summary of some files: it must be, to the last digit, what the files give now."""
    if damage := _damage(lake, name, sha256):
        yield damage
        return
    grains = grains_of(lake, name)
    if damaged := [says for part in grains.parts if (says := _damage(lake, part.name, part.sha256))]:
        yield from damaged
        return
    kept = _rows(lake, grains.finest)
    if not files:
        (rows,) = connection.execute(f"SELECT count(*) FROM ({kept})").fetchone() or (0,)  # noqa: S608  # of ours
        if rows:
            yield f"{name} sums up lines that are not there"
        return
    lines, customers = lines_of(lake, files), [part.name for part in grains.customers]
    found, of_customers = Differences(), Differences()
    for whose in map(within, _stretches(connection, kept)):
        groups = f"SELECT * FROM ({kept}) WHERE {whose}"  # noqa: S608  # of ours
        found.add(connection, groups, summary_sql(f"SELECT * FROM ({lines}) WHERE {whose}", is_ordered=False))  # noqa: S608  # of ours
        if customers:
            sums = f"SELECT * FROM ({_rows(lake, customers)}) WHERE {whose}"  # noqa: S608  # of ours
            of_customers.add(connection, sums, summary_sql(groups, "sum(lines)", by=BY_CUSTOMER, is_ordered=False))
    yield from found.told(name)
    if customers:
        yield from of_customers.told(customers[0])
    if grains.groups:
        of_partners = Differences()
        partners = summary_sql(kept, "sum(lines)", by=BY_PARTNER, is_ordered=False)
        of_partners.add(connection, _rows(lake, [name]), partners)
        yield from of_partners.told(name)
    for part in grains.groups:
        (strange,) = connection.execute(
            f"SELECT count(*) FROM ({_rows(lake, [part.name])}) WHERE NOT ({within(Cut(part.low, part.high))})"  # noqa: S608  # of ours
        ).fetchone() or (0,)
        if strange:
            yield f"{part.name} holds other customers' sums than its head says, in {strange} rows"


@dataclass(slots=True)
class Differences:
    """By how many rows what is kept and what is made now are not the same."""

    more: int = 0
    less: int = 0

    def add(self, connection: duckdb.DuckDBPyConnection, kept: str, made: str) -> None:
        """Compare two queries, few enough rows for memory."""
        connection.execute(f"CREATE OR REPLACE TEMP TABLE rows_kept AS {kept}")
        connection.execute(f"CREATE OR REPLACE TEMP TABLE rows_made AS {made}")
        self.more += _one(connection, "SELECT count(*) FROM (FROM rows_kept EXCEPT ALL FROM rows_made)")
        self.less += _one(connection, "SELECT count(*) FROM (FROM rows_made EXCEPT ALL FROM rows_kept)")
        connection.execute("DROP TABLE rows_kept; DROP TABLE rows_made")

    def told(self, name: str) -> Iterator[str]:
        """Sentences about the file that keeps them."""
        for rows, what in ((self.more, "more"), (self.less, "less")):
            if rows:
                yield f"{name} says {what} than the lines do, in {rows} rows"


def _stretches(connection: duckdb.DuckDBPyConnection, kept: str) -> Iterator[Cut]:
    """Everybody there can be, cut where about so many groups are kept: memory does not grow with the month."""
    counted = connection.execute(
        f"SELECT payer_id, partner_id, customer_id, count(*) FROM ({kept}) GROUP BY ALL ORDER BY ALL"  # noqa: S608  # of ours
    ).fetchall()
    low = LOWEST
    starts = [cut.low for cut in cuts([(Key(*row[:3]), int(row[3])) for row in counted], lines=GROUPS_AT_ONCE)]
    for start in starts[1:]:
        yield Cut(low, start._replace(customer=start.customer - 1))
        low = start
    yield Cut(low, HIGHEST)


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return int(row[0])


def _damage(lake: Lake, name: str, sha256: str) -> str:
    try:
        found = lake.checksum(name)
    except FileNotFoundError:
        return f"{name} is missing"
    return "" if found == sha256 else f"{name} is damaged: its SHA-256 is {found}, recorded {sha256}"


def _rows(lake: Lake, names: Sequence[str]) -> str:
    listed = ", ".join(quoted(lake.address(name)) for name in names)
    return f"SELECT * FROM read_parquet([{listed}])"  # noqa: S608  # paths of ours


def totals_of(lake: Lake, connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> tuple[int, dict[str, int]]:
    """How many lines some files hold, and the sum of every booked amount in units of 10^-8, read anew."""
    if not names:
        return 0, dict.fromkeys(schema.AMOUNTS, 0)
    sums = ", ".join(f"sum({amount})" for amount in schema.AMOUNTS)
    row = connection.execute(f"SELECT count(*), {sums} FROM ({lines_of(lake, names)})").fetchone()  # noqa: S608  # of ours
    assert row is not None
    return row[0], {amount: units(total) for amount, total in zip(schema.AMOUNTS, row[1:], strict=True)}


def _unsorted(lake: Lake, connection: duckdb.DuckDBPyConnection, name: str) -> int:
    """How many lines come before one that belongs before them."""
    keys = ", ".join(schema.SORTED_BY)
    row = connection.execute(
        f"SELECT count(*) FROM (SELECT row({keys}) AS here, lead(row({keys})) OVER (ORDER BY file_row_number) AS next"  # noqa: S608  # columns
        " FROM read_parquet($1, file_row_number = true)) WHERE next IS NOT NULL AND here > next",
        [[lake.address(name)]],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _other_days(lake: Lake, connection: duckdb.DuckDBPyConnection, said: Recorded) -> int:
    """How many lines of a day's file are of another day."""
    if said.day is None:
        return 0
    row = connection.execute(
        "SELECT count(*) FROM read_parquet($1) WHERE bill_day <> $2", [[lake.address(said.name)], said.day]
    ).fetchone()
    assert row is not None
    return int(row[0])
