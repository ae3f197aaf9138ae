"""The bad values of every field: made from the inventories for all operations, implemented or declared, and counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from openpartner.apikit.inventory import Field, Inventory
from openpartner.apikit.operation import Operation
from tests.proofs.requests import DEFAULTS, Ask, row, taken, value_of

DEPTH_MAX = 3
LONG = 65_537
LONG_QUERY = 3_000
UNKNOWN = "no_such_parameter"
NUMBERS = (-1, 0, 2**31, 2**63, 2**64, 10**30)
ABSENT = object()


@dataclass(frozen=True)
class Case:
    """One field with one bad value."""

    ask: Ask
    field: str
    how: str
    required: bool = False

    def __str__(self) -> str:
        return f"{self.ask.key} {self.field} {self.how}"


def cases(ask: Ask) -> Iterator[Case]:
    """Every case of one operation; nested structures are walked to a depth of three."""
    found = row(ask.dialect, ask.operation.name)
    if found is None:
        fields = [_of_struct(name) for name in ask.operation.request.__struct_encode_fields__]
        inventory: Inventory | None = None
    else:
        inventory, listed = found
        fields = taken(listed, ask.operation)
    for field in fields:
        yield from _field(ask, inventory, field, (), 0)
    yield Case(ask.changed(**{UNKNOWN: "1"}), UNKNOWN, "unknown")


def _of_struct(name: str) -> Field:
    """A field of an operation that no inventory lists: its type is not known, so it is walked as a text."""
    return Field(name=name, place="body", type="string", required=True)


def _field(
    ask: Ask, inventory: Inventory | None, field: Field, above: tuple[str | int, ...], depth: int
) -> Iterator[Case]:
    path = (*above, field.name)
    name = ".".join(str(part) for part in path)
    in_path = field.place == "path"
    for how, value in _values(ask.operation, field):
        if in_path and (value is ABSENT or value == "" or not isinstance(value, str)):
            continue  # another route, or none
        yield Case(_with(ask, path, value), name, how, required=field.required and not above)
    item = field.type.removeprefix("list<").removesuffix(">")
    if inventory is None or item not in inventory.structures or depth >= DEPTH_MAX:
        return
    # What a passing request has there stays: beside values made up from types, no case could be answered normally.
    filled = ask if _has(ask.parameters, path) else _with(ask, path, value_of(inventory, field))
    inner = (*path, 0) if field.type.startswith("list<") else path
    for member in inventory.structures[item]:
        yield from _field(filled, inventory, member, inner, depth + 1)
    yield Case(_with(filled, (*inner, UNKNOWN), "1"), f"{name}.{UNKNOWN}", "unknown")


def _values(operation: Operation, field: Field) -> Iterator[tuple[str, Any]]:
    in_query = operation.source == "query"
    yield "absent", ABSENT
    if in_query:
        yield "bare", ""
        yield "empty", '""'
        yield "null", "null"
        yield "too long", "x" * LONG_QUERY
        yield "not text", "\x00"
        yield "out of range", "-1"
        yield "out of range, huge", str(10**30)
        if field.type.removeprefix("list<").removesuffix(">") != "string":  # any text of a query is a text
            yield "wrong type", "x"
        return
    yield "empty", ""
    yield "null", None
    yield "too long", "x" * (LONG_QUERY if field.place == "path" else LONG)
    yield "not text", "a\x00b"
    if field.type in DEFAULTS and field.type != "object":
        yield "wrong type, object", {"a": 1}
    yield "wrong type, list", [["a"]]
    yield "wrong type, boolean", "x" if field.type == "boolean" else True
    if field.type in {"integer", "decimal", "float"}:
        yield "wrong type, text", "x"
        yield from ((f"out of range, {number:.0e}", number) for number in NUMBERS)
        if field.type == "integer":
            yield "wrong type, fraction", 1.5
    elif field.type.startswith("list<"):
        yield "wrong type, text", "x"
        yield "empty list", []
        yield "too long list", ["x"] * 2_001
        yield "wrong type, element", [None]
    else:
        yield "wrong type, number", 1
        if field.place != "path":
            yield "surrogate", "\ud800"


def _with(ask: Ask, path: tuple[str | int, ...], value: Any) -> Ask:
    parameters = _put(dict(ask.parameters), path, value)
    assert isinstance(parameters, dict)
    return replace(ask, parameters=parameters)


def _has(within: Any, path: tuple[str | int, ...]) -> bool:
    """Whether something that is not empty stands at a path."""
    for key in path:
        there = key < len(within) if isinstance(key, int) else key in within
        if not there:
            return False
        within = within[key]
    return bool(within)


def _put(into: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy with the value at a path; ABSENT takes it away."""
    key, *rest = path
    copy: Any = list(into) if isinstance(into, list) else dict(into)
    if rest:
        copy[key] = _put(copy[key], tuple(rest), value)
    elif value is ABSENT:
        copy.pop(key, None)
    else:
        copy[key] = value
    return copy
