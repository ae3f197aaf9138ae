"""The heads of the chain, kept outside the database: what nobody who can write the tables can take back.

One JSON line per seal in DATA/audit/heads.log. Copy the file elsewhere for protection against whoever can write
the data folder as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from openpartner.core.audit.models import AuditSeal
from openpartner.kit.clock import utc_second
from openpartner.kit.files import append_line, last_line


@dataclass(frozen=True, slots=True)
class Head:
    """How many links there were and the hash of the last one."""

    line: int
    count: int
    head: str


def path() -> Path:
    folder: Path = settings.OPENPARTNER.data_path
    return folder / "audit" / "heads.log"


def append(seal: AuditSeal) -> None:
    """Add the head of a seal that is committed."""
    append_line(path(), _line(seal))


def catch_up(seal: AuditSeal) -> bool:
    """Add the newest seal's head if a crash came between its commit and its line; returns whether it did."""
    if last_line(path()) == _line(seal):
        return False
    append(seal)
    return True


def heads() -> Iterator[Head | None]:
    """Every line of the file in order; None for one that cannot be read."""
    if not path().exists():
        return
    with path().open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                found = json.loads(line)
                yield Head(number, int(found["count"]), str(found["head"]))
            except (ValueError, KeyError, TypeError):
                yield None


def _line(seal: AuditSeal) -> bytes:
    told = {"at": utc_second(seal.at), "count": seal.count, "head": seal.head, "key": seal.key_id}
    return json.dumps(told, separators=(",", ":")).encode()
