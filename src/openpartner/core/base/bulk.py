"""Large loads: what is cheaper to rebuild once than to keep up row by row is put aside and brought back.

A capability registers what it can put aside (`register`), such as a full-text index with its triggers; a load of
many rows runs inside `deferring`. Plain indexes and foreign keys of the loaded tables are put aside here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db import connection, transaction


@dataclass(frozen=True, slots=True)
class Aside:
    """One thing that can be put aside: `before` takes it away, `after` builds it anew from the tables.

    `verify` compares it with the tables and returns a sentence for each difference, for `openpartner verify`.
    """

    name: str
    before: Callable[[], None]
    after: Callable[[], None]
    verify: Callable[[], list[str]]


ASIDES: dict[str, Aside] = {}


def register(aside: Aside) -> None:
    """Add something that large loads put aside. Called once, when an app is ready."""
    assert aside.name not in ASIDES, aside.name
    ASIDES[aside.name] = aside


@contextlib.contextmanager
def deferring(tables: Sequence[str], note: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """A transaction in which the indexes and references of these tables are built once, at its end.

    For a load that makes most of the rows: everything is built anew, whatever stood there before. Nobody else sees
    the tables without them, because it is one transaction; on PostgreSQL the tables are locked until it ends.
    `note` is told what is being done.
    """
    with transaction.atomic():
        for aside in ASIDES.values():
            aside.before()
        _settle()
        rebuild = _drop(tables)
        yield
        _settle()
        for what, sql in rebuild:
            note(what)
            _run(sql)
        for aside in ASIDES.values():
            note(aside.name)
            aside.after()
        if connection.vendor == "postgresql":
            for table in tables:
                _run(f"ANALYZE {_quoted(table)}")
        else:
            _run("ANALYZE")


def _settle() -> None:
    """Check what PostgreSQL has put off to the commit: it alters no table about which something is pending."""
    if connection.vendor == "postgresql":
        _run("SET CONSTRAINTS ALL IMMEDIATE")
        _run("SET CONSTRAINTS ALL DEFERRED")


def _drop(tables: Sequence[str]) -> list[tuple[str, str]]:
    """Drop what can be rebuilt and return how: a word for people and the statement."""
    if connection.vendor == "sqlite":
        return _drop_sqlite(tables)
    return _drop_postgres(tables)


def _drop_sqlite(tables: Sequence[str]) -> list[tuple[str, str]]:
    rebuild = []
    for table in tables:
        if _run(
            "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s AND sql LIKE %s",
            table,
            "%BEFORE INSERT%",
        ):
            continue  # the trigger looks for each row's likes: without an index it would read the whole table
        # An index without a statement belongs to a UNIQUE column and cannot be dropped.
        for name, sql in _run(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL", table
        ):
            _run(f"DROP INDEX {_quoted(str(name))}")
            rebuild.append((str(name), str(sql)))
    return rebuild


def _drop_postgres(tables: Sequence[str]) -> list[tuple[str, str]]:
    indexes, references = [], []
    for table in tables:
        for name, definition in _run(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid = %s::regclass",
            _quoted(table),
        ):
            _run(f"ALTER TABLE {_quoted(table)} DROP CONSTRAINT {_quoted(str(name))}")
            references.append(
                (str(name), f"ALTER TABLE {_quoted(table)} ADD CONSTRAINT {_quoted(str(name))} {definition}")
            )
        # Indexes behind constraints stay: they are what refuses a duplicate while the rows come in.
        for name, definition in _run(
            "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE i.indrelid = %s::regclass"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)",
            _quoted(table),
        ):
            _run(f"DROP INDEX {_quoted(str(name))}")
            indexes.append((str(name), str(definition)))
    return indexes + references


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _run(sql: str, *values: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        # Without values the text is passed as it is: a definition may hold a percent sign.
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []
