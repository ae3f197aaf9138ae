"""Querysets compiled to SQL once: building and compiling is three quarters of a hot read's cost.

A builder gets sentinels in place of values and returns a sliced `values_list` queryset. The text is kept per
database vendor; a call binds real values and returns plain tuples. Converters are bypassed: on SQLite booleans
come as 0 and 1 and instants as text, so builders format what the wire wants in SQL (`core/base/sqltext.py`).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

Rows = list[tuple[Any, ...]]
MARK_NUMBER = -30_011  # fits a smallint: Django answers a wider one by itself, without SQL
MARK_TIME = datetime(1, 1, 1, tzinfo=UTC)
SQLITE = "sqlite"
GATHERED = "gathered"
"""What the builder of a query that gathers calls its column."""
_PLACES = re.compile("%[s%]")
_FROM = re.compile(r'FROM "\w+"(?! [UVWXYZ]\d)')
"""Of the query itself: the tables of its subqueries have names of their own."""


def marks_for(types: Sequence[type]) -> list[Any]:
    """A distinct impossible value of each type: what a builder gets in place of the values of a call."""
    marks: list[Any] = []
    for index, kind in enumerate(types):
        if issubclass(kind, int):
            marks.append(MARK_NUMBER - index)
        elif issubclass(kind, datetime):
            marks.append(MARK_TIME + timedelta(days=index))
        else:
            assert issubclass(kind, str)
            marks.append(f"\x01mark{index}")
    return marks


def with_marks(marks: Sequence[Any], *types: type) -> list[Any]:
    """Marks and, behind them, distinct ones of further types."""
    every = marks_for([*(type(mark) for mark in marks), *types])
    return [*marks, *every[len(marks) :]]


@dataclass(frozen=True, slots=True)
class _Text:
    """What one database runs: its SQL, which value of a call stands at each place, and the values that never change."""

    sql: str
    order: tuple[int | None, ...]
    fixed: tuple[Any, ...]


class Compiled:
    """The SQL of one queryset. `build` takes the sentinels, in the order in which calls give values."""

    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Any]],
        *marks: Any,
        limit: bool = False,
        empty: Rows | None = None,
        by_key_alone: bool = False,
        plan_anew: bool = False,
        index: str = "",
        gathers: bool = False,
    ) -> None:
        self._build = build
        self._marks = marks
        self._empty = empty  # what an answer without rows stands for, such as a count of 0
        self._limit = limit  # adds LIMIT ? OFFSET ? bound by the call: Django would inline them
        # For a query that names its rows: SQLite, which guesses without statistics, may use the primary key alone.
        self._by_key_alone = by_key_alone
        # The same for a list that is to be walked along an index: SQLite alone is told, PostgreSQL has statistics.
        self._index = index
        # The rows' one column, a text, joined in their order as UTF-8, and how many rows there were: one row, for files
        # of many.
        self._gathers = gathers
        # PostgreSQL keeps the plan of a compiled query, except of one whose best plan depends on its values.
        self._plan_anew = plan_anew
        self._adapts = any(type(mark) is datetime for mark in marks)
        self._text: dict[str, _Text] = {}

    def __call__(self, *values: Any) -> Rows:
        """The rows for these values; with `limit`, the last two are limit and offset."""
        connection = this_connection()
        text = self._compiled(connection)
        bound = self._bound(connection, text, values)
        sql = text.sql
        if connection.vendor == SQLITE:
            if self._limit:
                sql += " LIMIT ? OFFSET ?"
                bound += values[-2:]
            if self._gathers:
                sql = f"SELECT CAST(group_concat({GATHERED}, '') AS BLOB), count(*) FROM ({sql})"  # noqa: S608  # compiled
            return execute(sql, bound) or self._empty or []
        if self._limit:
            # A plan that is kept must know the limit: for an unknown one PostgreSQL sorts a tenth of the table.
            sql += f" LIMIT {values[-2]:d}"
            if values[-1]:
                sql += " OFFSET %s"
                bound.append(values[-1])
        if self._gathers:
            sql = f"SELECT string_agg({GATHERED}, ''), count(*) FROM ({sql}) AS ordered"  # noqa: S608  # compiled
            return _execute_undecoded(sql, bound)
        return (execute if self._plan_anew else _execute_prepared)(sql, bound) or self._empty or []

    def _compiled(self, connection: BaseDatabaseWrapper) -> _Text:
        text = self._text.get(connection.vendor)
        if text is None:
            text = self._text[connection.vendor] = self._compile(connection)
        return text

    def _bound(self, connection: BaseDatabaseWrapper, text: _Text, values: Sequence[Any]) -> list[Any]:
        fixed = text.fixed
        bound = [fixed[i] if place is None else values[place] for i, place in enumerate(text.order)]
        return [_adapted(connection, value) for value in bound] if self._adapts else bound

    def estimate(self, *values: Any) -> int:
        """How many rows PostgreSQL's statistics promise for these values, whatever the limit."""
        connection = this_connection()
        text = self._compiled(connection)
        (plan,) = execute("EXPLAIN (FORMAT JSON) " + text.sql, self._bound(connection, text, values))[0]
        return int(plan[0]["Plan"]["Plan Rows"])

    def _compile(self, connection: BaseDatabaseWrapper) -> _Text:
        sql, params = self._build(*self._marks).query.sql_with_params()
        order: list[int | None] = []
        for param in params:
            # Django reorders filters, so each parameter is found by its mark; equality, not identity.
            places = [i for i, mark in enumerate(self._marks) if _adapted(connection, mark) == param]
            order.append(places[0] if places else None)
        used = {place for place in order if place is not None}
        assert used == set(range(len(self._marks))), f"a mark was lost in {sql}"
        is_sqlite = connection.vendor == SQLITE
        if is_sqlite and self._by_key_alone:
            sql = _FROM.sub(lambda found: f"{found[0]} NOT INDEXED", sql, count=1)
        if is_sqlite and self._index:
            sql = _FROM.sub(lambda found: f'{found[0]} INDEXED BY "{self._index}"', sql, count=1)
        # Numbers that never change stand in the text: only then is the condition of a partial index known to hold,
        # and rows that are skipped need not be read.
        constant = [
            place is None and isinstance(param, int) and not isinstance(param, bool)
            for place, param in zip(order, params, strict=True)
        ]
        bound_by = "?" if is_sqlite else "%s"
        spelled = iter([f"{param:d}" if fixed else bound_by for fixed, param in zip(constant, params, strict=True)])
        percent = "%" if is_sqlite else "%%"
        sql = _PLACES.sub(lambda found: next(spelled) if found[0] == "%s" else percent, sql)
        bound = [index for index, fixed in enumerate(constant) if not fixed]
        return _Text(sql, tuple(order[index] for index in bound), tuple(params[index] for index in bound))


