"""Measure units with the numbers that Huawei's interface gives them, and how many of one another they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class MeasureUnit:
    """One unit of a type. It is `factor` of the unit numbered `base`, which is the smallest it can be told in."""

    id: int
    type: int
    name_en: str
    name_zh: str
    abbreviation: str
    base: int
    factor: int

    def name(self, language: str) -> str:
        """The name in Chinese where `language` begins with zh, else in English."""
        return self.name_zh if language.startswith("zh") else self.name_en


@dataclass(frozen=True, slots=True)
class Conversion:
    """One of `unit` is `ratio` of `into`, exactly."""

    unit: int
    into: int
    ratio: int
    type: int


@cache
def all_units() -> tuple[MeasureUnit, ...]:
    """Every unit by type, the smaller ones first."""
    return tuple(MeasureUnit(*row) for row in _catalogue()["unit"])


def unit_called(text: str) -> MeasureUnit | None:
    """The unit with this name or abbreviation in any case, or None; of several the one whose number is the vendor's.

    A bill line tells its units by name: GB is that of traffic, since it has a smaller number than that of capacity.
    """
    return _units_by_name().get(text.strip().casefold())


@cache
def _units_by_name() -> dict[str, MeasureUnit]:
    found: dict[str, MeasureUnit] = {}
    for unit in sorted(all_units(), key=lambda unit: unit.id):
        for name in (unit.name_en, unit.name_zh, unit.abbreviation):
            if name:
                found.setdefault(name.casefold(), unit)
    return found


@cache
def unit_types() -> dict[int, tuple[str, str]]:
    """The names of each type, in English and Chinese."""
    return {number: (name_en, name_zh) for number, name_en, name_zh in _catalogue()["type"]}


def conversions(unit_type: int | None = None) -> list[Conversion]:
    """Every exact conversion of a type, or of all: from a larger unit to each smaller one that it is a multiple of."""
    return [one for one in _all_conversions() if unit_type in {None, one.type}]


@cache
def _all_conversions() -> tuple[Conversion, ...]:
    return tuple(
        Conversion(unit.id, into.id, unit.factor // into.factor, unit.type)
        for unit in all_units()
        for into in all_units()
        if (unit.type, unit.base) == (into.type, into.base)
        and unit.factor > into.factor
        and unit.factor % into.factor == 0
    )


@cache
def _catalogue() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__package__).joinpath("units.json").read_text(encoding="utf-8"))
    return found
