"""What each database spells in its own way: instants as the wire wants them, and comparisons that an index answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, CharField, F, Func, IntegerField, Q, Value
from django.db.models.sql.compiler import SQLCompiler


class UtcSecond(Func):
    """Huawei's spelling of an instant: 2019-05-06T08:05:01Z."""

    function = ""
    output_field = CharField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """SQLite keeps UTC text, `2019-05-06 08:05:01`."""
        # Two substr and || cost a third of strftime.
        return self._rendered(compiler, connection, "substr({0}, 1, 10) || 'T' || substr({0}, 12, 8) || 'Z'")

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """PostgreSQL keeps timestamptz. The name of a zone would be looked up for each row, an interval is added."""
        return self._rendered(
            compiler, connection, "to_char({0} AT TIME ZONE INTERVAL '0', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        )

    def _rendered(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, template: str) -> tuple[str, list[Any]]:
        (source,) = self.get_source_expressions()
        sql, params = compiler.compile(source)
        return template.format(sql), [*params] * template.count("{0}")


class BeijingSecond(UtcSecond):
    """Tencent's spelling of an instant, UTC+8: 2019-05-06 16:05:01."""

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Shifted by eight hours."""
        return self._rendered(compiler, connection, "datetime({0}, '+8 hours')")

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """UTC+8 has no summer time, so the fixed zone is the zone."""
        return self._rendered(
            compiler, connection, "to_char({0} AT TIME ZONE 'UTC' + interval '8 hours', 'YYYY-MM-DD HH24:MI:SS')"
        )


class JsonText(Func):
    """One value of a JSON object that stands in a text column, as text; NULL when the text is empty or has no such key.

    A flag is spelled as the database spells it.
    """

    output_field = CharField()

    def __init__(self, column: str, key: str) -> None:
        assert key.isidentifier()
        super().__init__(F(column), key=key)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """JSON as SQLite reads it."""
        return super().as_sql(compiler, connection, template="json_extract(NULLIF(%(expressions)s, ''), '$.%(key)s')")

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """JSON as PostgreSQL reads it."""
        return super().as_sql(compiler, connection, template="(NULLIF(%(expressions)s, '')::json ->> '%(key)s')")


class Epoch(Func):
    """An instant as whole unix seconds, 0 when there is none."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Text in UTC."""
        return super().as_sql(
            compiler, connection, template="coalesce(CAST(strftime('%%%%s', %(expressions)s) AS integer), 0)"
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """A timestamptz."""
        return super().as_sql(
            compiler, connection, template="coalesce(CAST(extract(epoch FROM %(expressions)s) AS bigint), 0)"
        )


class Differs(Func):
    """Whether two columns differ; where one is empty, they do not."""

    output_field = BooleanField()
    arg_joiner = " <> "
    template = "(%(expressions)s)"


class KeyBehind(Func):
    """Whether the pair of two columns comes behind a pair of values: where the next rows of a list begin."""

    output_field = BooleanField()

    def __init__(self, *pairs: Any, is_descending: bool) -> None:
        super().__init__(*pairs)
        self._sign = "<" if is_descending else ">"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """A comparison of rows, which an index over both columns answers."""
        (a, _), (b, _), (c, first), (d, second) = (compiler.compile(one) for one in self.get_source_expressions())
        return f"(({a}, {b}) {self._sign} ({c}, {d}))", [*first, *second]

    as_postgresql = as_sqlite


class Spelled(Func):
    """A comparison of a column with a value; made by `comparison`."""

    output_field = BooleanField()
    sqlite = ""
    postgresql = ""

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """SQLite's spelling."""
        return self._put_into(self.sqlite, compiler)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """PostgreSQL's spelling."""
        return self._put_into(self.postgresql, compiler)

    def _put_into(self, template: str, compiler: SQLCompiler) -> tuple[str, list[Any]]:
        (column, _), (value, params) = (compiler.compile(source) for source in self.get_source_expressions())
        return template.format(column, v=value), list(params)


def comparison(column: str, sqlite: str, postgresql: str) -> Callable[[Any], Q]:
    """A comparison of a column with a value: `{0}` is the column, `{v}` the value; empty where it is never asked."""
    spelling = type("Spelling", (Spelled,), {"sqlite": sqlite, "postgresql": postgresql})
    return lambda value: Q(spelling(F(column), Value(value)))
