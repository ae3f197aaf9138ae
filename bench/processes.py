"""Servers on one core, and what they cost: CPU time of a process tree and memory, read from /proc."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.stores import BIN, ROOT, Store
from tools.cluster import free_port

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, CLIENT_CORE = CORES[0], CORES[-1]
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
STARTS_WITHIN_SECONDS = 30


@dataclass
class Running:
    """A server that answers."""

    process: subprocess.Popen[bytes]
    port: int

    def cpu_seconds(self) -> float:
        """User and system time of the server's processes so far."""
        return tree_cpu_seconds(self.process.pid)

    def memory_bytes(self) -> int:
        """Proportional set size of the server's processes: shared pages are counted once."""
        return sum(_proportional(pid) for pid in tree(self.process.pid))


@contextlib.contextmanager
def product(store: Store) -> Iterator[Running]:
    """The product's own `serve --web`, on the server's core."""
    with _server([str(BIN / "openpartner"), "serve", "--web"], store) as running:
        yield running


@contextlib.contextmanager
def floor(store: Store) -> Iterator[Running]:
    """The floor, behind the same server with the same settings."""
    with _server([sys.executable, "-m", "bench.floor"], store) as running:
        yield running


@contextlib.contextmanager
def _server(command: list[str], store: Store) -> Iterator[Running]:
    port = free_port()
    environment = {**store.environment, "OPENPARTNER_PORT": str(port)}
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,  # where it says it is starting
        start_new_session=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),  # noqa: PLW1509  # the parent has one thread
    )
    try:
        _wait(process, port)
        yield Running(process, port)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}")
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/v2/nothing-here")
            connection.getresponse().read()
            return
        time.sleep(0.02)
    raise SystemExit("the server does not answer")


def tree(root: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                children.setdefault(_stat(int(entry.name))[1], []).append(int(entry.name))
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        found.append(pid)
        queue += children.get(pid, [])
    return found


def tree_cpu_seconds(root: int) -> float:
    """User and system time of a process tree, of children that have ended too."""
    total = 0
    for pid in tree(root):
        with contextlib.suppress(OSError):
            total += sum(_stat(pid)[11:15])
    return total / TICKS


def _stat(pid: int) -> list[int]:
    """The fields of /proc/pid/stat behind the name, from the state on; the state as 0."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    return [0, *(int(field) for field in fields[1:])]


def _proportional(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
