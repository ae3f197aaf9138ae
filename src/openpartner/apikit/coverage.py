"""Coverage: what the vendors list, set against what is registered and what passing SDK tests have left as evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from openpartner.apikit.declared import IN_QUERY, UNCHECKED_PATH_VALUES
from openpartner.apikit.inventory import DeclaredOperation, Field, Inventory
from openpartner.apikit.operation import Operation

ENVELOPE = frozenset({"error_code", "error_msg"})
"""What Huawei's models name although it comes with an error alone."""


class State(StrEnum):
    """How far an operation is. Each operation is in exactly one state, the furthest it has reached."""

    ABSENT = "absent"
    DECLARED = "declared"
    IMPLEMENTED = "implemented"
    PROVEN = "proven"


class Evidence(msgspec.Struct, frozen=True):
    """What `make coverage` wrote: by dialect and operation, the passing tests that called it through the SDK."""

    date: str = ""
    commit: str = ""
    proven: dict[str, dict[str, list[str]]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One operation of an inventory. Fields are wire names, `customer_infos[].email` for one of a nested structure."""

    declared: DeclaredOperation
    state: State
    tests: int
    """How many passing SDK tests called it."""
    missing_request: tuple[str, ...]
    """Parameters of the SDK's model that we do not read."""
    missing_response: tuple[str, ...]
    """Fields of the SDK's model that we never send, apart from the pending ones."""
    pending: tuple[str, ...]
    """Fields whose capability is not built yet."""


def rows(
    inventory: Inventory, operations: Mapping[str, Operation], evidence: Mapping[str, Collection[str]]
) -> list[Row]:
    """A row for every operation of the inventory, in its order. `evidence` is that of the inventory's dialect."""
    return [_row(inventory, declared, operations.get(declared.name), evidence) for declared in inventory.operations]


def totals(found: Iterable[Row]) -> dict[State, int]:
    """How many operations are in each state, and every state is there."""
    counted = Counter(row.state for row in found)
    return {state: counted[state] for state in State}


def besides(inventories: Iterable[Inventory], operations: Mapping[str, Operation]) -> list[Operation]:
    """Implemented operations that no inventory lists, such as those of IAM, by name."""
    listed = {declared.name for inventory in inventories for declared in inventory.operations}
    return [operation for name, operation in sorted(operations.items()) if name not in listed]


def _row(
    inventory: Inventory,
    declared: DeclaredOperation,
    operation: Operation | None,
    evidence: Mapping[str, Collection[str]],
) -> Row:
    tests = len(evidence.get(declared.name, ()))
    if operation is None or operation.run is None:
        state = State.ABSENT if operation is None else State.DECLARED
        return Row(declared=declared, state=state, tests=0, missing_request=(), missing_response=(), pending=())
    source = "query" if declared.method in IN_QUERY else "body"
    taken = [
        field
        for field in declared.request
        if field.place == source or (field.place == "path" and field.name not in UNCHECKED_PATH_VALUES)
    ]
    sent = [field for field in declared.response if field.name not in ENVELOPE]
    missing = tuple(_missing(inventory, sent, operation.response))
    pending = tuple(dict.fromkeys(operation.pending))
    return Row(
        declared=declared,
        state=State.PROVEN if tests else State.IMPLEMENTED,
        tests=tests,
        missing_request=tuple(_missing(inventory, taken, operation.request)),
        missing_response=tuple(name for name in missing if not _is_pending(name, pending)),
        pending=pending,
    )


def _is_pending(name: str, pending: Collection[str]) -> bool:
    """Whether a field is named as pending by its whole name, with or without list marks, or by its last part."""
    return not {name, name.replace("[]", ""), name.rpartition(".")[2]}.isdisjoint(pending)


def _missing(
    inventory: Inventory,
    fields: Iterable[Field],
    struct: type[msgspec.Struct] | None,
    inside: frozenset[str] = frozenset(),
) -> Iterator[str]:
    """The wire names of fields that the struct lacks, nested ones after those of their parent.

    A structure that is inside itself, such as a node of a tree, is looked into once.
    """
    known = {} if struct is None else _members(struct)
    for field in fields:
        if field.name not in known:
            yield field.name
            continue
        item = field.type.removeprefix("list<").removesuffix(">")
        inner = _struct_in(known[field.name])
        if item in inventory.structures and item not in inside and inner is not None:
            many = "[]" if field.type.startswith("list<") else ""
            for name in _missing(inventory, inventory.structures[item], inner, inside | {item}):
                yield f"{field.name}{many}.{name}"


def _members(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Annotations of a struct by wire name."""
    hints = get_type_hints(struct)
    return {
        wire: hints[name] for name, wire in zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True)
    }


def _struct_in(hint: object) -> type[msgspec.Struct] | None:
    """The struct inside lists, unions and Annotated; None when there is none."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint
    arguments = get_args(hint)
    if get_origin(hint) is Annotated:
        arguments = arguments[:1]
    found = (_struct_in(argument) for argument in arguments)
    return next((struct for struct in found if struct is not None), None)
