"""The month summary: one line for each combination of what bills are usually grouped by, a Parquet file of its own."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from openpartner.kit.files import MODE_PRIVATE_FOLDER
from openpartner.lake import schema
from openpartner.lake.engines import FORMAT, engine_of
from openpartner.lake.grains import BY_CUSTOMER, BY_PARTNER, Part, answers, footer, grains_of, part_name
from openpartner.lake.store import STAGING, SUFFIX, SUMMARIES, Lake, quoted
from openpartner.lake.write import Cut, Key, cuts, lines_of, within

if TYPE_CHECKING:
    import duckdb

COLUMNS = answers(schema.SUMMARY_DIMENSIONS)
"""What a summary can answer for."""


AT_ONCE = 1_000_000
"""Lines that are grouped by one statement: their groups fit into memory."""
GROUPS_AT_ONCE = 150_000
GROUPS_A_FILE = 40_960
"""Two row groups: what a question about one customer opens, however many groups the month has."""
STAGED = "FORMAT parquet, COMPRESSION lz4_raw, WRITE_BLOOM_FILTER false"
GROUPS, PARTNERS = "summary_groups", "summary_partners"
"""Tables that a summary is made in."""


def summary_sql(
    lines: str,
    counted: str = "count(*)",
    *,
    kind: str = schema.SUM,
    by: Sequence[str] = schema.SUMMARY_DIMENSIONS,
    is_ordered: bool = True,
) -> str:
    """SQL of the summary of some lines, in the order of the lines; of summaries, `counted` is "sum(lines)"."""
    groups = ", ".join(by)
    names = "".join(f"min({schema.NAMED[one]}) AS {schema.NAMED[one]}, " for one in by if one in schema.NAMED)
    sums = ", ".join(f"CAST(sum({amount}) AS {kind}) AS {amount}" for amount in schema.AMOUNTS)
    order = f" ORDER BY {', '.join(f'{one} ASC NULLS FIRST' for one in by)}" if is_ordered else ""
    return (
        f"SELECT {groups}, {names}CAST({counted} AS BIGINT) AS lines, {sums}"  # noqa: S608  # of ours
        f" FROM ({lines}) GROUP BY {groups}{order}"
    )


def write_summary(
    lake: Lake, connection: duckdb.DuckDBPyConnection, files: Sequence[str], month: str
) -> tuple[str, str]:
    """Write the summary of a month's files; returns the name of its head and the head's SHA-256 (`grains.py`).

    Of many lines it is made in steps, so that memory does not grow with the month: the groups of a few files at a time,
    then those of a few customers at a time.
    """
    import duckdb  # noqa: PLC0415  # loaded when bills are written, not with the process

    name = lake.new_name(f"{SUMMARIES}/{month}", "summary")
    if not files:
        target = lake.unfinished(name)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE no_lines AS {_empty()}")
        connection.execute(f"COPY ({summary_sql('SELECT * FROM no_lines')}) TO {quoted(target)} ({FORMAT})")  # noqa: S608  # of ours
    else:
        try:
            # Half as wide as a sum may be, and read several times as fast.
            _write(lake, connection, files, name, schema.BOOKED)
        except duckdb.ConversionException:
            name = lake.new_name(f"{SUMMARIES}/{month}", "summary")  # some parts may have the other one's
            _write(lake, connection, files, name, schema.SUM)
    _size, sha256 = lake.finish(name)
    return name, sha256


def carry_summary(  # what is copied, and what it has to add up to
    lake: Lake,
    connection: duckdb.DuckDBPyConnection,
    head: str,
    sha256: str,
    month: str,
    *,
    lines: int,
    totals: Mapping[str, Decimal],
) -> tuple[str, str] | None:
    """Copy a summary for a version that holds the same lines laid out anew; returns the new name and SHA-256.

    None when it has to be made of the lines: when a file of it is missing or not as recorded, when it does not add up
    to so many lines and these sums of every booked amount, or when today's summaries look otherwise.
    """
    try:
        if lake.checksum(head) != sha256:
            return None
        old, name = grains_of(lake, head), lake.new_name(f"{SUMMARIES}/{month}", "summary")
        groups = [_copy(lake, part, head, name) for part in old.groups]
        customers = [_copy(lake, part, head, name) for part in old.customers]
    except (FileNotFoundError, _Damaged):
        return None
    listed = ", ".join(quoted(path) for path in lake.addresses([part.name for part in groups] or [head]))
    found = f"SELECT * FROM read_parquet([{listed}])"  # noqa: S608  # of ours
    sums = ", ".join(f"sum({amount})" for amount in schema.AMOUNTS)
    if _names(connection, found) != _names(connection, summary_sql(_empty())):
        return None
    row = connection.execute(f"SELECT sum(lines), count(*), {sums} FROM ({found})").fetchone()  # noqa: S608  # of ours
    assert row is not None
    is_whole = (row[0], *row[2:]) == (lines, *(totals[amount] for amount in schema.AMOUNTS))
    if not is_whole or (not groups and row[1] > GROUPS_A_FILE):
        return None
    rows = f"SELECT * FROM read_parquet({quoted(lake.address(head))})"  # noqa: S608  # of ours
    also = f", {footer(groups, customers)}" if groups else ""
    connection.execute(f"COPY ({rows}) TO {quoted(lake.unfinished(name))} ({FORMAT}{also})")
    _size, sha256 = lake.finish(name)
    return name, sha256


class _Damaged(Exception):
    """A file is not as its head says."""


def _copy(lake: Lake, part: Part, old: str, head: str) -> Part:
    name = head.removesuffix(SUFFIX) + part.name.removeprefix(old.removesuffix(SUFFIX))
    lake.copy(part.name, lake.unfinished(name))
    _size, sha256 = lake.finish(name)
    if sha256 != part.sha256:
        raise _Damaged
    return part._replace(name=name)


def _names(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    found = connection.execute(f"SELECT * FROM ({sql}) LIMIT 0").description  # noqa: S608  # of ours
    return [str(column[0]) for column in found or ()]


def _write(lake: Lake, connection: duckdb.DuckDBPyConnection, files: Sequence[str], name: str, kind: str) -> None:
    if not lake.spark and len(batches := list(_batches(lake, connection, files))) > 1:
        _in_steps(lake, connection, batches, name, kind)
        return
    tables = {"lines": lake.addresses(tuple(files))}
    engine_of(lake, connection).write(summary_sql("SELECT * FROM lines", kind=kind), tables, lake.unfinished(name))


def _batches(lake: Lake, connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> Iterator[list[str]]:
    """Neighbouring files of about so many lines together."""
    counted = connection.execute(
        "SELECT file_name, num_rows FROM parquet_file_metadata($1)", [lake.addresses(tuple(files))]
    ).fetchall()
    rows = {str(path): int(count) for path, count in counted}
    batch: list[str] = []
    held = 0
    for name, path in zip(files, lake.addresses(tuple(files)), strict=True):
        if batch and held + rows[path] > AT_ONCE:
            yield batch
            batch, held = [], 0
        batch.append(name)
        held += rows[path]
    yield batch


def _in_steps(
    lake: Lake, connection: duckdb.DuckDBPyConnection, batches: Sequence[Sequence[str]], head: str, kind: str
) -> None:
    folder = lake.path(f"{STAGING}/summary-{secrets.token_hex(8)}")
    folder.mkdir(parents=True, mode=MODE_PRIVATE_FOLDER)
    try:
        for place, batch in enumerate(batches):
            path = quoted(folder / f"batch-{place:06}.parquet")
            connection.execute(f"COPY ({summary_sql(lines_of(lake, batch), is_ordered=False)}) TO {path} ({STAGED})")
        groups = f"SELECT * FROM read_parquet({quoted(folder / 'batch-*.parquet')})"  # noqa: S608  # of ours
        counted = connection.execute(
            f"SELECT payer_id, partner_id, customer_id, count(*) FROM ({groups}) GROUP BY ALL ORDER BY ALL"  # noqa: S608  # of ours
        ).fetchall()
        counts = [(Key(*row[:3]), int(row[3])) for row in counted]
        if sum(count for _key, count in counts) <= GROUPS_A_FILE:
            whole = summary_sql(groups, "sum(lines)", kind=kind)
            connection.execute(f"COPY ({whole}) TO {quoted(lake.unfinished(head))} ({FORMAT})")
        else:
            _in_parts(lake, connection, groups, counts, head, kind)
    finally:
        connection.execute(f"DROP TABLE IF EXISTS {GROUPS}; DROP TABLE IF EXISTS {PARTNERS}")
        shutil.rmtree(folder, ignore_errors=True)


def _in_parts(
    lake: Lake,
    connection: duckdb.DuckDBPyConnection,
    groups: str,
    counts: Sequence[tuple[Key, int]],
    head: str,
    kind: str,
) -> None:
    """Write the files of a large summary, its head last."""
    parts: list[Part] = []
    sums = [f"CREATE OR REPLACE TEMP TABLE {PARTNERS} AS", f"INSERT INTO {PARTNERS}"]
    for cut in cuts(counts, lines=GROUPS_AT_ONCE):
        some = summary_sql(f"SELECT * FROM ({groups}) WHERE {within(cut)}", "sum(lines)", kind=kind)  # noqa: S608  # of ours
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {GROUPS} AS {some}")
        connection.execute(f"{sums[bool(parts)]} {summary_sql(f'FROM {GROUPS}', 'sum(lines)', by=BY_PARTNER)}")
        held = [(key, count) for key, count in counts if cut.low <= key <= cut.high]
        for one in cuts(held, lines=GROUPS_A_FILE):
            lines = f"SELECT * FROM {GROUPS} WHERE {within(one)}"  # noqa: S608  # of ours
            parts.append(_part(lake, connection, lines, part_name(head, f"{len(parts):04}"), one))
    paths = ", ".join(quoted(lake.address(part.name)) for part in parts)
    customers = summary_sql(f"SELECT * FROM read_parquet([{paths}])", "sum(lines)", kind=kind, by=BY_CUSTOMER)  # noqa: S608  # of ours
    whole = Cut(parts[0].low, parts[-1].high)
    also = _part(lake, connection, customers, part_name(head, "customers"), whole)
    partners = summary_sql(f"FROM {PARTNERS}", "sum(lines)", by=BY_PARTNER)
    connection.execute(f"COPY ({partners}) TO {quoted(lake.unfinished(head))} ({FORMAT}, {footer(parts, [also])})")


def _part(lake: Lake, connection: duckdb.DuckDBPyConnection, rows: str, name: str, whose: Cut) -> Part:
    connection.execute(f"COPY ({rows}) TO {quoted(lake.unfinished(name))} ({FORMAT})")
    _size, sha256 = lake.finish(name)
    return Part(name, sha256, *whose)


def _empty() -> str:
    columns = ", ".join(f"CAST(NULL AS {column.type}) AS {column.name}" for column in schema.COLUMNS)
    return f"SELECT {columns} LIMIT 0"
