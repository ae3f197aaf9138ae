"""Rows that are computed, not read from a table: as many as a page can sort, and what files are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

from openpartner.core.base.scope import Scope
from openpartner.core.billing.lake import working_lake
from openpartner.kit.rows import marked
from openpartner.kit.slices import Page, Slice
from openpartner.lake.store import quoted
from openpartner.listings.declare import Cell, Column, Row, Source, Where
from openpartner.listings.records import cell_of, layout_of

Values = dict[str, Any]
Compute = Callable[[Scope, Where], list[Values]]
Fill = Callable[[Scope, list[Values]], None]
TYPES = {Cell.AMOUNT: "DECIMAL(38,8)", Cell.NUMBER: "BIGINT", Cell.INSTANT: "TIMESTAMP"}
PARQUET = "FORMAT parquet, COMPRESSION zstd"


@dataclass(frozen=True, slots=True)
class Computed(Generic[Where]):
    """Makes sources of computed rows: `Listing(source=Computed(compute, fill).source, texts=Computed(...))`.

    `compute` gives all rows, each by the names of its values; `fill` adds to the rows of one page what takes looking up
    and what nothing is sorted by. Orders are names of values; a leading minus is descending.
    """

    compute: Compute[Where]
    fill: Fill = lambda _scope, _rows: None

    def rows(self, names: tuple[Any, ...]) -> Source[Where]:
        """The source of these values."""
        return _Rows(self, tuple(map(str, names)))

    def source(self, columns: Sequence[Column], behind: Sequence[str], *, unmasked: bool) -> Source[Where]:
        """The rows as marked text."""
        return _Texts(self, tuple(columns), tuple(behind), unmasked)

    def write(
        self,
        scope: Scope,
        where: Where,
        columns: Sequence[Column],
        *,
        order: str,
        unmasked: bool,
        file_format: str,
        target: Path,
    ) -> Iterator[int]:
        """A Parquet file with one column for each of the list; amounts are decimals."""
        assert file_format == "parquet"
        rows = self.ordered(scope, where, order)
        self.fill(scope, rows)
        shown = [
            tuple(cell_of(column, row.get(str(column.value)), unmasked=unmasked) for column in columns) for row in rows
        ]
        types = [TYPES.get(column.shows, "VARCHAR") for column in columns]
        fields = ", ".join(f'"{column.key}" {kind}' for column, kind in zip(columns, types, strict=True))
        with closing(working_lake().connect()) as connection:
            connection.execute(f"CREATE TABLE shown ({fields})")
            if shown:
                marks = ", ".join("?" for _ in columns)
                given = [[None if value == "" else value for value in row] for row in shown]
                connection.executemany(f"INSERT INTO shown VALUES ({marks})", given)  # noqa: S608  # marks
            connection.execute(f"COPY shown TO {quoted(target)} ({PARQUET})")
        yield len(rows)

    def ordered(self, scope: Scope, where: Where, order: str) -> list[Values]:
        """All rows in an order; those without a value last."""
        rows = self.compute(scope, where)
        key = order.removeprefix("-")
        if not key:
            return rows
        some = [row for row in rows if row.get(key) is not None]
        some.sort(key=lambda row: row[key], reverse=order.startswith("-"))
        return some + [row for row in rows if row.get(key) is None]


@dataclass(frozen=True, slots=True)
class _Rows(Generic[Where]):
    of: Computed[Where]
    names: tuple[str, ...]

    def page(self, scope: Scope, where: Where, window: Slice, *, order: str, exact: bool) -> Page[Row]:
        """One slice and the exact total."""
        rows = self.of.ordered(scope, where, order)
        shown = rows[window.offset : window.offset + window.limit]
        self.of.fill(scope, shown)
        return Page([tuple(row.get(name) for name in self.names) for row in shown], len(rows))

    def stream(self, scope: Scope, where: Where, *, order: str, after: Row | None, batch: int) -> Iterator[list[Row]]:
        """Batches of rows, each row followed by its number."""
        rows = self.of.ordered(scope, where, order)
        for start in range(after[-1] if after else 0, len(rows), batch):
            some = rows[start : start + batch]
            self.of.fill(scope, some)
            yield [
                (*(row.get(name) for name in self.names), number) for number, row in enumerate(some, start=start + 1)
            ]


@dataclass(frozen=True, slots=True)
class _Texts(Generic[Where]):
    of: Computed[Where]
    columns: tuple[Column, ...]
    behind: tuple[str, ...]
    unmasked: bool

    def page(self, scope: Scope, where: Where, window: Slice, *, order: str, exact: bool) -> Page[Row]:
        """Not marked: for its total alone."""
        return _Rows(self.of, ()).page(scope, where, window, order=order, exact=exact)

    def stream(self, scope: Scope, where: Where, *, order: str, after: Row | None, batch: int) -> Iterator[list[Row]]:
        """Never asked: `texts` says it all."""
        raise NotImplementedError

    def texts(
        self, scope: Scope, where: Where, *, order: str, after: Row | None, batch: int
    ) -> Iterator[tuple[bytes, int, Row]]:
        """Marked text of batches."""
        layout = layout_of(self.columns, len(self.behind))
        names = tuple(str(column.value) for column in self.columns)
        for rows in _Rows(self.of, names).stream(scope, where, order=order, after=after, batch=batch):
            cells = [
                [
                    *(
                        cell_of(column, value, unmasked=self.unmasked)
                        for column, value in zip(self.columns, row, strict=False)
                    ),
                    *self.behind,
                ]
                for row in rows
            ]
            yield marked(layout, cells), len(rows), (rows[-1][-1],)
