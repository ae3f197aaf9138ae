"""Workers that are killed, stopped, frozen or orphaned: every step is applied exactly once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.installed import install

pytestmark = pytest.mark.slow  # real processes, and a lease of two seconds that must run out

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]
WITHIN_SECONDS = 30


@dataclass
class Installation:
    """A database and a data folder of their own, and the processes started on them."""

    environment: dict[str, str]
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        url = self.environment.get("OPENPARTNER_DATABASE_URL")
        if url:
            import psycopg

            with psycopg.connect(url) as connection:
                done = connection.execute(text.encode())
                return done.fetchall() if done.description else []
        file = sqlite3.connect(Path(self.environment["OPENPARTNER_DATA"]) / "openpartner.sqlite3", timeout=20)
        with file:
            rows = file.execute(text).fetchall()
        file.close()
        return rows

    def start(self, *words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker_process", *words],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def worker(self) -> subprocess.Popen[str]:
        process = self.start("run")
        hear(process, "started")
        return process

    def enqueue(self, *, jobs: int = 1, count: int, pause: float) -> list[int]:
        words = ["-m", "tests.faults.worker_process", "enqueue", str(jobs), str(count), str(pause)]
        done = subprocess.run(
            [sys.executable, *words], env=self.environment, cwd=ROOT, check=True, capture_output=True, text=True
        )
        return [int(line) for line in done.stdout.split()]

    def applied(self, job: int) -> list[int]:
        return [step for (step,) in self.sql(f"SELECT step FROM applied WHERE job = {job} ORDER BY step")]

    def state(self, job: int) -> str:
        return str(self.sql(f"SELECT state FROM job WHERE id = {job}")[0][0])

    def verify(self) -> subprocess.CompletedProcess[str]:
        words = [str(BIN / "openpartner"), "audit", "verify"]
        return subprocess.run(words, env=self.environment, capture_output=True, text=True, check=False)


def hear(process: subprocess.Popen[str], *words: object) -> str:
    """Read what the process says up to a line that begins with these words, and return that line."""
    begin = " ".join(map(str, words))
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(begin):
            return line.strip()
    raise AssertionError(f"the process ended without saying {begin!r}")


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    given, _told = install(tmp_path_factory.mktemp("faults") / "data", "faults")
    Installation(given).sql("CREATE TABLE applied (job bigint, step bigint)")
    return given


@pytest.fixture
def here(migrated: dict[str, str]) -> Iterator[Installation]:
    installation = Installation(migrated)
    yield installation
    for process in installation.processes:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_another_worker_goes_on_where_a_killed_one_was(here: Installation) -> None:
    (job,) = here.enqueue(count=10, pause=0.05)
    first = here.worker()
    hear(first, "writing", job, 5)
    first.kill()
    first.wait()
    assert here.applied(job) == [1, 2, 3, 4]

    second = here.worker()
    assert hear(second, "writing", job) == f"writing {job} 5"
    wait_until(lambda: here.state(job) == "done")
    assert here.applied(job) == list(range(1, 11))
    assert here.sql(f"SELECT attempt, done, total FROM job WHERE id = {job}") == [(2, 10, 10)]


def test_it_survives_being_killed_again_and_again(here: Installation) -> None:
    (job,) = here.enqueue(count=12, pause=0.02)
    for number in (2, 5, 9):
        worker = here.worker()
        hear(worker, "writing", job, number)
        worker.kill()
        worker.wait()
    here.worker()
    wait_until(lambda: here.state(job) == "done")
    assert here.applied(job) == list(range(1, 13))


def test_a_worker_that_was_frozen_past_its_lease_writes_nothing_more(here: Installation) -> None:
    (job,) = here.enqueue(count=6, pause=0.2)
    first = here.worker()
    hear(first, "written", job, 2)
    first.send_signal(signal.SIGSTOP)  # between two steps: a frozen step would hold SQLite's lock
    second = here.worker()
    hear(second, "written", job, 4)
    first.send_signal(signal.SIGCONT)
    wait_until(lambda: here.state(job) == "done")
    first.terminate()
    assert first.wait(WITHIN_SECONDS) == 0
    assert here.applied(job) == [1, 2, 3, 4, 5, 6]


def test_a_stopped_worker_finishes_its_step_and_gives_the_job_back(here: Installation) -> None:
    (job,) = here.enqueue(count=5, pause=0.1)
    first = here.worker()
    hear(first, "writing", job, 2)
    first.terminate()
    assert hear(first, "ended") == "ended clean"
    assert first.wait(WITHIN_SECONDS) == 0
    assert here.sql(f"SELECT state, cursor, attempt FROM job WHERE id = {job}") == [("queued", "2", 0)]
    here.worker()
    wait_until(lambda: here.state(job) == "done")
    assert here.applied(job) == [1, 2, 3, 4, 5]


def test_many_workers_run_each_job_once_and_keep_one_chain(here: Installation) -> None:
    jobs = here.enqueue(jobs=30, count=3, pause=0.0)
    for _ in range(4):
        here.worker()
    wait_until(lambda: here.sql("SELECT count(*) FROM job WHERE state = 'done'") == [(30,)])
    assert here.sql("SELECT DISTINCT attempt FROM job") == [(1,)]
    for job in jobs:
        assert here.applied(job) == [1, 2, 3]
    unlinked = "SELECT count(*) FROM audit_event WHERE id NOT IN (SELECT event FROM audit_link)"
    wait_until(lambda: here.sql(unlinked) == [(0,)])
    report = here.verify()
    assert report.returncode == 0, report.stdout
    assert "Every event is as it was written." in report.stdout


def test_a_dead_worker_is_replaced_and_an_orphan_ends(here: Installation) -> None:
    parent = here.start("parent")
    first = int(hear(parent, "worker").split()[1])
    os.kill(first, signal.SIGKILL)
    second = int(hear(parent, "worker").split()[1])
    assert second != first
    assert alive(second)
    time.sleep(2)  # it has started and looks after its parent
    parent.kill()
    parent.wait()
    wait_until(lambda: not alive(second))
