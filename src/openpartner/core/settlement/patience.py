"""Running something slow in DuckDB while the job's lease is kept: in a thread, the lease renewed beside it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from openpartner.core.jobs.work import Work

if TYPE_CHECKING:
    import duckdb

Result = TypeVar("Result")
LOOKS_EVERY_SECONDS = 0.5
RENEWS_EVERY = 10
"""Looks between two renewals of the lease."""


class Patience:
    """Calls what it is given and returns what that returns; interrupts it when the job is stopped or cancelled."""

    def __init__(self, work: Work, connection: duckdb.DuckDBPyConnection) -> None:
        self._work, self._connection = work, connection
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lake")

    def __call__(self, call: Callable[[], Result], /) -> Result:
        """Run it; nothing of the database may be used inside: the thread would open a connection of its own."""
        future = self._pool.submit(call)
        looks = 0
        try:
            while not wait([future], timeout=LOOKS_EVERY_SECONDS).done:
                looks += 1
                if looks % RENEWS_EVERY == 0:
                    self._work.heartbeat()
        except BaseException:
            self._stop(future)
            raise
        return future.result()

    def _stop(self, future: Future[Result]) -> None:
        while not future.done():
            self._connection.interrupt()
            wait([future], timeout=LOOKS_EVERY_SECONDS)

    def close(self) -> None:
        """End the thread."""
        with suppress(RuntimeError):
            self._pool.shutdown(wait=True)
