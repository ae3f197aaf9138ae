"""A throw-away PostgreSQL cluster, or the server named by OPENPARTNER_TEST_DATABASE_URL."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from tools.cluster import Cluster, binaries, free_port

__all__ = ["binaries", "free_port", "new_database", "url"]


@cache
def url() -> str:
    """The URL of a database that may be written to, started on first use and stopped at exit."""
    given = os.environ.get("OPENPARTNER_TEST_DATABASE_URL")
    if given:
        return given
    folder = Path(tempfile.mkdtemp(prefix="openpartner-postgres-"))
    cluster = Cluster(folder, ("fsync=off", "max_connections=200"))
    try:
        cluster.start()
    except FileNotFoundError:
        raise SystemExit("--db=postgres needs PostgreSQL: install it or set OPENPARTNER_TEST_DATABASE_URL") from None

    def stop() -> None:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return cluster.url


def new_database(name: str, template: str | None = None) -> str:
    """The URL of a fresh database of this name on the same server: an empty one, or a copy."""
    import psycopg  # only where PostgreSQL is used

    base = url()
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    return base.rsplit("/", 1)[0] + f"/{name}"
