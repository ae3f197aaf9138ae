"""A database and a lake of their own for processes that publish and read bills."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.test_worker_killed import ROOT
from tests.support.installed import PEOPLED, install


@dataclass
class Process:
    """A process that answers lines of JSON."""

    mode: str
    environment: dict[str, str]
    people: str
    words: tuple[str, ...] = ()
    process: subprocess.Popen[str] = field(init=False)

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.bill_process", self.mode, self.people, *self.words],
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, do: str, **facts: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **facts}) + "\n")
        self.process.stdin.flush()
        return self.hear()

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        answer = self.process.stdout.readline()
        assert answer, f"{self.mode} ended without an answer"
        found: dict[str, Any] = json.loads(answer)
        return found

    def end(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@dataclass
class Installed:
    """A migrated database with the people in it."""

    environment: dict[str, str]
    people: str

    @classmethod
    def at(cls, folder: Path, name: str) -> Installed:
        """One whose data stand in a folder, and whose database has a name of its own."""
        given, people = install(folder / "data", name, PEOPLED)
        return cls({**given, "OPENPARTNER_LAKE_THREADS": "1"}, people)

    def start(self, mode: str, *words: str) -> Process:
        """A process of `tests.faults.bill_process`."""
        return Process(mode, self.environment, self.people, words)
