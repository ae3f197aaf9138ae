"""Evidence of proven operations: which SDK calls succeeded in tests that passed.

Written to docs/reference/evidence.json by `make coverage` (OPENPARTNER_EVIDENCE=1); the coverage tables count an
operation as proven only when it stands there.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from openpartner.kit import clock

FILE = Path(__file__).parents[2] / "docs" / "reference" / "evidence.json"

_current: set[tuple[str, str]] = set()
_proven: dict[tuple[str, str], set[str]] = {}


def begin() -> None:
    """Forget what an earlier test called."""
    _current.clear()


def called(dialect: str, operation: str) -> None:
    """An SDK call of this operation came back without an error."""
    _current.add((dialect, operation))


def passed(test: str) -> None:
    """The test passed: its calls are evidence."""
    for key in _current:
        _proven.setdefault(key, set()).add(test)


def write_if_asked() -> None:
    """Write the file when OPENPARTNER_EVIDENCE is set."""
    if not os.environ.get("OPENPARTNER_TEST_EVIDENCE") or not _proven:
        return
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    content = {
        "date": clock.now().date().isoformat(),
        "commit": commit.stdout.strip(),
        "proven": {
            dialect: {name: sorted(tests) for (of, name), tests in sorted(_proven.items()) if of == dialect}
            for dialect in sorted({dialect for dialect, _ in _proven})
        },
    }
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
