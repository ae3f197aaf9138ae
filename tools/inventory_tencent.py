"""Reads Tencent's intlpartnersmgt SDK: actions from the client, fields from the models and the command line's schema.

The models know names and Python types only; what is required, nullable or an example stands in `api.json` of the
vendor's command line, which is released with the SDK. Where the two differ the reading stops.
"""

import inspect
import json
import re
from importlib import import_module
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any, Final

from openpartner.apikit.inventory import DeclaredOperation, Field, Inventory, Place
from tools.inventory_facts import check_complete, operation_facts, vendor_facts

SDK: Final = "tencentcloud-sdk-python-intl-en"
COMMAND_LINE: Final = "tccli-intl-en"
PRODUCT: Final = "intlpartnersmgt"
VERSION: Final = "v20220928"

TYPES: Final = {
    "string": "string",
    "int64": "integer",
    "uint64": "integer",
    "float": "float",
    "bool": "boolean",
    "datetime": "datetime",
}
ACTION: Final = re.compile(r'self\.call\("(\w+)"')
# RequestId belongs to the envelope that every answer has, as Error does; no operation declares it.
ENVELOPE: Final = "RequestId"
EXAMPLE_LENGTH_MAX: Final = 64
# Mail addresses and account ids of the vendor's examples may be somebody's.
PERSONAL: Final = re.compile(r"@|\b[78]\d{11}\b")


def actions() -> list[str]:
    """Every action that the client calls, by name."""
    client = import_module(f"tencentcloud.{PRODUCT}.{VERSION}.{PRODUCT}_client")
    return sorted(ACTION.findall(inspect.getsource(client)))


def schema() -> dict[str, Any]:
    """Actions and objects as the vendor's command line declares them."""
    # Read as a file: importing the command line needs the module `imp`, which Python 3.12 no longer has.
    path = distribution(COMMAND_LINE).locate_file(f"tccli/services/{PRODUCT}/{VERSION}/api.json")
    found: dict[str, Any] = json.loads(Path(str(path)).read_text(encoding="utf-8"))
    return found


def member_field(member: dict[str, Any], place: Place) -> Field:
    """One member; an example is kept when it shows one value and nobody's account."""
    inner = TYPES.get(member["member"], member["member"])
    example = member.get("example", "")
    return Field(
        name=member["name"],
        place=place,
        type=f"list<{inner}>" if member["type"] == "list" else inner,
        required=member["required"] if place else member["output_required"],
        nullable=member.get("value_allowed_null", False),
        deprecated=member["disabled"],
        example="" if len(example) > EXAMPLE_LENGTH_MAX or PERSONAL.search(example) else example,
    )


def fields(declared: dict[str, Any], model: str, place: Place = "") -> tuple[Field, ...]:
    """Members of a model in the vendor's order; LookupError when SDK and schema name different ones."""
    members = [member for member in declared["objects"][model]["members"] if member["name"] != ENVELOPE]
    in_sdk = getattr(import_module(f"tencentcloud.{PRODUCT}.{VERSION}.models"), model)()
    known = {name.removeprefix("_") for name in vars(in_sdk)} - {ENVELOPE, "headers"}
    if known != {member["name"] for member in members}:
        raise LookupError(f"{model}: {SDK} and {COMMAND_LINE} differ in {sorted(known)}")
    return tuple(member_field(with_direction(member, place), place) for member in members)


def with_direction(member: dict[str, Any], place: Place) -> dict[str, Any]:
    """The member with both flags: a structure used in requests alone has no `output_required`, and the reverse."""
    key, other = ("required", "output_required") if place else ("output_required", "required")
    return member if key in member else {**member, key: member[other]}


def inventories() -> dict[str, Inventory]:
    """The product, by the name of its file."""
    declared, vendor, facts = schema(), vendor_facts("tencent"), operation_facts(f"tencent_{PRODUCT}")
    names = actions()
    check_complete(f"tencent_{PRODUCT}", set(names), set(facts))
    operations = []
    for name in names:
        per_second = facts[name].per_second
        assert per_second is not None, name
        operations.append(
            DeclaredOperation(
                name=name,
                method="POST",
                path="/",
                sites=("intl",),
                kinds=vendor.kinds(facts[name].caller),
                per_second=per_second,
                writes=facts[name].writes,
                docs=facts[name].docs,
                request=fields(declared, f"{name}Request", "body"),
                response=fields(declared, f"{name}Response"),
            )
        )
    messages = {f"{name}{direction}" for name in names for direction in ("Request", "Response")}
    return {
        f"tencent_{PRODUCT}": Inventory(
            vendor="tencent",
            product=PRODUCT,
            source=f"{SDK} {version(SDK)}, {COMMAND_LINE} {version(COMMAND_LINE)}",
            operations=tuple(operations),
            structures={name: fields(declared, name) for name in sorted(set(declared["objects"]) - messages)},
        )
    }
