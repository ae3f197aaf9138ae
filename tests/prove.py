"""`make prove`: the campaigns at full size, on each database, and their counts in docs/reference/proof.json.

They take hours. Each file of campaigns is run by itself and what it counted is written when it has passed, with the
commit it passed at: an interrupted run keeps what it has proven, and `--resume` goes on with the rest.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click

from openpartner.kit import clock
from tests.proofs.record import FILE
from tests.support import cluster

ROOT = Path(__file__).parents[1]
PROOF = ROOT / "docs" / "reference" / "proof.json"
DEFAULT_SEED = 20261121
CAMPAIGNS = ("-m", "campaign")

Proof = dict[str, dict[str, dict[str, Any]]]
"""By engine, then by file: the commit, the day, the seed, the seconds, and what was counted."""


def run(engine: str, seed: int, file: str) -> tuple[bool, list[dict[str, object]]]:
    """Run the campaigns of a file on one database; whether they passed, and what they counted."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts.jsonl"
        counts.touch()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", file, *CAMPAIGNS, "-s", f"--db={engine}"],
            cwd=ROOT,
            env={**os.environ, "OPENPARTNER_CAMPAIGN": "full", "OPENPARTNER_SEED": str(seed), FILE: str(counts)},
            check=False,
        )
        return done.returncode == 0, [json.loads(line) for line in counts.read_text("utf-8").splitlines()]


def files(engine: str) -> list[str]:
    """The files that hold campaigns for an engine."""
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "tests", *CAMPAIGNS, "--collect-only", "-q", f"--db={engine}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted({line.partition("::")[0] for line in found.stdout.splitlines() if "::" in line})


def has_postgres() -> bool:
    """Whether there is a PostgreSQL to run on."""
    return bool(os.environ.get("OPENPARTNER_TEST_DATABASE_URL")) or cluster.binaries() is not None


def current_commit() -> str:
    """The commit that is proven, short."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def kept() -> Proof:
    """What was proven before."""
    found: Proof = json.loads(PROOF.read_text("utf-8")) if PROOF.exists() else {}
    return found


def keep(engine: str, file: str, facts: dict[str, Any], there: list[str]) -> None:
    """Write what a file has proven, and forget files that are gone."""
    proof = kept()
    of_engine = {name: one for name, one in proof.get(engine, {}).items() if name in there}
    proof[engine] = dict(sorted({**of_engine, file: facts}.items()))
    PROOF.write_text(json.dumps(proof, indent=1, ensure_ascii=False) + "\n", "utf-8")


@click.command()
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Another seed makes other cases.")
@click.option(
    "--db", "engines", multiple=True, type=click.Choice(["sqlite", "postgres"]), help="Default: what is there."
)
@click.option("--resume", is_flag=True, help="Leave out what this commit has passed already.")
@click.argument("words", nargs=-1)
def main(seed: int, engines: tuple[str, ...], words: tuple[str, ...], *, resume: bool) -> None:
    """Run campaigns whole and write their counts. With WORDS only the files whose name has one of them."""
    commit, failed = current_commit(), []
    for engine in engines or (("sqlite", "postgres") if has_postgres() else ("sqlite",)):
        there = files(engine)
        for file in there:
            before = kept().get(engine, {}).get(file, {})
            if (words and not any(word in file for word in words)) or (resume and before.get("commit") == commit):
                continue
            click.echo(f"Campaigns of {file} at full size on {engine}, seed {seed}")
            began = time.monotonic()
            passed, counts = run(engine, seed, file)
            if not passed:
                failed.append(f"{file} on {engine}")
                continue
            seconds, day = round(time.monotonic() - began), clock.now().date().isoformat()
            facts = {"commit": commit, "date": day, "seed": seed, "seconds": seconds, "campaigns": counts}
            keep(engine, file, facts, there)
    for one in failed:
        click.echo(f"FAILED: {one}", err=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