def _adapted(connection: BaseDatabaseWrapper, value: Any) -> Any:
    """A value as the database's own columns hold it: SQLite keeps instants as text."""
    return connection.ops.adapt_datetimefield_value(value) if type(value) is datetime else value


_threads = threading.local()


def this_connection() -> BaseDatabaseWrapper:
    """The connection of this thread. Django's proxy looks it up at each attribute, which adds up on a hot path."""
    found = getattr(_threads, "connection", None)
    if found is None:
        found = _threads.connection = connections[DEFAULT_DB_ALIAS]
    return cast(BaseDatabaseWrapper, found)


def use_connection(connection: BaseDatabaseWrapper) -> None:
    """Run this thread's compiled queries on another connection from now on."""
    _threads.connection = connection


def execute(sql: str, values: Sequence[Any]) -> Rows:
    """Run compiled SQL on the request's connection and return its tuples.

    On SQLite the driver is called directly: Django's wrapper would rewrite the text on every call.
    """
    connection = this_connection()
    if connection.vendor == SQLITE:
        if connection.connection is None:
            connection.ensure_connection()
        rows: Rows = connection.connection.execute(sql, values).fetchall()
        return rows
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: Rows = cursor.fetchall()
        return found


class _Undecoded:
    """A psycopg loader that leaves a text as the bytes it came in; Django's connections are in UTF-8."""

    format = 0  # psycopg.pq.Format.TEXT

    def __init__(self, oid: int, context: object = None) -> None: ...

    def load(self, data: bytes | bytearray | memoryview) -> bytes:
        return bytes(data)


def _execute_undecoded(sql: str, values: Sequence[Any]) -> Rows:
    """Run SQL on PostgreSQL and return its texts as bytes, which is what goes into a file: nothing need be decoded."""
    with this_connection().cursor() as cursor:
        cursor.adapters.register_loader("text", _Undecoded)
        cursor.execute(sql, values)
        found: Rows = cursor.fetchall()
        return found


def _execute_prepared(sql: str, values: Sequence[Any]) -> Rows:
    """Run SQL on PostgreSQL as a prepared statement: planning costs as much as a page of a list."""
    from psycopg import Cursor  # noqa: PLC0415  # only where PostgreSQL is used

    connection = this_connection()
    if connection.connection is None:
        connection.ensure_connection()
    # Django's own cursors bind values into the text, which can be neither prepared nor planned once.
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(sql, values, prepare=True)
        return cursor.fetchall()


def prepared(sql: str, values: Sequence[Any]) -> Rows:
    """Run SQL with `%s` for each value, planned once for each connection, and return its tuples.

    For statements that are written by hand because they run thousands of times a second. Instants are given as such,
    and come back as SQLite keeps them.
    """
    connection = this_connection()
    if connection.vendor != SQLITE:
        return _execute_prepared(sql, values)
    with connection.wrap_database_errors:
        return execute(sql.replace("%s", "?"), [_adapted(connection, value) for value in values])


@contextmanager
def snapshot() -> Iterator[None]:
    """Let several reads see one state of the database. Costs microseconds and locks nobody out.

    Inside a transaction it changes nothing. It is not `atomic()`: that would queue behind every writer of SQLite.
    """
    connection = this_connection()
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == SQLITE:
        begin, end = "BEGIN DEFERRED", "ROLLBACK"
    else:
        begin, end = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "ROLLBACK"
    _command(connection, begin)
    try:
        yield
    finally:
        _command(connection, end)


def _command(connection: BaseDatabaseWrapper, sql: str) -> None:
    if connection.vendor == SQLITE:
        connection.ensure_connection()
        connection.connection.execute(sql)
    else:
        with connection.cursor() as cursor:
            cursor.execute(sql)
