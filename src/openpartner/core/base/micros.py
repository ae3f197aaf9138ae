"""Millionths in a column, spelled by the database as an amount."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func
from django.db.models.sql.compiler import SQLCompiler

Spelled = tuple[str, list[Any]]


class Units(Func):
    """An amount in units with six decimals, exactly, from millionths; a decimal on PostgreSQL, its text on SQLite."""

    output_field = CharField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object) -> Spelled:
        """By whole numbers: SQLite's real numbers have fifteen digits."""
        (source,) = self.get_source_expressions()
        sql, params = compiler.compile(source)
        spelled = (
            f"(CASE WHEN {sql} < 0 THEN '-' ELSE '' END || (abs({sql}) / 1000000) || '.'"
            f" || substr('000000' || (abs({sql}) - abs({sql}) / 1000000 * 1000000), -6))"
        )
        return spelled, [*params] * 4

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object) -> Spelled:
        """A numeric."""
        (source,) = self.get_source_expressions()
        sql, params = compiler.compile(source)
        return f"CAST(CAST({sql} AS numeric) / 1000000 AS numeric(26, 6))", list(params)
