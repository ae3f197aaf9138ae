"""The databases that are measured: a demo channel per engine and size, built once and kept until the demo changes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tools.cluster import Cluster, binaries

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
CACHE = Path(os.environ.get("BENCH_CACHE") or Path(tempfile.gettempdir()) / f"openpartner-bench-{os.geteuid()}")
ENGINES = ("sqlite", "postgresql")
MADE_BY = ("src/openpartner/demo", "src/openpartner/core/loading")
POSTGRES_SETTINGS = ("fsync=off", "shared_buffers=512MB", "max_wal_size=4GB", "random_page_cost=1.1", "jit=off")
"""What an operator with a solid-state disk would set; fsync matters to the build alone."""


@dataclass(frozen=True)
class Store:
    """One built database and how to reach it."""

    engine: str
    customers: int
    data: Path
    database_url: str

    @property
    def environment(self) -> dict[str, str]:
        """What the product's commands run with: no limits, because the load comes from one account."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("OPENPARTNER_")}
        return {
            **inherited,
            "OPENPARTNER_DATA": str(self.data),
            "OPENPARTNER_DATABASE_URL": self.database_url,
            "OPENPARTNER_RATE_LIMIT_SCALE": "0",
            "OPENPARTNER_FAILED_SIGNATURES_PER_MINUTE": "0",
        }

    @cached_property
    def personas(self) -> dict[str, dict[str, Any]]:
        """Who can sign in, by role."""
        personas: dict[str, dict[str, Any]] = json.loads((self.data / "demo-credentials.json").read_text("utf-8"))[
            "personas"
        ]
        return personas


def version() -> str:
    """What the cached databases depend on: the code that makes them."""
    digest = hashlib.sha256()
    files = [
        path for name in MADE_BY for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))
    ]
    for path in sorted([*files, *ROOT.glob("src/openpartner/core/*/migrations/*.py")]):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@contextlib.contextmanager
def cluster() -> Iterator[Cluster | None]:
    """The PostgreSQL cluster that keeps the databases, running; None where PostgreSQL is not installed."""
    if binaries() is None:
        yield None
        return
    running = Cluster(CACHE / "postgres", POSTGRES_SETTINGS)
    with contextlib.suppress(OSError, ValueError):
        # A run that was killed leaves its cluster behind, and with it the lock on the data.
        os.kill(running.postmaster, 0)
        running.stop("fast")
    running.start()
    try:
        yield running
    finally:
        running.stop("fast")


def store(engine: str, customers: int, running: Cluster | None) -> Store:
    """The database of this engine and size, built now if it is not kept."""
    name = f"{engine}_{customers}_{version()}"
    folder = CACHE / name
    url = ""
    if engine == "postgresql":
        assert running is not None
        url = running.url.rsplit("/", 1)[0] + f"/{name}"
    made = Store(engine, customers, folder, url)
    if not (folder / "built").exists():
        _forget(engine, customers, running)
        _build(made, running)
    return made


def _build(made: Store, running: Cluster | None) -> None:
    made.data.mkdir(parents=True)
    if made.database_url:
        _on_cluster(running, f'CREATE DATABASE "{made.database_url.rsplit("/", 1)[1]}"')
    began = time.monotonic()
    print(f"building {made.customers:,} customers on {made.engine} ...", file=sys.stderr, flush=True)
    for words in (["migrate"], ["demo", "--customers", str(made.customers), "--lines", "0"]):
        subprocess.run([str(BIN / "openpartner"), *words], env=made.environment, check=True, stdout=subprocess.DEVNULL)
    if made.database_url:
        _on_cluster(running, "VACUUM ANALYZE", made.database_url)
    seconds = time.monotonic() - began
    (made.data / "built").write_text(json.dumps({"seconds": round(seconds, 1)}), "ascii")
    print(f"  in {seconds:.0f} s", file=sys.stderr, flush=True)


def _forget(engine: str, customers: int, running: Cluster | None) -> None:
    """Remove what earlier versions of the demo left of this size."""
    for folder in CACHE.glob(f"{engine}_{customers}_*"):
        if engine == "postgresql":
            _on_cluster(running, f'DROP DATABASE IF EXISTS "{folder.name}"')
        shutil.rmtree(folder)


def _on_cluster(running: Cluster | None, statement: str, url: str = "") -> None:
    import psycopg  # noqa: PLC0415  # only where PostgreSQL is used

    assert running is not None
    with psycopg.connect(url or running.url, autocommit=True) as connection:
        connection.execute(statement)
