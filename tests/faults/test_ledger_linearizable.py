"""64 clients on ten hot accounts: what each was told fits one order of events, and the rows agree with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SEED
from tests.faults.bill_installation import Installed
from tests.faults.test_worker_killed import BIN, ROOT, Installation
from tests.ledger import checker
from tests.ledger.history import check
from tests.proofs.record import count

pytestmark = [pytest.mark.campaign, pytest.mark.slow]  # real processes that stand in each other's way

OPERATIONS = 200_000
PROCESSES = 4
THREADS = 16
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
