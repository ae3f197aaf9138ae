"""Industries: the sections and divisions of ISIC Rev. 4 under ids of the shape kghy_01 and kghy_0101."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Division:
    """One division, such as kghy_0101 with the ISIC code 01; its section's id is the first seven characters."""

    id: str
    isic: str
    name: str

    @property
    def section_id(self) -> str:
        return self.id[: len("kghy_01")]


@dataclass(frozen=True, slots=True)
class Section:
    """One section, such as kghy_01 with the ISIC code A, and its divisions in the order of ISIC."""

    id: str
    isic: str
    name: str
    divisions: tuple[Division, ...]


@cache
def all_sections() -> tuple[Section, ...]:
    """The 21 sections in the order of ISIC."""
    catalogue = json.loads(files(__package__).joinpath("industries.json").read_text(encoding="utf-8"))
    return tuple(
        Section(
            id=entry["id"],
            isic=entry["isic"],
            name=entry["name"],
            divisions=tuple(Division(**division) for division in entry["divisions"]),
        )
        for entry in catalogue["sections"]
    )


def section(section_id: str) -> Section | None:
    """The section of an id such as kghy_01, or None."""
    return _sections().get(section_id)


def division(division_id: str) -> Division | None:
    """The division of an id such as kghy_0101, or None."""
    return _divisions().get(division_id)


@cache
def _sections() -> dict[str, Section]:
    return {found.id: found for found in all_sections()}


@cache
def _divisions() -> dict[str, Division]:
    return {found.id: found for listed in all_sections() for found in listed.divisions}
