"""What bills are named by: codes of services, products, resource types, regions ... with their names, cloud by cloud.

The seed is `tencent.json`, `huawei.json` and `focus.json` beside this file; what imports bring is added by `names`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

TENCENT = "tencent"
HUAWEI = "huawei"
MICROSOFT = "microsoft"
SEEDS = {TENCENT: "tencent.json", HUAWEI: "huawei.json", MICROSOFT: "focus.json"}
"""The clouds that are known before any import. Others are named by FOCUS' ProviderName in lower case."""


class Level(StrEnum):
    """What a code is a code of: four levels of what was used, coarse to fine, and what else a bill line names.

    Projects are none: their names are a customer's own, and the catalogue is everybody's.
    """

    SERVICE = "service"
    PRODUCT = "product"
    COMPONENT_TYPE = "component_type"
    COMPONENT = "component"
    RESOURCE_TYPE = "resource_type"
    USAGE_TYPE = "usage_type"
    REGION = "region"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Entry:
    """One code with its names. `parent` is the code above it: a product's service, a zone's region ..."""

    cloud: str
    level: Level
    code: str
    name_en: str = ""
    name_zh: str = ""
    parent: str = ""
    abbreviation: str = ""

    def name(self, language: str) -> str:
        """The name in Chinese where `language` begins with zh, else in English; else the other one, else the code."""
        first, second = self.name_en, self.name_zh
        if language.startswith("zh"):
            first, second = second, first
        return first or second or self.code

    @property
    def space(self) -> str:
        """Within what the code is unique: a usage type within its resource type, any other within cloud and level."""
        return self.parent if self.level is Level.USAGE_TYPE else ""


@cache
def seeded(cloud: str, level: Level) -> Mapping[tuple[str, str], Entry]:
    """The entries known before any import by space and code; none for a cloud without a seed."""
    entries = [Entry(cloud, level, *row) for row in _rows(cloud, level)]
    found = {(entry.space, entry.code): entry for entry in entries}
    assert len(found) == len(entries), f"a code of {cloud} {level} stands twice"
    return found


def _rows(cloud: str, level: Level) -> list[list[str]]:
    rows: list[list[str]] = seed(cloud).get(level, [])
    if cloud == MICROSOFT and level is Level.SERVICE:
        return [[row[0], row[0]] for row in rows]  # FOCUS names services and has no codes for them
    return rows


@cache
def seed(cloud: str) -> Mapping[str, Any]:
    """The seed file of a cloud as it stands there; empty for a cloud without one."""
    if cloud not in SEEDS:
        return {}
    found: dict[str, Any] = json.loads(files(__package__).joinpath(SEEDS[cloud]).read_text(encoding="utf-8"))
    return found
