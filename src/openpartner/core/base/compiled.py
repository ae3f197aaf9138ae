"""Querysets compiled to SQL once: building and compiling is three quarters of a hot read's cost.

A builder gets sentinels in place of values and returns a sliced `values_list` queryset. The text is kept per
database vendor; a call binds real values and returns plain tuples. Converters are bypassed: on SQLite booleans
come as 0 and 1 and instants as text, so builders format what the wire wants in SQL (`core/base/sqltext.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

Rows = list[tuple[Any, ...]]
MARK_NUMBER = -30_011  # fits a smallint: Django answers a wider one by itself, without SQL
MARK_TIME = datetime(1, 1, 1, tzinfo=UTC)
_PLACES = re.compile("%[s%]")


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


class Compiled:
    """The SQL of one queryset. `build` takes the sentinels, in the order in which calls give values."""

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], *marks: Any, limit: bool = False, empty: Rows | None = None
    ) -> None:
        self._build = build
        self._marks = marks
        self._empty = empty  # what an answer without rows stands for, such as a count of 0
        self._limit = limit  # adds LIMIT ? OFFSET ? bound by the call: Django would inline them
        self._text: dict[str, tuple[str, list[int | None], list[Any]]] = {}

    def __call__(self, *values: Any) -> Rows:
        """The rows for these values; with `limit`, the last two are limit and offset."""
        vendor = connection.vendor
        compiled = self._text.get(vendor)
        if compiled is None:
            compiled = self._text[vendor] = self._compile(vendor)
        sql, order, fixed = compiled
        bound = [_adapted(values[place]) if place is not None else fixed[i] for i, place in enumerate(order)]
        if self._limit:
            bound += values[-2:]
        return execute(sql, bound) or self._empty or []

    def _compile(self, vendor: str) -> tuple[str, list[int | None], list[Any]]:
        sql, params = self._build(*self._marks).query.sql_with_params()
        if self._limit:
            sql += " LIMIT %s OFFSET %s"
        order: list[int | None] = []
        for param in params:
            # Django reorders filters, so each parameter is found by its mark; equality, not identity.
            places = [i for i, mark in enumerate(self._marks) if _adapted(mark) == param]
            order.append(places[0] if places else None)
        used = {place for place in order if place is not None}
        assert used == set(range(len(self._marks))), f"a mark was lost in {sql}"
        if vendor == "sqlite":
            sql = _PLACES.sub(lambda found: "?" if found[0] == "%s" else "%", sql)
        return sql, order, list(params)


def _adapted(value: Any) -> Any:
    """A value as the database's own columns hold it: SQLite keeps instants as text."""
    return connection.ops.adapt_datetimefield_value(value) if type(value) is datetime else value


def execute(sql: str, values: Sequence[Any]) -> Rows:
    """Run compiled SQL on the request's connection and return its tuples.

    On SQLite the driver is called directly: Django's wrapper would rewrite the text on every call.
    """
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        rows: Rows = connection.connection.execute(sql, values).fetchall()
        return rows
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: Rows = cursor.fetchall()
        return found
