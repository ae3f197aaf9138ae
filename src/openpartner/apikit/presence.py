"""Absent, bare, empty and null: four different things, declared on the field.

*Absent* is a parameter that is not there. *Bare* is a query key without a value (`label=`). *Empty* is `""`:
in JSON the empty text, in a query the two quotes, as Huawei's tables spell it. *Null* is JSON null, in a query
the word `null`. What each means differs by field, so it is data on the type, and the request is settled before
the struct is built: structs only ever see real values.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from openpartner.core.base.errors import Invalid


class On(Enum):
    """What to do with a value that is not a real one."""

    ABSENT = "treat as absent"
    REJECT = "reject the request"
    KEEP = "pass through"


class Presence(NamedTuple):
    """The rule of one field. `bare` matters to queries alone."""

    null: On
    empty: On
    bare: On = On.ABSENT


BLANK_IS_ABSENT = Presence(null=On.ABSENT, empty=On.ABSENT)
BLANK_IS_INVALID = Presence(null=On.REJECT, empty=On.REJECT, bare=On.REJECT)
NULL_IS_ABSENT = Presence(null=On.ABSENT, empty=On.REJECT)
BLANK_FILTERS = Presence(null=On.KEEP, empty=On.KEEP)
BARE_IS_ABSENT = Presence(null=On.REJECT, empty=On.REJECT)

QUERY_EMPTY = '""'
QUERY_NULL = "null"


@cache
def rules(struct: type[msgspec.Struct]) -> tuple[tuple[str, Presence], ...]:
    """The presence rule of each field that declares one, by wire name."""
    hints = get_type_hints(struct, include_extras=True)
    found = []
    for field, wire in zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True):
        rule = _rule_in(hints[field])
        if rule is not None:
            found.append((wire, rule))
    return tuple(found)


def settle(body: dict[str, Any], struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Drop or refuse null and empty values of a JSON body. The body is changed in place and returned."""
    for name, rule in rules(struct):
        if name not in body:
            continue
        value = body[name]
        if value is None:
            _apply(body, name, rule.null)
        elif value == "":
            _apply(body, name, rule.empty)
    return body


def settle_query(query: dict[str, Any], struct: type[msgspec.Struct]) -> dict[str, Any]:
    """The same for the parameters of a query, where empty and null are spelled out."""
    settled: dict[str, Any] = dict(query)
    for name, rule in rules(struct):
        if name not in settled:
            continue
        match settled[name]:
            case "":
                _apply(settled, name, rule.bare)
            case value if value == QUERY_EMPTY:
                settled[name] = ""
                _apply(settled, name, rule.empty)
            case value if value == QUERY_NULL:
                _apply(settled, name, rule.null)
    return settled


def _apply(body: dict[str, Any], name: str, on: On) -> None:
    if on is On.ABSENT:
        del body[name]
    elif on is On.REJECT:
        raise Invalid(name, "must not be null or empty")


def _rule_in(hint: Any) -> Presence | None:
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        for mark in marks:
            if isinstance(mark, Presence):
                return mark
        return _rule_in(inner)
    return None
