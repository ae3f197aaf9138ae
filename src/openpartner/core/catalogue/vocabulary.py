"""Words for bills that are made up: services, regions and units of FOCUS, derived from `focus.json`'s source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from openpartner.core.catalogue.entries import MICROSOFT, seed


@dataclass(frozen=True, slots=True)
class Service:
    """A service and where FOCUS puts it; `model` is IaaS, PaaS or SaaS."""

    name: str
    category: str
    subcategory: str
    model: str


@cache
def services() -> tuple[Service, ...]:
    """Some services of every category that bills commonly have."""
    return tuple(Service(*row) for row in seed(MICROSOFT)["service"])


@cache
def regions() -> tuple[tuple[str, str], ...]:
    """Regions around the world: id and name."""
    return tuple((row[0], row[1]) for row in seed(MICROSOFT)["region"])


@cache
def units() -> tuple[str, ...]:
    """Pricing units, such as `GB/Month`."""
    return tuple(row[0] for row in seed(MICROSOFT)["unit"])
