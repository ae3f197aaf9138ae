"""`make prove`: the campaigns at full size, on each database, and their counts in docs/reference/proof.json."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from openpartner.kit import clock
from tests.proofs.record import FILE
from tests.support import cluster

ROOT = Path(__file__).parents[1]
PROOF = ROOT / "docs" / "reference" / "proof.json"
DEFAULT_SEED = 20261121


def run(engine: str, seed: int, words: tuple[str, ...]) -> tuple[int, list[dict[str, object]]]:
    """Run the campaigns on one database; the exit code and what they counted."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts.jsonl"
        counts.touch()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "tests", "-m", "campaign", "-s", f"--db={engine}", *words],
            cwd=ROOT,
            env={**os.environ, "OPENPARTNER_CAMPAIGN": "full", "OPENPARTNER_SEED": str(seed), FILE: str(counts)},
            check=False,
        )
        return done.returncode, [json.loads(line) for line in counts.read_text("utf-8").splitlines()]


def has_postgres() -> bool:
    """Whether there is a PostgreSQL to run on."""
    return bool(os.environ.get("OPENPARTNER_TEST_DATABASE_URL")) or cluster.binaries() is not None


@click.command()
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Another seed makes other cases.")
@click.option(
    "--db", "engines", multiple=True, type=click.Choice(["sqlite", "postgres"]), help="Default: what is there."
)
@click.argument("words", nargs=-1)
def main(seed: int, engines: tuple[str, ...], words: tuple[str, ...]) -> None:
    """Run every campaign whole and write its counts. WORDS go to pytest; with any, nothing is written."""
    chosen = engines or (("sqlite", "postgres") if has_postgres() else ("sqlite",))
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    proof: dict[str, object] = {
        "date": clock.now().date().isoformat(),
        "commit": commit.stdout.strip(),
        "seed": seed,
        "size": "full",
    }
    failed = False
    for engine in chosen:
        click.echo(f"Campaigns at full size on {engine}, seed {seed}")
        began = time.monotonic()
        code, counts = run(engine, seed, words)
        failed = failed or code != 0
        proof[engine] = {"passed": code == 0, "seconds": round(time.monotonic() - began), "campaigns": counts}
    if words:
        click.echo("Nothing written: only part of the campaigns ran.")
    elif not failed:
        PROOF.write_text(json.dumps(proof, indent=1, ensure_ascii=False) + "\n", "utf-8")
        click.echo(f"Written: {PROOF.relative_to(ROOT)}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
