"""Reading one state of the database for as long as it takes, while the same thread goes on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from openpartner.core.base import compiled


class Apart:
    """A second connection whose reads all see the state of the first; a context manager.

        with Apart() as apart:
            with apart.reading():
                rows = ...                # of one moment
            checkpoint(...)               # written at once, by the thread's usual connection

    Within a transaction it is that transaction: another connection would not see what is not committed.
    """

    def __init__(self) -> None:
        self._usual = connections[DEFAULT_DB_ALIAS]
        self._reader: BaseDatabaseWrapper | None = None

    def __enter__(self) -> Self:
        if self._usual.in_atomic_block:
            return self
        self._reader = self._usual.copy()
        with self._reader.cursor() as cursor:
            if self._reader.vendor == compiled.SQLITE:
                # A file of many rows touches every page once: mapped ones would count as memory of this process.
                cursor.execute("PRAGMA mmap_size=0")
                cursor.execute("BEGIN DEFERRED")
            else:
                cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self._reader.in_atomic_block = True  # so that nobody begins a snapshot within it
        return self

    def __exit__(self, *_error: object) -> None:
        if self._reader is not None:
            self._reader.close()  # with its transaction, which has written nothing
            self._reader = None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let the ORM and compiled queries of this thread use the second connection."""
        if self._reader is None:
            yield
            return
        before = connections[DEFAULT_DB_ALIAS]
        self._use(self._reader)
        try:
            yield
        finally:
            self._use(before)

    @staticmethod
    def _use(connection: BaseDatabaseWrapper) -> None:
        connections[DEFAULT_DB_ALIAS] = connection
        compiled.use_connection(connection)
