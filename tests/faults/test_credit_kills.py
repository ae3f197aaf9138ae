"""`kill -9` of server and worker while credit is given: nothing acknowledged is lost, nothing is applied twice."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import statistics
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Self

import pytest

from tests.conftest import SEED
from tests.ledger import checker
from tests.proofs import database
from tests.proofs.record import count
from tests.proofs.wire import Answer, Raw, Tencent, Wire
from tests.support.server import BIN, Server

pytestmark = [pytest.mark.campaign, pytest.mark.slow]  # it starts a server once for each kill

ROUNDS = 200
WRITERS = 8
A_ROUND = 60
WORKER_EVERY = 4
"""In one round of four the worker alone is killed first, and another takes its place."""
RESTART_MAX = 2
"""How much more processor time a restart after a kill may take than the first start: what was killed leaves no debts.

How many seconds that is depends on the machine. They are told, and `make bench` holds a start against its target.
"""
CUSTOMERS = ("cora", "chen", "cyro")
ROWS = "SELECT remark, micros, total_after, available_after FROM credit_allocation WHERE remark LIKE 'round %'"


@pytest.fixture
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a worker, that may be killed."""
    with Server(Path(tmp_path_factory.mktemp("mortal")), worker=True) as running:
        running.run("credit", "grant", "--", running.world.dora.account_id, "1000000")
        yield running


@dataclass(frozen=True)
class Write:
    """One allocation as it was sent; `remark` tells it from all others."""

    remark: str
    micros: int
    raw: Raw


@dataclass
class Load:
    """Writers that each give credit again and again until the server is gone."""

    server: Server
    round: int
    limit: int
    acknowledged: list[tuple[Write, Answer]] = field(default_factory=list)
    unanswered: list[Write] = field(default_factory=list)
    refused: list[Answer] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.join()

    def wait_for(self, number: int) -> None:
        while len(self.acknowledged) < number and any(thread.is_alive() for thread in self._threads):
            time.sleep(0.002)

    def _write(self, writer: int) -> None:
        random = Random(SEED * 1_000_000 + self.round * 1_000 + writer)
        signer = Tencent(self.server, self.server.world.dora)
        wire = Wire(self.server)
        for number in range(self.limit):
            remark = f"round {self.round}, writer {writer}, write {number}"
            micros = random.randrange(1, 10_000_000)
            uin = self.server.world[random.choice(CUSTOMERS)].uin
            asked = {"ClientUin": uin, "AddedCredit": micros / 1_000_000, "Remark": remark}
            write = Write(remark, micros, signer.raw("AllocateCustomerCredit", asked))
            try:
                answer = wire.send_once(write.raw)
            except (OSError, http.client.HTTPException):
                with self._lock:
                    self.unanswered.append(write)
                return
            with self._lock:
                if answer.code:
                    self.refused.append(answer)
                else:
                    self.acknowledged.append((write, answer))


def rows(server: Server, sql: str) -> list[tuple[Any, ...]]:
    with database.opened(server) as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def processes_of(server: Server) -> dict[int, Path]:
    """The server's processes, all of one group."""
    assert server.process is not None
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if os.getpgid(int(entry.name)) == server.process.pid:
                    found[int(entry.name)] = entry
    return found


def worker_of(server: Server) -> int:
    """The process of the supervised worker."""
    for pid, entry in processes_of(server).items():
        if b"worker" in (entry / "cmdline").read_bytes().split(b"\0"):
            return pid
    raise AssertionError("there is no worker")


def cpu_seconds(server: Server) -> float:
    """What the first answer waited for: the server's start, and of the processes that it started the busiest one's.

    They start side by side. The worker, who answers nobody, is left out.
    """
    assert server.process is not None
    used = {}
    for pid, entry in processes_of(server).items():
        with contextlib.suppress(OSError):
            if b"worker" not in (entry / "cmdline").read_bytes().split(b"\0"):
                fields = (entry / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
                used[pid] = int(fields[11]) + int(fields[12])
    first = used.pop(server.process.pid)
    return (first + max(used.values(), default=0)) / os.sysconf("SC_CLK_TCK")


def applied(server: Server) -> dict[str, list[tuple[int, int, int]]]:
    """Amount, total and remainder of each allocation, by remark: a list, so that two would be seen."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    for remark, *amounts in rows(server, ROWS):
        found.setdefault(remark, []).append(tuple(amounts))
    return found


def told(answer: Answer) -> tuple[int, int]:
    """Total and remainder in millionths."""
    response = answer.json["Response"]
    return round(response["TotalCredit"] * 1_000_000), round(response["RemainingCredit"] * 1_000_000)


def check_acknowledged(server: Server, load: Load) -> None:
    seen = applied(server)
    for write, answer in load.acknowledged:
        assert seen.get(write.remark) == [(write.micros, *told(answer))], write.remark
    assert [one.remark for one in load.unanswered if len(seen.get(one.remark, [])) > 1] == []


def send_again(server: Server, load: Load) -> int:
    """Everything is sent again as it was: the answered get their answers, the others are done once. How many were."""
    before = applied(server)
    written = sum(one.remark in before for one in load.unanswered)
    wire = Wire(server)
    for write, answer in load.acknowledged[-20:]:
        assert wire.send(write.raw).body == answer.body
    for write in load.unanswered:
        first = wire.send(write.raw)
        assert first.code == "", first
        assert wire.send(write.raw).body == first.body
    wire.close()
    after = applied(server)
    sent = [write for write, _ in load.acknowledged] + load.unanswered
    assert [one.remark for one in sent if [row[0] for row in after.get(one.remark, [])] != [one.micros]] == []
    return written


def test_kill_9_loses_no_credit_and_gives_none_twice(mortal: Server, campaign: Callable[[int], int]) -> None:
    random = Random(SEED)
    kills = campaign(ROUNDS)
    tally: Counter[str] = Counter()
    starts, first_start = [], cpu_seconds(mortal)
    for number in range(kills):
        with Load(mortal, number, A_ROUND) as load:
            if number % WORKER_EVERY == WORKER_EVERY - 1:
                load.wait_for(random.randrange(1, A_ROUND))
                os.kill(worker_of(mortal), signal.SIGKILL)
                tally["worker_kills"] += 1
            load.wait_for(random.randrange(WRITERS, A_ROUND * WRITERS // 2))
            mortal.stop(signal.SIGKILL)
        assert load.refused == []
        began = time.monotonic()
        mortal.start()
        starts.append(time.monotonic() - began)
        assert cpu_seconds(mortal) <= RESTART_MAX * first_start
        check_acknowledged(mortal, load)
        tally["unanswered_but_written"] += send_again(mortal, load)
        assert checker.faults(lambda sql: rows(mortal, sql)) == []
        tally["acknowledged"] += len(load.acknowledged)
        tally["unanswered"] += len(load.unanswered)
    for words in (("ledger", "verify"), ("audit", "verify")):
        done = subprocess.run(
            [BIN / "openpartner", *words], env=mortal.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
    count(
        "kill -9 of server and worker while credit is given",
        seed=SEED,
        kills=kills,
        **tally,
        lost=0,
        twice=0,
        first_answer_seconds_median=round(statistics.median(starts), 2),
        first_answer_seconds_slowest=round(max(starts), 2),
    )
