"""64 clients on ten hot accounts: what each was told fits one order of events, and the rows agree with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count as counting
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.conftest import SEED
from tests.faults.bill_installation import Installed
from tests.faults.test_worker_killed import BIN, ROOT, Installation
from tests.ledger import checker
from tests.ledger.history import check
from tests.proofs import database
from tests.proofs.record import count
from tests.proofs.wire import Tencent, Wire
from tests.support.server import Server

pytestmark = [pytest.mark.campaign, pytest.mark.slow]  # real processes that stand in each other's way

OPERATIONS = 200_000
PROCESSES = 4
THREADS = 16
SIGNED_OPERATIONS = 20_000
UNIT = 1_000_000
ROWS = "SELECT cause_id, id FROM ledger_transfer WHERE cause = 'credit_allocation'"


def start(installed: Installed, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.credit_process", *map(str, words)],
        env=installed.environment | {"PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def hear(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "a process ended without an answer"
    return line


def prepared(installed: Installed) -> dict[str, Any]:
    with start(installed, "prepare", installed.people) as process:
        found: dict[str, Any] = json.loads(hear(process))
    return found


def run_clients(
    installed: Installed, accounts: dict[str, int], each: int, folder: Path
) -> tuple[list[dict[str, Any]], int]:
    """What all clients were told, and how often one waited for the database in vain."""
    files = [folder / f"history-{place}.jsonl" for place in range(PROCESSES)]
    facts, busy = json.dumps(accounts), 0
    running = [
        start(installed, "clients", installed.people, place, THREADS, each, SEED, facts, file)
        for place, file in enumerate(files)
    ]
    for process in running:
        assert hear(process) == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        busy += json.loads(hear(process))["busy"]
        assert process.wait() == 0
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.stdout.close()
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()], busy


def with_transfers(records: Sequence[dict[str, Any]], rows: dict[int, int]) -> list[dict[str, Any]]:
    """Allocations name their row; its transfer names it as its cause."""
    return [one if "row" not in one else one | {"transfer": rows[one["row"]]} for one in records]


def test_the_history_of_64_clients_is_linearizable(
    installed: Installed, tmp_path: Path, campaign: Callable[[int], int]
) -> None:
    begin = prepared(installed)
    accounts: dict[str, int] = begin["accounts"]
    assert len(accounts) == 10
    each = max(1, campaign(OPERATIONS) // (PROCESSES * THREADS))
    began = time.monotonic()
    records, busy = run_clients(installed, accounts, each, tmp_path)
    took = time.monotonic() - began

    here = Installation(installed.environment)
    assert checker.faults(here.sql) == []
    replayed = checker.replay(here.sql)
    told = check(with_transfers(records, dict(here.sql(ROWS))), list(replayed.transfers.values()), begin["last"])
    assert told.faults == []
    for counted in (told.moves, told.looks, told.repeats, told.refusals):
        assert counted > 0
    verified = subprocess.run(
        [BIN / "openpartner", "ledger", "verify"],
        env=installed.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout
    count(
        "64 clients on ten hot accounts",
        seed=SEED,
        operations=told.operations,
        moves=told.moves,
        looks=told.looks,
        refusals=told.refusals,
        repeats=told.repeats,
        waited_in_vain=busy,
        seconds=round(took),
        out_of_order=0,
        lost=0,
        twice=0,
    )


class SignedClient:
    """One client over HTTP, with a connection of its own: it gives credit, and asks what there is."""

    def __init__(self, server: Server, accounts: dict[int, int], line: int, number: int) -> None:
        self._accounts = accounts
        self._line = line
        self._random = Random(SEED * 1_000 + number)
        self._wire = Wire(server)
        self._signer = Tencent(server, server.world.dora, sign="HmacSHA256")
        self.history: list[dict[str, Any]] = []

    def run(self, operations: int) -> None:
        for _ in range(operations):
            self._random.choices([self._give, self._look, self._look_at_line], [60, 30, 10])[0]()

    def _give(self) -> None:
        uin, micros = self._random.choice(sorted(self._accounts)), self._random.randrange(100, 50_000)
        asked = {"ClientUin": uin, "AddedCredit": micros / UNIT}
        answer, instants = self._ask("AllocateCustomerCredit", asked)
        move = {"op": "move", "request": answer["RequestId"], "debit": self._line, "credit": self._accounts[uin]}
        self.history.append(move | instants | {"micros": micros, "credit_after": self._micros(answer, "Remaining")})

    def _look(self) -> None:
        """What only grows tells how often it has."""
        uin = self._random.choice(sorted(self._accounts))
        answer, instants = self._ask("QueryCreditByUinList", {"UinList": [uin]})
        version = self._micros(answer["Data"][0], "Remaining")
        self.history.append({"op": "look", "account": self._accounts[uin], "version": version} | instants)

    def _look_at_line(self) -> None:
        """What came in, and what went out of it."""
        answer, instants = self._ask("QueryPartnerCredit", {})
        version = 2 * self._micros(answer, "Total") - self._micros(answer, "Remaining")
        self.history.append({"op": "look", "account": self._line, "version": version} | instants)

    def _ask(self, action: str, parameters: dict[str, Any]) -> tuple[dict[str, Any], dict[str, int]]:
        raw = self._signer.raw(action, parameters)
        called = time.monotonic_ns()
        answer = self._wire.send(raw)
        instants = {"called": called, "answered": time.monotonic_ns()}
        assert answer.code == "", answer
        return answer.json["Response"], instants

    @staticmethod
    def _micros(answer: dict[str, Any], which: str) -> int:
        return round(answer[f"{which}Credit"] * UNIT)


def test_what_64_signed_clients_are_told_is_linearizable(tmp_path: Path, campaign: Callable[[int], int]) -> None:
    """Over HTTP an answer names its request; the row of the allocation does too."""
    each = max(5, campaign(SIGNED_OPERATIONS) // (PROCESSES * THREADS))
    with Server(tmp_path) as server:
        dora, keys = server.world.dora, counting(1)
        server.run("credit", "grant", "--", dora.account_id, "100000")
        begin = SignedClient(server, {}, 0, 0)
        for name in ("cora", "chen", "cyro"):
            begin._accounts = {server.world[name].uin: next(keys)}  # opens the customer's accounts
            begin._give()
        accounts, line, last = _accounts(server)
        clients = [SignedClient(server, accounts, line, number) for number in range(PROCESSES * THREADS)]
        with ThreadPoolExecutor(len(clients)) as pool:
            list(pool.map(lambda one: one.run(each), clients))
        for client in [begin, *clients]:
            client._wire.close()
        with database.opened(server) as cursor:

            def sql(text: str) -> list[tuple[Any, ...]]:
                cursor.execute(text)
                return list(cursor.fetchall())

            rows = sql(f"SELECT a.key, t.id FROM credit_allocation a JOIN ({ROWS}) t ON t.cause_id = a.id")
            requests = {key.partition(":")[2]: transfer for key, transfer in rows}
            assert checker.faults(sql) == []
            transfers = list(checker.replay(sql).transfers.values())
    records = [
        one | {"transfer": requests[one["request"]]} if "request" in one else one
        for client in clients
        for one in client.history
    ]
    told = check(records, transfers, last)
    assert told.faults == []
    assert min(told.moves, told.looks) > 0
    count(
        "64 clients over signed HTTP",
        seed=SEED,
        operations=told.operations,
        moves=told.moves,
        looks=told.looks,
        out_of_order=0,
        lost=0,
        twice=0,
    )


def _accounts(server: Server) -> tuple[dict[int, int], int, int]:
    """The available credit of dora's customers by uin, dora's line, and the last transfer."""
    with database.opened(server) as cursor:
        cursor.execute("SELECT a.uin, l.id, l.use FROM ledger_account l JOIN account a ON a.id = l.holder_id")
        rows = list(cursor.fetchall())
        cursor.execute("SELECT max(id) FROM ledger_transfer")
        last = int(cursor.fetchone()[0])
    accounts = {uin: key for uin, key, use in rows if use == checker.AVAILABLE}
    (line,) = [key for _, key, use in rows if use == checker.ALLOCABLE]
    return accounts, line, last
