"""Something slow inside a job: in a thread of its own, while the job's lease is renewed beside it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import TypeVar

from openpartner.core.jobs.work import Work

Result = TypeVar("Result")
RENEWS_EVERY_SECONDS = 5.0


def while_renewing(work: Work, call: Callable[[], Result]) -> Result:
    """What a call returns that may take longer than a lease. It may ask the database nothing.

    When the job is lost, stopped or cancelled, the thread is left to itself: what it writes must be nobody's until the
    job takes it over, and it ends with the process at the latest.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001  # it is raised where the result is waited for
            future.set_exception(error)

    Thread(target=run, name=f"job-{work.id}", daemon=True).start()
    while not wait([future], timeout=RENEWS_EVERY_SECONDS).done:
        work.heartbeat()
    return future.result()
