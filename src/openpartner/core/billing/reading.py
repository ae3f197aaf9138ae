"""The first pass of an import: the texts of a file become typed lines in a staging file, with what is wrong with them.

DuckDB reads the file itself and writes as it reads; the order of the file is kept, so that a line's place in the
staging file is its place in the source.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from openpartner.core.base.errors import Invalid
from openpartner.core.billing.formats.format import Format, Options
from openpartner.core.billing.formats.projection import FAULT_SEPARATOR, PART_SEPARATOR, PROBLEMS
from openpartner.core.billing.sources import Table, staging_folder
from openpartner.kit.files import MODE_PRIVATE_FOLDER
from openpartner.lake.store import Lake, quoted

if TYPE_CHECKING:
    import duckdb

LINE_BITS = 34
"""A line's number is its import's, shifted by so many bits, and its place: unique and in the order of the file."""
FAULTS_MAX = 1_000
HEADER_LINES = 1
STAGED_FORMAT = "FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE 30720, WRITE_BLOOM_FILTER false"
"""Written once and read a few times: quick rather than small."""
REJECTED = {
    "MISSING COLUMNS": "has fewer cells than the first line",
    "TOO MANY COLUMNS": "has more cells than the first line",
    "UNQUOTED VALUE": "has a quotation mark that is not closed",
    "LINE SIZE OVER MAXIMUM": "is too long",
    "INVALID ENCODING": "is not UTF-8 text",
    "INVALID STATE": "has a quotation mark that is not closed",
}


class Fault(NamedTuple):
    """Something wrong with a line."""

    line: int
    column: str
    says: str


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one table of the file in staging: a file's name, and how many lines came before."""

    name: str
    before: int
    lines: int
    rest: dict[str, str] = field(default_factory=dict)
    """The columns that do not stand in the file, in SQL of those that do."""


@dataclass(frozen=True, slots=True)
class Read:
    """What one table held."""

    part: Part
    faults: int
    first_faults: list[Fault]


def read_table(
    lake: Lake,
    connection: duckdb.DuckDBPyConnection,
    import_id: int,
    table: Table,
    fmt: Format,
    options: Options,
    before: int,
) -> Read:
    """Write the lines of a table into staging; returns how many there are and what is wrong with them."""
    import duckdb  # noqa: PLC0415  # loaded when bills are read, not with the process

    folder = staging_folder(lake, import_id)
    folder.mkdir(parents=True, exist_ok=True, mode=MODE_PRIVATE_FOLDER)
    path = folder / f"{secrets.token_hex(8)}.parquet"
    given = fmt.columns(table.header)
    if missing := fmt.missing(table.header):
        raise Invalid("file", f"has a table without the column {', '.join(missing)}")
    shape = fmt.shape(given, options)
    lines = shape.sql(table.sql(fmt))
    try:
        connection.execute(f"COPY ({lines}) TO {quoted(path)} ({STAGED_FORMAT})")
    except duckdb.InterruptException:
        raise
    except (duckdb.InvalidInputException, duckdb.IOException) as error:
        raise Invalid("file", f"cannot be read: {str(error).splitlines()[0][:150]}") from error
    with path.open("rb") as written:
        os.fsync(written.fileno())
    name = str(path.relative_to(lake.root))
    count, wrong = _one(connection, f"SELECT count(*), count(fault) FROM read_parquet({quoted(path)})")  # noqa: S608  # ours
    rejects = [] if table.is_parquet else _rejects(connection)
    faults = sorted([*rejects[:FAULTS_MAX], *(_cells(connection, str(path), rejects) if wrong else [])])
    return Read(Part(name, before, count, shape.rest), wrong + len(rejects), faults[:FAULTS_MAX])


def staged_sql(lake: Lake, import_id: int, parts: Sequence[Part]) -> str:
    """SQL of all lines of an import that are in staging, each with its number and its month."""
    first = import_id << LINE_BITS
    return " UNION ALL BY NAME ".join(
        "SELECT * EXCLUDE (file_row_number, fault),"  # noqa: S608  # of ours
        f" CAST({first + part.before} + file_row_number AS BIGINT) AS line_id, CAST({import_id} AS BIGINT) AS import_id"
        f"{''.join(f', {sql} AS {name}' for name, sql in part.rest.items())}"
        f" FROM read_parquet({quoted(lake.path(part.name))}, file_row_number = true)"
        for part in parts
    )


def forget_staging(lake: Lake, import_id: int) -> None:
    """Remove everything an import has in staging."""
    folder = staging_folder(lake, import_id)
    for path in sorted(folder.rglob("*"), reverse=True) if folder.exists() else ():
        with suppress(FileNotFoundError, OSError):
            path.rmdir() if path.is_dir() else path.unlink()
    with suppress(FileNotFoundError, OSError):
        folder.rmdir()


def _rejects(connection: duckdb.DuckDBPyConnection) -> list[Fault]:
    """The lines that are no lines of the table."""
    found = connection.execute(
        "SELECT line, min(CAST(error_type AS VARCHAR)) FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    return [Fault(int(line), "", REJECTED.get(kind, "cannot be read")) for line, kind in found]


def _cells(connection: duckdb.DuckDBPyConnection, path: str, rejects: list[Fault]) -> list[Fault]:
    """What is wrong with cells, the first lines of them."""
    rows = connection.execute(
        "SELECT file_row_number, fault FROM read_parquet($1, file_row_number = true)"
        " WHERE fault IS NOT NULL ORDER BY file_row_number LIMIT $2",
        [path, FAULTS_MAX],
    ).fetchall()
    found: list[Fault] = []
    skipped = 0
    for place, text in rows:
        line = int(place) + 1 + HEADER_LINES + skipped
        while skipped < len(rejects) and rejects[skipped].line <= line:
            skipped, line = skipped + 1, line + 1
        for one in str(text).split(FAULT_SEPARATOR):
            column, problem, cell = one.split(PART_SEPARATOR, 2)
            says = PROBLEMS[problem]
            found.append(Fault(line, column, f"{says}: {cell!r}" if cell else says))
    return found


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    found = connection.execute(sql).fetchone()
    assert found is not None
    return found
