"""A PostgreSQL cluster of one's own: thrown away after tests, kept with its data between benchmarks."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

UNPRIVILEGED = "postgres"
"""PostgreSQL refuses to run as root, so root runs it as this user, which Debian's package makes."""
USER = "tester"


def binaries() -> Path | None:
    """The folder of PostgreSQL's programs, newest version first; None when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: -int(path.parts[-3]))
    if found:
        return found[0].parent
    named = shutil.which("pg_ctl")
    return Path(named).parent if named else None


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Cluster:
    """A cluster in a folder, on loopback; made on first start. FileNotFoundError when PostgreSQL is not installed."""

    folder: Path
    settings: tuple[str, ...] = ()
    """Settings beside the port, such as `fsync=off`."""
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """The URL of its first database."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/postgres"

    @property
    def postmaster(self) -> int:
        """The process that the others descend from; the cluster must run."""
        return int((self.folder / "data" / "postmaster.pid").read_text("ascii").split("\n", 1)[0])

    def start(self) -> None:
        """Make the cluster if there is none, and run it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            entry = pwd.getpwnam(UNPRIVILEGED)
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        if not (self.folder / "data").exists():
            self._run("initdb", "-D", self._data, "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8")
        given = "".join(f" -c {setting}" for setting in self.settings)
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1{given}"
        self._run("pg_ctl", "-D", self._data, "-w", "-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self, mode: str = "immediate") -> None:
        """End it; `fast` leaves it clean for the next start."""
        self._run("pg_ctl", "-D", self._data, "-m", mode, "stop")

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        programs = binaries()
        if programs is None:
            raise FileNotFoundError("pg_ctl")
        words = [str(programs / program), *arguments]
        if os.geteuid() == 0:
            words = ["runuser", "-u", UNPRIVILEGED, "--", *words]
        # Not captured: the server would hold the pipe open for as long as it runs.
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)
