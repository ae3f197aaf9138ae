"""The month summary: one line for each combination of what bills are usually grouped by, a Parquet file of its own."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from openpartner.lake import schema
from openpartner.lake.store import SUMMARIES, Lake, quoted
from openpartner.lake.write import FORMAT, lines_of

NAMES = tuple(schema.NAMED[one] for one in schema.SUMMARY_DIMENSIONS if one in schema.NAMED)
COLUMNS = frozenset({*schema.SUMMARY_DIMENSIONS, *NAMES, *schema.AMOUNTS, "lines"})
"""What a summary can answer for."""


def summary_sql(lines: str) -> str:
    """SQL of the summary of some lines, in the order of the lines."""
    groups = ", ".join(schema.SUMMARY_DIMENSIONS)
    names = ", ".join(f"min({name}) AS {name}" for name in NAMES)
    sums = ", ".join(f"CAST(sum({amount}) AS {schema.SUM}) AS {amount}" for amount in schema.AMOUNTS)
    order = ", ".join(f"{one} ASC NULLS FIRST" for one in schema.SUMMARY_DIMENSIONS)
    return f"SELECT {groups}, {names}, count(*) AS lines, {sums} FROM ({lines}) GROUP BY {groups} ORDER BY {order}"  # noqa: S608  # of ours


def write_summary(
    lake: Lake, connection: duckdb.DuckDBPyConnection, files: Sequence[str], month: str
) -> tuple[str, str]:
    """Write the summary of a month's files; returns its name and its SHA-256."""
    name = lake.new_name(f"{SUMMARIES}/{month}", "summary")
    if files:
        source = summary_sql(lines_of(lake, files))
    else:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE no_lines AS {_empty()}")
        source = summary_sql("SELECT * FROM no_lines")
    connection.execute(f"COPY ({source}) TO {quoted(lake.unfinished(name))} ({FORMAT})")
    _size, sha256 = lake.finish(name)
    return name, sha256


def _empty() -> str:
    columns = ", ".join(f"CAST(NULL AS {column.type}) AS {column.name}" for column in schema.COLUMNS)
    return f"SELECT {columns} LIMIT 0"
