"""The backup that docs/how-to/back-up.md describes: the database first, then the files, while bills are published."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.bill_installation import Installed
from tests.faults.bill_process import DAYS, WHO, marked_number
from tests.faults.test_worker_killed import BIN

pytestmark = [pytest.mark.slow, pytest.mark.engine("sqlite")]  # the copy of the database is SQLite's own


def test_a_backup_taken_while_bills_are_published_is_whole(installed: Installed, tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    copy.mkdir()
    publisher = installed.start("victims")
    assert publisher.ask("marked", first=1, last=1)["code"] == 0
    with (
        closing(sqlite3.connect(data / "openpartner.sqlite3")) as source,
        closing(sqlite3.connect(copy / "openpartner.sqlite3")) as target,
    ):
        source.backup(target)
    # Twice republished, closed and swept before the files are copied.
    assert publisher.ask("marked", first=5, last=6)["code"] == 0
    publisher.end()
    shutil.copytree(data / "keys", copy / "keys")
    for folder in ("lines", "summaries"):
        shutil.copytree(data / "lake" / folder, copy / "lake" / folder)

    restored = Installed({**installed.environment, "OPENPARTNER_DATA": str(copy)}, installed.people)
    told = subprocess.run(
        [BIN / "openpartner", "lake", "verify"], env=restored.environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout
    assert "4 files: as they should be" in told.stdout
    look = restored.start("look")
    found = look.ask("truth")
    look.end()
    assert sum(row[3] for row in found["lines"]) == len(WHO) * len(DAYS) * marked_number(1)
    assert {row[4] // row[3] for row in found["lines"]} == {1}
    for damaged in (copy / "lake" / "lines").rglob("01-*.parquet"):  # of every publication; one of them is current
        damaged.write_bytes(damaged.read_bytes()[:-9])
    told = subprocess.run(
        [BIN / "openpartner", "verify"], env=restored.environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 1
    assert "bills: 1 differences" in told.stdout
