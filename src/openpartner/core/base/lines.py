"""Rows joined to marked text by the database, for files of many rows (`kit/rows.py`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, F, Func, TextField
from django.db.models.sql.compiler import SQLCompiler

from openpartner.kit.rows import MARKERS, Kind, Layout

CELLS_MAX = 50
"""PostgreSQL's functions take a hundred arguments; a cell and the marker behind it are two."""


class Line(Func):
    """One row of a file: its cells, each with the marker behind it.

    A value that holds a marker would fall into two cells. Counting the markers finds that out (`Layout.is_whole`), and
    then `is_scrubbed`, which takes them out of every value and costs as much again as everything else.
    """

    output_field = TextField()

    def __init__(self, layout: Layout, cells: Sequence[str | Expression], *, is_scrubbed: bool = False) -> None:
        assert len(cells) == len(layout.kinds) <= CELLS_MAX
        self._ends = layout.ends
        values = [F(cell) if isinstance(cell, str) else cell for cell in cells]
        if is_scrubbed:
            values = [
                _Scrubbed(value) if kind is Kind.TEXT else value
                for value, kind in zip(values, layout.kinds, strict=True)
            ]
        super().__init__(*values)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """printf, because it is one call for all cells and takes NULL for the empty text."""
        cells, params = self._compiled(compiler)
        # %%: Django and the compiled queries take a single one for a place.
        form = "".join(f"%%s{end}" for end in self._ends)
        return f"printf('{form}', {', '.join(cells)})", params

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """||, because concat turns each of its arguments into a C string first."""
        cells, params = self._compiled(compiler)
        joined = " || ".join(
            f"coalesce(CAST({cell} AS text), '') || '{end}'" for cell, end in zip(cells, self._ends, strict=True)
        )
        return f"({joined})", params

    def _compiled(self, compiler: SQLCompiler) -> tuple[list[str], list[Any]]:
        parts = [compiler.compile(source) for source in self.get_source_expressions()]
        return [sql for sql, _ in parts], [param for _, params in parts for param in params]


class Tags(Func):
    """Tags joined by commas as people read them: a space behind each comma, and a word for those that have one."""

    output_field = TextField()

    def __init__(self, tags: str | Expression, words: Mapping[str, str]) -> None:
        super().__init__(tags)
        self._words = dict(words)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """SQLite's trim takes what is to go."""
        return self._spelled(compiler, "trim")

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """PostgreSQL's is called btrim."""
        return self._spelled(compiler, "btrim")

    def _spelled(self, compiler: SQLCompiler, trim: str) -> tuple[str, list[Any]]:
        (source,) = self.get_source_expressions()
        sql, params = compiler.compile(source)
        if not self._words:
            return f"CASE WHEN {sql} > '' THEN replace({sql}, ',', ', ') ELSE '' END", [*params, *params]
        # Each tag stands between commas of its own while the words are put in: `,a,,b,`.
        sql, values = f"',' || replace({sql}, ',', ',,') || ','", list(params)
        for tag, word in self._words.items():
            sql = f"replace({sql}, %s, %s)"
            values += [f",{tag},", f",{word},"]
        return f"{trim}(replace({sql}, ',,', ', '), ',')", values


class _Scrubbed(Func):
    """A text without markers."""

    output_field = TextField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        (source,) = self.get_source_expressions()
        sql, params = compiler.compile(source)
        for marker in MARKERS:
            sql = f"replace({sql}, '{marker}', '')"
        return sql, list(params)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        (source,) = self.get_source_expressions()
        sql, params = compiler.compile(source)
        return f"translate(CAST({sql} AS text), '{MARKERS}', '')", list(params)
