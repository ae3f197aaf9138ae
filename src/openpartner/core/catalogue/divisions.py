"""China's provinces, their cities and the counties of these, by the codes of GB/T 2260."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Division:
    """One division, called by its Chinese name alone. `parent` is empty for a province."""

    code: str
    name: str
    parent: str


def provinces() -> Sequence[Division]:
    """All provinces by code; those of Taiwan, Hong Kong and Macao have no cities here, whose codes nobody gives."""
    return _parts()[""]


def parts_of(code: str) -> Sequence[Division]:
    """The cities of a province, or the counties of a city, by code; none for a code that names neither."""
    return _parts().get(code, ())


@cache
def _parts() -> dict[str, tuple[Division, ...]]:
    found: dict[str, tuple[Division, ...]] = {}

    def walk(parent: str, rows: Sequence[Sequence[Any]]) -> None:
        found[parent] = tuple(Division(row[0], row[1], parent) for row in rows)
        for row in rows:
            if row[2:]:
                walk(row[0], row[2])

    walk("", json.loads(files(__package__).joinpath("divisions.json").read_text(encoding="utf-8"))["provinces"])
    return found
