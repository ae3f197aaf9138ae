"""New lines on their way into files: cut by payer, partner and customer, made narrow, sorted and written.

Lines are taken a stripe at a time into a table of DuckDB's in which a text of few values is a number of one byte: they
are sorted and compressed in half the time. When there are many stripes the lines are dealt among them first, so that
each is read twice however many there are.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from openpartner.kit.files import MODE_PRIVATE_FOLDER
from openpartner.lake import schema
from openpartner.lake.store import quoted
from openpartner.lake.write import LINES_A_FILE, Finish, Key, LinesFile, cuts, within, write_file

if TYPE_CHECKING:
    import duckdb

    from openpartner.core.billing.composing import Composer

ONE_FILE_MAX = 2 * LINES_A_FILE
"""A customer with more lines than this has several files, cut by days."""
STRIPE = 700_000
"""About how many lines are made narrow at a time: they fit into memory, some 400 bytes each."""
STRIPES_MAX = 8
"""Up to so many stripes are each read from all lines."""
WORDS_MAX = 250
"""Values of a text that is made a number of one byte."""
NARROW = "narrow"
DEALT_FORMAT = (
    "FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE 30720, WRITE_BLOOM_FILTER false, PARTITION_BY (stripe)"
)


class Piece(NamedTuple):
    """The lines of one file: SQL that tells them, and how many they are."""

    condition: str
    lines: int


def write_dealt(
    composer: Composer, lines: str, texts: str, counts: Sequence[tuple[Key, int]], finish: Finish
) -> Iterator[LinesFile]:
    """Write lines into files; `texts` is SQL that has every text of theirs and may be quicker to read."""
    words = composer.run(lambda: _words(composer.connection, texts))
    stripes = list(_stripes(_pieces(composer, lines, counts)))
    if len(stripes) <= STRIPES_MAX:
        for stripe in stripes:
            yield from _written(composer, f"SELECT * FROM ({lines}) WHERE {_any(stripe)}", stripe, words, finish)  # noqa: S608  # of ours
        return
    folder = composer.lake.path(f"staging/dealt-{secrets.token_hex(8)}")
    folder.mkdir(parents=True, mode=MODE_PRIVATE_FOLDER)
    try:
        chosen = _case([_any(stripe) for stripe in stripes])
        deal = f"COPY (SELECT *, {chosen} AS stripe FROM ({lines})) TO {quoted(folder)} ({DEALT_FORMAT})"  # noqa: S608  # of ours
        composer.run(lambda: composer.connection.execute(deal))
        for place, stripe in enumerate(stripes):
            part = quoted(f"{folder}/stripe={place}/*.parquet")
            source = f"SELECT * FROM read_parquet({part}, hive_partitioning = false)"  # noqa: S608  # of ours
            yield from _written(composer, source, stripe, words, finish)
            shutil.rmtree(f"{folder}/stripe={place}", ignore_errors=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _written(
    composer: Composer, source: str, stripe: Sequence[Piece], words: dict[str, str], finish: Finish
) -> Iterator[LinesFile]:
    narrowed = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in words.items())
    replaced = f" REPLACE ({narrowed})" if narrowed else ""
    make = (
        f"CREATE OR REPLACE TEMP TABLE {NARROW} AS SELECT *{replaced},"  # noqa: S608  # of ours
        f" CAST({_case([piece.condition for piece in stripe])} AS SMALLINT) AS piece FROM ({source})"
    )
    composer.run(lambda: composer.connection.execute(make))
    for place in range(len(stripe)):
        some = f"SELECT * EXCLUDE (piece) FROM {NARROW} WHERE piece = {place}"  # noqa: S608  # of ours
        yield composer.run(
            partial(write_file, composer.lake, composer.connection, some, month=composer.month, finish=finish)
        )
    composer.connection.execute(f"DROP TABLE {NARROW}")


def _words(connection: duckdb.DuckDBPyConnection, texts: str) -> dict[str, str]:
    """The texts that have few values, and the type that numbers them."""
    described = connection.execute(f"SELECT * FROM ({texts}) LIMIT 0").description  # noqa: S608  # of ours
    found = {}
    for name in (str(column[0]) for column in described or ()):
        if name not in schema.BY_NAME or schema.BY_NAME[name].type != schema.TEXT:
            continue
        values = connection.execute(
            f"SELECT DISTINCT {name} FROM ({texts}) WHERE {name} IS NOT NULL LIMIT {WORDS_MAX + 1}"  # noqa: S608  # of ours
        ).fetchall()
        if len(values) <= WORDS_MAX:
            found[name] = f"ENUM({', '.join(quoted(value) for (value,) in sorted(values)) or quoted('')})"
    return found


def _pieces(composer: Composer, lines: str, counts: Sequence[tuple[Key, int]]) -> Iterator[Piece]:
    rest = iter(counts)
    for cut in cuts(counts, lines=LINES_A_FILE):
        held = 0
        for key, count in rest:
            held += count
            if key == cut.high:
                break
        if held <= ONE_FILE_MAX:
            yield Piece(within(cut), held)
            continue
        source = f"SELECT bill_day FROM ({lines}) WHERE {within(cut)}"  # noqa: S608  # of ours
        for first, until, count in _days(composer, source):
            yield Piece(f"{within(cut)} AND bill_day >= DATE '{first}' AND bill_day < DATE '{until}'", count)


def _days(composer: Composer, source: str) -> Iterator[tuple[date, date, int]]:
    """Stretches of days, the second of each not included, that hold about a file's lines each."""
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
            yield first, day + timedelta(days=1), held
            first, held = None, 0


def _stripes(pieces: Iterator[Piece]) -> Iterator[list[Piece]]:
    """Neighbouring pieces of about so many lines together."""
    stripe: list[Piece] = []
    for piece in pieces:
        if stripe and sum(one.lines for one in stripe) + piece.lines > STRIPE:
            yield stripe
            stripe = []
        stripe.append(piece)
    if stripe:
        yield stripe


def _any(stripe: Sequence[Piece]) -> str:
    return "(" + " OR ".join(f"({piece.condition})" for piece in stripe) + ")"


def _case(conditions: Sequence[str]) -> str:
    """SQL: the place of the first condition that holds."""
    whens = " ".join(f"WHEN {condition} THEN {place}" for place, condition in enumerate(conditions))
    return f"CASE {whens} END"
