"""What the vendors' official SDKs declare: every operation with its route, fields, callers and rate.

The JSON files beside this module are written by `tools/inventories.py` and never edited by hand.
"""

from functools import cache
from importlib.resources import files
from typing import Final, Literal

import msgspec

Name = Literal["huawei_bssintl", "huawei_bss", "huawei_legacy", "tencent_intlpartnersmgt"]
Kind = Literal["provider", "distributor", "reseller", "second_level_reseller", "customer"]
Place = Literal["", "body", "query", "path", "header"]

NAMES: Final[tuple[Name, ...]] = ("huawei_bssintl", "huawei_bss", "huawei_legacy", "tencent_intlpartnersmgt")


class Field(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One parameter, response field or member of a structure.

    `type` is string, integer, decimal, float, boolean, datetime, object, `list<T>` or the name of a structure.
    `place` is empty outside requests. `required` is what the SDK or the vendor's page demands of a request, and what
    the vendor promises of a response. `nullable`, `deprecated` and `example` are known for Tencent only, apart from
    what the page of a legacy operation states.
    """

    name: str
    place: Place = msgspec.field(name="in", default="")
    type: str
    required: bool
    nullable: bool = False
    deprecated: bool = False
    example: str = ""


class DeclaredOperation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One operation as its vendor declares it; nothing here says whether we answer it.

    `sites` are the vendor's separate installations that offer it, `kinds` the kinds of account that may call it,
    `per_second` how often one account may, and `docs` the vendor's page (empty when we know none).
    """

    name: str
    method: str
    path: str
    sites: tuple[str, ...]
    kinds: tuple[Kind, ...]
    per_second: int
    writes: bool
    docs: str
    request: tuple[Field, ...]
    response: tuple[Field, ...]


class Inventory(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The operations of one product, by name, and the structures their fields refer to."""

    vendor: str
    product: str
    source: str
    operations: tuple[DeclaredOperation, ...]
    structures: dict[str, tuple[Field, ...]]

    def operation(self, name: str) -> DeclaredOperation:
        """The operation of that name; KeyError when the product has none."""
        for declared in self.operations:
            if declared.name == name:
                return declared
        raise KeyError(name)


_DECODER: Final = msgspec.json.Decoder(Inventory)


@cache
def load(name: Name) -> Inventory:
    """The inventory of one product, read from package data once per process."""
    return _DECODER.decode(files(__name__).joinpath(f"{name}.json").read_bytes())


def all_inventories() -> tuple[Inventory, ...]:
    """Every inventory, in the order of `NAMES`."""
    return tuple(load(name) for name in NAMES)
