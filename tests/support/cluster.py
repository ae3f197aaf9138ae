"""A throw-away PostgreSQL cluster, or the server named by OPENPARTNER_TEST_DATABASE_URL."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path

UNPRIVILEGED = "postgres"
"""PostgreSQL refuses to run as root, so root's tests run it as this user, which Debian's package makes."""


def binaries() -> Path | None:
    """The folder of PostgreSQL's programs, newest version first; None when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: -int(path.parts[-3]))
    if found:
        return found[0].parent
    named = shutil.which("pg_ctl")
    return Path(named).parent if named else None


@cache
def url() -> str:
    """The URL of a database that may be written to, started on first use and stopped at exit."""
    given = os.environ.get("OPENPARTNER_TEST_DATABASE_URL")
    if given:
        return given
    programs = binaries()
    if programs is None:
        raise SystemExit("--db=postgres needs PostgreSQL: install it or set OPENPARTNER_TEST_DATABASE_URL")
    folder = Path(tempfile.mkdtemp(prefix="openpartner-postgres-"))
    as_root = os.geteuid() == 0
    if as_root:
        entry = pwd.getpwnam(UNPRIVILEGED)
        os.chown(folder, entry.pw_uid, entry.pw_gid)

    def run(*command: str) -> None:
        words = [str(programs / command[0]), *command[1:]]
        if as_root:
            words = ["runuser", "-u", UNPRIVILEGED, "--", *words]
        subprocess.run(words, check=True, capture_output=True, cwd=folder)

    port = free_port()
    run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "tester", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
    run("pg_ctl", "-D", str(folder / "data"), "-w", "-o", options, "-l", str(folder / "log"), "start")

    def stop() -> None:
        run("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql://tester@127.0.0.1:{port}/postgres"


def new_database(name: str) -> str:
    """The URL of a fresh database of this name on the same server."""
    import psycopg  # only where PostgreSQL is used

    base = url()
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    return base.rsplit("/", 1)[0] + f"/{name}"


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
