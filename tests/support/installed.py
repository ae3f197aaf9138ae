"""Installations that begin alike: made once in a run by the product's own commands, and copied for every test after."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from tests.support import cluster, environment

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".venv" / "migrated"
"""SQLite databases of earlier runs, by the migrations that made them. `migrate` brings them up to date in no time."""
Commands = tuple[tuple[str, ...], ...]
MIGRATED: Commands = ((str(BIN / "openpartner"), "migrate"),)
PEOPLED: Commands = (*MIGRATED, (sys.executable, "-W", "error", "-m", "tests.support.people"))
"""The last one says who they are."""
DEMO: Commands = (*MIGRATED, (str(BIN / "openpartner"), "demo", "--customers", "40", "--lines", "0"))


@dataclass(frozen=True)
class Template:
    """A data folder and, on PostgreSQL, the name of a database that nobody is connected to."""

    data: Path
    database: str | None
    told: str
    """What the last command has printed."""


def install(data: Path, name: str, commands: Commands = MIGRATED) -> tuple[dict[str, str], str]:
    """Bring an installation into an empty data folder and, on PostgreSQL, into a database of this name.

    Returns the environment of its commands, without settings of the tests' own, and what the last command printed
    when it was made.
    """
    template = _template(commands)
    shutil.copytree(template.data, data)
    return _environment(data, name, template.database), template.told


def migrated() -> Template:
    """An installation with nothing in it."""
    return _template(MIGRATED)


def file_of(data: Path) -> Path:
    """The SQLite database of a data folder."""
    return data / "openpartner.sqlite3"


def _environment(data: Path, name: str, template: str | None) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("OPENPARTNER_")}
    given["OPENPARTNER_DATA"] = str(data)
    if environment.chosen() == environment.POSTGRES:
        given["OPENPARTNER_DATABASE_URL"] = cluster.new_database(name, template)
    return given


@cache
def _template(commands: Commands) -> Template:
    data = Path(tempfile.mkdtemp(dir=environment.DATA)) / "data"
    name = f"template_{data.parent.name}".lower().replace("-", "_")
    kept = KEPT / f"{_migrations()}.sqlite3"
    is_kept = commands == MIGRATED and environment.chosen() != environment.POSTGRES
    if len(commands) == 1:
        given = _environment(data, name, None)
        if is_kept and kept.exists():
            data.mkdir(parents=True)
            shutil.copyfile(kept, file_of(data))
    else:  # what it shares with another is made once
        given, _told = install(data, name, commands[:-1])
    done = subprocess.run(commands[-1], env=given, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    if is_kept and not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file_of(data), unfinished := kept.with_name(f"{name}.part"))
        unfinished.rename(kept)
    return Template(data, name if "OPENPARTNER_DATABASE_URL" in given else None, done.stdout)


def _migrations() -> str:
    """One name for all migrations as they are."""
    digest = sha256((ROOT / "requirements.lock").read_bytes())
    for file in sorted((ROOT / "src").rglob("migrations/*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
