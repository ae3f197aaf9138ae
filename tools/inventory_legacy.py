"""Reads Huawei's v1.0 operations from `inventory_legacy.toml`, whose head explains the notation."""

import re
from typing import Any, Final

from openpartner.apikit.inventory import DeclaredOperation, Field, Inventory, Place
from tools.inventory_facts import VendorFacts, read_toml, vendor_facts

NOTATION: Final = re.compile(
    r"(?P<name>\w+)(?P<required>\*)? (?:(?P<place>query|header) )?(?P<type>[\w<>]+)(?P<null>\?)?"
)
PATH_PARAMETER: Final = re.compile(r"\{(\w+)\}")
ENVELOPE: Final = (
    Field(name="error_code", type="string", required=True),
    Field(name="error_msg", type="string", required=True),
)


def field(line: str, place: Place = "") -> Field:
    """One field from its notation; ValueError when the line is not in it."""
    read = NOTATION.fullmatch(line)
    if read is None:
        raise ValueError(f"inventory_legacy.toml: {line!r} is no field")
    return Field(
        name=read["name"],
        place=read["place"] or place,  # type: ignore[arg-type]  # the pattern admits places only
        type=read["type"],
        required=read["required"] is not None,
        nullable=read["null"] is not None,
    )


def operation(entry: dict[str, Any], sites: list[str], vendor: VendorFacts) -> DeclaredOperation:
    method, path = entry["route"].split(" ")
    in_path = [Field(name=name, place="path", type="string", required=True) for name in PATH_PARAMETER.findall(path)]
    answer = () if entry.get("answer") == "empty" else (*ENVELOPE, *map(field, entry.get("response", [])))
    assert vendor.per_second is not None
    return DeclaredOperation(
        name=entry["name"],
        method=method,
        path=path,
        sites=tuple(entry.get("sites", sites)),
        kinds=vendor.kinds(entry["caller"]),
        per_second=vendor.per_second,
        writes=entry.get("writes", False),
        docs=entry.get("docs", ""),
        request=(*in_path, *(field(line, "body") for line in entry.get("request", []))),
        response=answer,
    )


def inventories() -> dict[str, Inventory]:
    """The legacy product, by the name of its file."""
    typed, vendor = read_toml("inventory_legacy.toml"), vendor_facts("huawei")
    operations = [operation(entry, typed["sites"], vendor) for entry in typed["operations"]]
    return {
        "huawei_legacy": Inventory(
            vendor="huawei",
            product="legacy",
            source=typed["source"],
            operations=tuple(sorted(operations, key=lambda declared: declared.name)),
            structures={name: tuple(map(field, lines)) for name, lines in sorted(typed["structures"].items())},
        )
    }
