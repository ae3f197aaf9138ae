"""The worker: one thread runs jobs, one keeps time, and the main thread listens.

They are apart so that a long step of a job does not hold up the sealing of the audit log, and a database that is
away does not hold up the end of the process.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable

from django.db import connection

from openpartner.core.audit.seal import Sealer
from openpartner.core.jobs import bell
from openpartner.core.jobs.claim import LEASE_SECONDS, anything_due, claim, process_token
from openpartner.core.jobs.registry import KINDS
from openpartner.core.jobs.run import run_claimed
from openpartner.core.jobs.schedule import Timetable
from openpartner.worker import upkeep
from openpartner.worker.callers import rebuild

log = logging.getLogger("openpartner.worker")

POLL_SECONDS = 1.0
"""How long a job waits at most when its bell was not heard, and the pace of the timers."""
PAUSE_SECONDS_MAX = 30.0
"""Longest pause between two attempts while the database is away."""
GRACE_SECONDS = 30.0
"""How long a stopping worker waits for the step in hand; then its lease does the rest."""

assert upkeep.PRUNE in KINDS, "the worker's own jobs are registered by its import"


class Worker:
    """Runs what is due, alone or beside other workers on the same database."""

    def __init__(self, *, lease_seconds: int = LEASE_SECONDS, parent: int | None = None) -> None:
        self._token = process_token()
        self._lease_seconds = lease_seconds
        self._parent = parent
        self._sealer = Sealer()
        self._timetable = Timetable()
        self._stopping = threading.Event()
        self._wake = threading.Event()

    def once(self) -> int:
        """Run timers and jobs until nothing is due; returns how many jobs were run."""
        count = 0
        self._keep_time()
        while self._run_job():
            count += 1
        self._sealer.run()
        return count

    def run(self) -> bool:
        """Work until SIGTERM or SIGINT, or until the parent is gone. Returns whether the end was clean.

        To be called in the main thread. The step in hand is finished and its job given back to the queue.
        """
        ears = contextlib.ExitStack()
        with ears:
            signals, wanted = _listen_to_signals(ears)
            ear = bell.listen()
            if ear is not None:
                ears.callback(ear.close)
            threads = [
                self._thread("jobs", self._run_job, self._wake),
                self._thread("timers", self._keep_time, self._stopping),
            ]
            log.info("worker %s started", self._token)
            self._listen(signals, ear, wanted, threads)
        clean = all(thread.is_alive() for thread in threads)
        self.stop()
        deadline = time.monotonic() + GRACE_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        clean = clean and not any(thread.is_alive() for thread in threads)
        log.info("worker %s stopped", self._token)
        return clean

    def stop(self) -> None:
        """Ask both threads to end."""
        self._stopping.set()
        self._wake.set()

    def _listen(
        self, signals: socket.socket, ear: socket.socket | None, wanted: list[int], threads: list[threading.Thread]
    ) -> None:
        """Pass on the bell until there is a reason to end. Never touches the database, so it is never held up."""
        while not wanted:
            readable, _, _ = select.select([signals, *([ear] if ear else [])], [], [], POLL_SECONDS)
            if ear is not None and ear in readable:
                bell.hush(ear)
                self._wake.set()
            if self._parent is not None and os.getppid() != self._parent:
                log.warning("the process that started this worker is gone")
                return
            if not all(thread.is_alive() for thread in threads):
                return

    def _thread(self, name: str, turn: Callable[[], bool], rest: threading.Event) -> threading.Thread:
        # A daemon: a step that outlasts the grace must not keep the process alive.
        thread = threading.Thread(target=self._loop, args=(turn, rest), name=name, daemon=True)
        thread.start()
        return thread

    def _loop(self, turn: Callable[[], bool], rest: threading.Event) -> None:
        """Take turns until stopped; one that did nothing is followed by a rest, one that failed by a longer one."""
        failures = 0
        try:
            while not self._stopping.is_set():
                try:
                    busy = turn()
                    failures = 0
                except Exception:
                    failures += 1
                    log.exception("the worker's %s failed", threading.current_thread().name)
                    connection.close()
                    self._stopping.wait(min(2.0 ** (failures - 1), PAUSE_SECONDS_MAX))
                    continue
                if not busy:
                    rest.wait(POLL_SECONDS)
                    self._wake_up(rest)
        finally:
            connection.close()

    def _wake_up(self, rest: threading.Event) -> None:
        if rest is self._wake:
            # Cleared before the queue is looked at, so that a ring meanwhile is not forgotten.
            rest.clear()

    def _run_job(self) -> bool:
        """Run one job if one is due; returns whether there was one."""
        kinds = list(KINDS)
        if not anything_due(kinds):
            return False
        claimed = claim(self._token, kinds, self._lease_seconds)
        if claimed is None:
            return False
        run_claimed(claimed, rebuild, self._stopping.is_set)
        return True

    def _keep_time(self) -> bool:
        """Seal what is new and start what recurs; never in a hurry to be called again."""
        self._sealer.run()
        self._timetable.run_due()
        return False


def _listen_to_signals(ears: contextlib.ExitStack) -> tuple[socket.socket, list[int]]:
    """A socket that becomes readable on SIGTERM or SIGINT, and the list they are noted in.

    The handler itself only notes: an event set in a handler can wait for ever for the lock the main thread holds.
    """
    ours, theirs = socket.socketpair()
    wanted: list[int] = []

    def note(number: int, _frame: object) -> None:
        wanted.append(number)
        with contextlib.suppress(OSError):
            theirs.send(b"!")

    theirs.setblocking(False)
    ears.callback(ours.close)
    ears.callback(theirs.close)
    for number in (signal.SIGTERM, signal.SIGINT):
        ears.callback(signal.signal, number, signal.signal(number, note))
    return ours, wanted
