"""The request log: JSON lines in a rotated file, written off the request path, with no secret and no query."""

from __future__ import annotations

import atexit
import fcntl
import os
import threading
import time
from collections import deque
from pathlib import Path

import msgspec
from django.conf import settings

KEPT = 5
FLUSH_SECONDS = 0.5
BACKLOG_MAX = 100_000
"""Lines waiting; beyond it the oldest are dropped rather than slowing requests."""


class Line(msgspec.Struct, omit_defaults=True, gc=False):
    """One answered request."""

    at: float
    dialect: str
    operation: str
    account: int
    user: int
    key: int
    source: str
    status: int
    code: str
    micros: int
    request_id: str
    on_behalf_of: int = 0


class RequestLog:
    """Collects lines and writes them from a thread of its own."""

    def __init__(self, path: Path, bytes_max: int) -> None:
        self._path = path
        self._bytes_max = bytes_max
        self._waiting: deque[Line] = deque(maxlen=BACKLOG_MAX)
        self._encode = msgspec.json.Encoder().encode_lines
        path.parent.mkdir(parents=True, exist_ok=True)
        threading.Thread(target=self._run, name="request-log", daemon=True).start()
        atexit.register(self.flush)

    def add(self, line: Line) -> None:
        """Queue a line; never blocks."""
        self._waiting.append(line)

    def flush(self) -> None:
        """Write what waits."""
        lines = []
        while self._waiting:
            lines.append(self._waiting.popleft())
        if not lines:
            return
        with self._path.open("ab") as file:
            # Several web processes share the file: the lock covers the append and the rotation.
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(self._encode(lines))
            file.flush()
            size = os.fstat(file.fileno()).st_size
            if size > self._bytes_max and self._path.stat().st_ino == os.fstat(file.fileno()).st_ino:
                self._rotate()

    def _rotate(self) -> None:
        for number in range(KEPT - 1, 0, -1):
            older = self._path.with_suffix(f".{number}.jsonl")
            if older.exists():
                older.replace(self._path.with_suffix(f".{number + 1}.jsonl"))
        self._path.replace(self._path.with_suffix(".1.jsonl"))

    def _run(self) -> None:
        while True:
            time.sleep(FLUSH_SECONDS)
            self.flush()


def opened() -> RequestLog | None:
    """The log of this process, or None when it is switched off."""
    megabytes = settings.OPENPARTNER.request_log_megabytes
    if not megabytes:
        return None
    return RequestLog(settings.OPENPARTNER.data_path / "log" / "requests.jsonl", megabytes * 1_000_000)
