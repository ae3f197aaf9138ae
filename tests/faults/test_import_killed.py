"""An import whose process is killed: nothing is lost, nothing is done twice, and a worker finishes the job."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.test_worker_killed import BIN, ROOT, Installation, hear
from tests.support.installed import DEMO, install

pytestmark = pytest.mark.slow  # real processes on a database of their own

CUSTOMERS = 230
PARTNERS = 4
KILLED_AT = [
    # the point, how often it is passed before, and whether the accounts are there already
    ("reading", 0, False),
    ("reading", 2, False),
    ("comparing", 1, False),
    ("applying", 0, False),
    ("applied", 0, False),
    ("cleaning", 0, True),
    ("cleaning", 2, True),
]


@pytest.fixture
def here(tmp_path: Path, request: pytest.FixtureRequest) -> Installation:
    given, _told = install(tmp_path / "data", "import_killed", DEMO)
    return Installation(given)


def run(here: Installation, *words: str) -> str:
    done = subprocess.run(
        [BIN / "openpartner", *words], env=here.environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def channel(folder: Path) -> Path:
    lines = ["kind,account_name,partner,legal_name,associated_at"]
    lines += [f"customer,c{n},p{n % PARTNERS},Customer {n},2024-0{n % 9 + 1}-01" for n in range(CUSTOMERS)]
    lines += [f"reseller,p{n},,Partner {n},2023-01-01" for n in range(PARTNERS)]
    path = folder / "channel.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def imported(here: Installation) -> list[int]:
    """How many accounts, associations and counted customers the file has become."""
    ours = "(SELECT id FROM account WHERE account_name LIKE 'c%' AND legal_name LIKE 'Customer %')"
    theirs = "(SELECT id FROM account WHERE legal_name LIKE 'Partner %')"
    return [
        int(here.sql(text)[0][0])
        for text in (
            f"SELECT count(*) FROM account WHERE id IN {ours} OR id IN {theirs}",
            f"SELECT count(*) FROM association WHERE child_id IN {ours} OR child_id IN {theirs}",
            f"SELECT coalesce(sum(customers), 0) FROM association_count WHERE partner_id IN {theirs}",
            "SELECT count(*) FROM audit_event WHERE action = 'accounts.imported'",
        )
    ]


NOTHING = [0, 0, 0, 0]
EVERYTHING = [CUSTOMERS + PARTNERS, CUSTOMERS + PARTNERS, CUSTOMERS, 1]


@pytest.mark.parametrize(("point", "passes", "committed"), KILLED_AT)
def test_a_worker_finishes_what_was_killed(
    here: Installation, tmp_path: Path, point: str, passes: int, *, committed: bool
) -> None:
    path = channel(tmp_path)
    words = ["-m", "tests.faults.import_process", point, str(passes), str(path)]
    process = subprocess.Popen(
        [sys.executable, *words], env=here.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    hear(process, f"at {point}")
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    path.unlink()  # the job has its own copy
    assert imported(here) == (EVERYTHING if committed else NOTHING)

    here.sql("UPDATE job SET lease = 0 WHERE state = 'running'")  # as it is a minute later
    run(here, "worker", "--once")
    assert imported(here) == EVERYTHING
    state, result, attempt = here.sql("SELECT state, result, attempt FROM job WHERE kind = 'accounts.import'")[0]
    assert (state, json.loads(result)["new"], attempt) == ("done", CUSTOMERS + PARTNERS, 2)
    assert here.sql("SELECT count(*) FROM staged_account") == [(0,)]
    assert not list((tmp_path / "data" / "uploads").iterdir())
    assert "differences" not in run(here, "verify", "--all")
    run(here, "worker", "--once")
    assert imported(here) == EVERYTHING
