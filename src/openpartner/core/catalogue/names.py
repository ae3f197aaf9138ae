"""The names of codes: the seed, and what imports bring beside it. Where both name a code, the seed is right."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import groupby, islice

from django.db import transaction
from django.db.models import QuerySet

from openpartner.core.catalogue.entries import Entry, Level, seeded
from openpartner.core.catalogue.models import CODE_MAX, NAME_MAX, CatalogueEntry

AT_ONCE = 500
"""Codes in one statement."""

Key = tuple[str, Level, str, str]


def remember(entries: Iterable[Entry]) -> int:
    """Add what an import found, in one transaction; returns how many codes are new or named otherwise than before.

    The later of two names counts, and an empty one never replaces another. What the seed names is left alone; so is
    a code that is empty, or too long to be one. Remembering the same again writes nothing.
    """
    wanted: dict[Key, Entry] = {}
    for entry in entries:
        if _is_code(entry.code) and (entry.space, entry.code) not in seeded(entry.cloud, entry.level):
            key = _key(entry)
            wanted[key] = _renamed(wanted[key], entry) if key in wanted else entry
    changed = 0
    with transaction.atomic():
        # In one order, so that two imports that meet wait for each other and never each for the other.
        for (cloud, level), group in groupby(sorted(wanted), key=lambda key: (key[0], key[1])):
            while keys := list(islice(group, AT_ONCE)):
                changed += _remember(cloud, level, [wanted[key] for key in keys])
    return changed


def name_of(cloud: str, level: Level, code: str, language: str = "en", *, space: str = "") -> str:
    """The name of one code, or the code itself when nobody has named it. `space` is a usage type's resource type."""
    known = seeded(cloud, level).get((space, code))
    if known is None:
        row = _rows(cloud, level).filter(code=code, space=space).first()
        known = _entry(row) if row else None
    return known.name(language) if known else code


def names_of(cloud: str, level: Level, codes: Collection[str], language: str = "en") -> dict[str, str]:
    """The names of many codes by code, each code for itself where nobody has named it; one query at most.

    For levels whose codes are unique within a cloud, which usage types are not.
    """
    assert level is not Level.USAGE_TYPE
    seed = seeded(cloud, level)
    found = {code: seed[("", code)].name(language) for code in codes if ("", code) in seed}
    if rest := [code for code in codes if code not in found]:
        found |= {row.code: _entry(row).name(language) for row in _rows(cloud, level).filter(code__in=rest)}
    return {code: found.get(code, code) for code in codes}


def listed(
    cloud: str, level: Level, *, parent: str | None = None, named: str = "", language: str = "en"
) -> list[Entry]:
    """The entries of a level by code, of one parent or of all, whose name holds a text in any case or all."""
    rows = _rows(cloud, level)
    if parent is not None:
        rows = rows.filter(parent=parent)
    seed = seeded(cloud, level)
    found = [entry for entry in seed.values() if parent in {None, entry.parent}]
    found += [entry for entry in map(_entry, rows) if (entry.space, entry.code) not in seed]
    if named:
        text = named.casefold()
        found = [entry for entry in found if text in entry.name(language).casefold()]
    return sorted(found, key=lambda entry: (entry.code, entry.space))


def _remember(cloud: str, level: Level, entries: list[Entry]) -> int:
    codes = {entry.code for entry in entries}
    known = {_key(one): one for one in map(_entry, _rows(cloud, level).filter(code__in=codes))}
    changed = []
    for entry in entries:
        before = known.get(_key(entry))
        after = _renamed(before, entry) if before else _renamed(replace(entry, name_en="", name_zh=""), entry)
        if after != before:
            changed.append(after)
    CatalogueEntry.objects.bulk_create(
        [
            CatalogueEntry(
                cloud=entry.cloud,
                level=entry.level,
                space=entry.space,
                code=entry.code,
                name_en=entry.name_en,
                name_zh=entry.name_zh,
                parent=entry.parent,
            )
            for entry in changed
        ],
        update_conflicts=True,
        unique_fields=["cloud", "level", "code", "space"],
        update_fields=["name_en", "name_zh", "parent"],
    )
    return len(changed)


def _is_code(code: str) -> bool:
    return 0 < len(code) <= CODE_MAX and "\0" not in code


def _renamed(before: Entry, entry: Entry) -> Entry:
    """What is known of a code after another import named it."""
    return replace(
        before,
        name_en=_storable(entry.name_en) or before.name_en,
        name_zh=_storable(entry.name_zh) or before.name_zh,
        parent=entry.parent if _is_code(entry.parent) else before.parent,
        abbreviation="",
    )


def _storable(name: str) -> str:
    return name.replace("\0", "").strip()[:NAME_MAX]


def _key(entry: Entry) -> Key:
    return (entry.cloud, entry.level, entry.code, entry.space)


def _rows(cloud: str, level: Level) -> QuerySet[CatalogueEntry]:
    return CatalogueEntry.objects.filter(cloud=cloud, level=level)


def _entry(row: CatalogueEntry) -> Entry:
    return Entry(row.cloud, Level(row.level), row.code, row.name_en, row.name_zh, row.parent)
