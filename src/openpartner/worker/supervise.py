"""Keeping one worker alive beside the web server.

The worker is a process of its own: a job that eats memory or crashes takes no request with it. It is told who
its parent is and ends when that is gone, even if the parent was killed without a word.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

log = logging.getLogger("openpartner.worker")

BACKOFF_SECONDS_MIN = 1.0
BACKOFF_SECONDS_MAX = 30.0
STEADY_AFTER_SECONDS = 60.0
"""A worker that lived this long has started well: the next restart is quick again."""
STOP_SECONDS_MAX = 40.0
"""Longer than the grace a worker gives its step in hand."""
LAUNCH = "import sys; from openpartner.project.cli import main; sys.argv[0] = 'openpartner'; main()"


def worker_command() -> list[str]:
    """The command line of a worker that ends with the current process."""
    return [sys.executable, "-c", LAUNCH, "worker", "--parent", str(os.getpid())]


class Supervisor:
    """Starts a worker and starts it again whenever it ends, until told to stop.

    `serve` starts it before the web server and stops it in a `finally`; it needs no Django.
    """

    def __init__(self, command: Sequence[str] | None = None) -> None:
        self._command = list(command) if command is not None else worker_command()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The worker's process number while one lives."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def start(self) -> None:
        """Start the worker and return at once."""
        assert self._thread is None
        self._thread = threading.Thread(target=self._keep_alive, name="supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the worker and wait for it: gently first, with force when it does not listen."""
        self._stopping.set()
        with self._lock:
            child = self._child
        if child is not None:
            child.terminate()
            try:
                child.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                log.warning("the worker does not end; killing it")
                child.kill()
                child.wait()
        if self._thread is not None:
            self._thread.join()

    def _keep_alive(self) -> None:
        pause = BACKOFF_SECONDS_MIN / 2
        while True:
            started = time.monotonic()
            with self._lock:
                if self._stopping.is_set():
                    return
                try:
                    self._child = child = subprocess.Popen(self._command)
                except OSError:
                    self._child = child = None
                    log.exception("no worker can be started")
            code = child.wait() if child is not None else None
            if self._stopping.is_set():
                return
            steady = time.monotonic() - started >= STEADY_AFTER_SECONDS
            pause = BACKOFF_SECONDS_MIN if steady else min(pause * 2, BACKOFF_SECONDS_MAX)
            # It ends with 0 when it was told to, by a signal to the whole group for instance.
            level = logging.INFO if code == 0 else logging.WARNING
            log.log(level, "the worker ended with %s; starting another in %.0f s", code, pause)
            self._stopping.wait(pause)
