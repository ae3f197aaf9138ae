"""Something slow inside a job: in a thread of its own, while the job's lease is renewed beside it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import TypeVar

from openpartner.core.jobs.work import Work

Result = TypeVar("Result")
RENEWS_EVERY_SECONDS = 5.0
INTERRUPTS_EVERY_SECONDS = 0.5


class Patience:
    """Calls what it is given, which may take longer than a lease, and returns what that returns.

    When the job is lost, stopped or cancelled meanwhile, the call is interrupted until it ends, if it can be. If it
    cannot, the thread is left to itself: what it writes must be nobody's until the job takes it over, and it ends with
    the process at the latest.
    """

    def __init__(self, work: Work, interrupt: Callable[[], None] | None = None) -> None:
        self._work, self._interrupt = work, interrupt

    def __call__(self, call: Callable[[], Result], /) -> Result:
        """Run it. It may ask the database nothing: the thread would open a connection of its own."""
        future: Future[Result] = Future()

        def run() -> None:
            try:
                future.set_result(call())
            except BaseException as error:  # noqa: BLE001  # it is raised where the result is waited for
                future.set_exception(error)

        Thread(target=run, name=f"job-{self._work.id}", daemon=True).start()
        try:
            while not wait([future], timeout=RENEWS_EVERY_SECONDS).done:
                self._work.heartbeat()
        except BaseException:
            self._stop(future)
            raise
        return future.result()

    def _stop(self, future: Future[Result]) -> None:
        while self._interrupt is not None and not future.done():
            self._interrupt()
            wait([future], timeout=INTERRUPTS_EVERY_SECONDS)
