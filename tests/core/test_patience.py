"""Something slow inside a job: the lease is renewed while it runs."""

from __future__ import annotations

import threading
from typing import Any, cast

import pytest

from openpartner.core.jobs import patience
from openpartner.core.jobs.claim import Cancelled
from openpartner.core.jobs.patience import Patience
from openpartner.core.jobs.work import Work


class Beating:
    """Stands for a job's work: counts its heartbeats, and is cancelled at the one that is named."""

    def __init__(self, cancelled_at: int = 0) -> None:
        self.id, self.beats, self._cancelled_at = 7, 0, cancelled_at
        self.reached = threading.Event()

    def heartbeat(self) -> None:
        self.beats += 1
        if self.beats == self._cancelled_at:
            raise Cancelled
        if self.beats >= 3:
            self.reached.set()


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "RENEWS_EVERY_SECONDS", 0.01)


def test_it_renews_until_there_is_a_result() -> None:
    work = Beating()
    assert Patience(cast(Any, work))(lambda: work.reached.wait(10)) is True
    assert work.beats >= 3


def test_an_error_is_raised_where_it_is_waited_for() -> None:
    with pytest.raises(ZeroDivisionError):
        Patience(cast(Work, Beating()))(lambda: 1 // 0)


def test_a_cancelled_job_waits_no_longer() -> None:
    work, end = Beating(cancelled_at=2), threading.Event()
    with pytest.raises(Cancelled):
        Patience(cast(Any, work))(lambda: end.wait(10))
    end.set()


def test_what_can_be_interrupted_has_ended_when_the_job_is_cancelled() -> None:
    interrupted, ended = threading.Event(), threading.Event()

    def call() -> None:
        interrupted.wait(10)
        ended.set()

    with pytest.raises(Cancelled):
        Patience(cast(Any, Beating(cancelled_at=2)), interrupted.set)(call)
    assert ended.is_set()
