"""The live server's database, read from outside: what a request changed, whatever it answered."""

from __future__ import annotations

import atexit
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from typing import Any

import psycopg

from tests.support.server import Server

VOLATILE = {"last_used_at", "tries"}
"""Written at most every ten minutes by any signed request, and by every guess at a code, whatever becomes of it."""
COUNTS = {"throttle"}
"""Tables of tries alone, which stay counted when they fail."""


@cache
def _connected(url: str) -> psycopg.Connection[Any]:
    """One connection for as long as the tests run: a new one has first to learn every table again."""
    found = psycopg.connect(url, autocommit=True)
    atexit.register(found.close)
    return found


@contextmanager
def opened(server: Server) -> Iterator[Any]:
    """A cursor; reads only."""
    url = server.environment.get("OPENPARTNER_DATABASE_URL")
    if url:
        with _connected(url).cursor() as cursor:
            yield cursor
        return
    path = server.folder / "data" / "openpartner.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as sqlite:
        yield sqlite.cursor()


def tables(cursor: Any) -> list[str]:
    """The product's tables."""
    if isinstance(cursor, sqlite3.Cursor):
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
    else:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return sorted(name for (name,) in cursor.fetchall() if not name.startswith(("sqlite_", "django_migrations")))


Fingerprint = dict[str, tuple[int, str]]
_taken: dict[str, tuple[object, Fingerprint]] = {}
"""The last one of each database, and how far its log was then."""
_watching: dict[str, sqlite3.Connection] = {}
"""SQLite tells a connection that it has held since then whether another one has written."""


def fingerprint(server: Server) -> Fingerprint:
    """Rows and their hash, by table: equal before and after means that nothing was changed.

    Nothing is read again while the database itself says that nothing was written.
    """
    name = str(server.folder)
    before = _progress(server)
    if name not in _taken or _taken[name][0] != before:
        _taken[name] = before, _read(server)
    return _taken[name][1]


def _progress(server: Server) -> object:
    """What changes with every write, whatever else makes it change."""
    url = server.environment.get("OPENPARTNER_DATABASE_URL")
    if url:
        with opened(server) as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()")
            return cursor.fetchone()
    name = str(server.folder)
    if name not in _watching:
        path = server.folder / "data" / "openpartner.sqlite3"
        _watching[name] = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
    return _watching[name].execute("PRAGMA data_version").fetchone()


def _read(server: Server) -> Fingerprint:
    found = {}
    with opened(server) as cursor:
        names = [table for table in tables(cursor) if table not in COUNTS]
        if not isinstance(cursor, sqlite3.Cursor):
            # In the server and at once: a hundred answers take longer to carry over than to find.
            cursor.execute(" UNION ALL ".join(map(_hashed, names)))
            return {table: (rows, digest) for table, rows, digest in cursor.fetchall()}
        for table in names:
            cursor.execute(f'SELECT * FROM "{table}"')
            keep = [place for place, column in enumerate(cursor.description) if column[0] not in VOLATILE]
            rows = sorted(repr([row[place] for place in keep]) for row in cursor.fetchall())
            found[table] = (len(rows), hashlib.sha256("\n".join(rows).encode("utf-8", "replace")).hexdigest())
    return found


def _hashed(table: str) -> str:
    """How many rows a table of PostgreSQL has, and the sum of their hashes."""
    row = f"(to_jsonb(one) - '{{{','.join(sorted(VOLATILE))}}}'::text[])::text"
    return f"SELECT '{table}', count(*), coalesce(sum(hashtextextended({row}, 0)), 0)::text FROM \"{table}\" one"


def audited(server: Server, action: str) -> list[dict[str, Any]]:
    """The details of every audit event of an action."""
    with opened(server) as cursor:
        mark = "?" if isinstance(cursor, sqlite3.Cursor) else "%s"
        cursor.execute(f"SELECT details FROM audit_event WHERE action = {mark}", [action])
        return [json.loads(details) for (details,) in cursor.fetchall()]
