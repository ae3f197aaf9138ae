"""Chooses data folder and database before Django's settings are read; loaded by `-p` in pyproject.toml."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.support import cluster

POSTGRES = "postgres"
HARNESS = {"OPENPARTNER_CAMPAIGN", "OPENPARTNER_EVIDENCE", "OPENPARTNER_SEED"}
"""Switches of the tests themselves; they are read as OPENPARTNER_TEST_CAMPAIGN and so on."""


def chosen() -> str:
    """`sqlite` or `postgres`, from --db=."""
    return next((argument.partition("=")[2] for argument in sys.argv if argument.startswith("--db=")), "sqlite")


def prepare() -> Path:
    """Point the settings at a fresh folder and at the chosen database; returns the folder."""
    for name in [name for name in os.environ if name.startswith("OPENPARTNER_") and "_TEST_" not in name]:
        value = os.environ.pop(name)
        if name in HARNESS:
            # The product refuses settings it does not know; what it may ignore begins with OPENPARTNER_TEST_.
            os.environ[name.replace("OPENPARTNER_", "OPENPARTNER_TEST_")] = value
    folder = Path(tempfile.mkdtemp(prefix="openpartner-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["OPENPARTNER_DATA"] = str(folder)
    if chosen() == POSTGRES:
        os.environ["OPENPARTNER_DATABASE_URL"] = cluster.url()
    return folder


DATA = prepare()
