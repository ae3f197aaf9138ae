"""Hand-typed facts about operations, as read from `inventory_facts.toml`."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from openpartner.apikit.inventory import Kind

FOLDER = Path(__file__).resolve().parent
KINDS: tuple[Kind, ...] = ("provider", "distributor", "reseller", "second_level_reseller", "customer")


class Facts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What no SDK says about one operation; `per_second` is None where the vendor has one rate for all."""

    caller: str
    writes: bool = False
    per_second: int | None = None
    docs: str = ""


class VendorFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for every operation of a vendor: its words for callers, its common rate, its regions and sites."""

    callers: dict[str, list[Kind]]
    per_second: int | None = None
    sites: dict[str, str] = {}

    def kinds(self, caller: str) -> tuple[Kind, ...]:
        """The kinds of account behind the vendor's word, in the order of `KINDS`."""
        allowed = self.callers[caller]
        return tuple(kind for kind in KINDS if kind in allowed)


def read_toml(name: str) -> dict[str, Any]:
    """The content of one TOML file beside this module."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def vendor_facts(vendor: str) -> VendorFacts:
    return msgspec.convert(read_toml("inventory_facts.toml")[vendor], VendorFacts)


def operation_facts(product: str) -> dict[str, Facts]:
    """The facts of each operation of a product, by name."""
    return msgspec.convert(read_toml("inventory_facts.toml")[product], dict[str, Facts])


def check_complete(product: str, declared: set[str], known: set[str]) -> None:
    """Raise LookupError when an SDK release added or dropped an operation that the facts do not follow."""
    if declared != known:
        missing, stale = sorted(declared - known), sorted(known - declared)
        raise LookupError(f"inventory_facts.toml, {product}: add {missing}, remove {stale}")
