"""The parameters of a query, as texts or, where the operation takes a list, as lists of texts."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import unquote_plus

import msgspec

from openpartner.core.base.errors import Invalid


def query_values(query: str, request: type[msgspec.Struct]) -> dict[str, Any]:
    """The parameters by name; a key without `=` is bare. Invalid when a key that takes one value comes twice."""
    values: dict[str, Any] = {}
    lists = list_names(request)
    for part in query.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        name, value = unquote_plus(name), unquote_plus(value)
        if name in lists:
            values.setdefault(name, []).append(value)  # the SDK repeats the key for each value
        elif name in values:
            # vendor doc silent: a parameter that a query names twice; refused, since either would be a guess.
            raise Invalid(name, "is given twice")
        else:
            values[name] = value
    return values


@cache
def list_names(request: type[msgspec.Struct]) -> frozenset[str]:
    """The wire names of a request's fields that take lists."""
    info = msgspec.inspect.type_info(request)
    assert isinstance(info, msgspec.inspect.StructType)
    return frozenset(field.encode_name for field in info.fields if _is_list(field.type))


def _is_list(kind: msgspec.inspect.Type) -> bool:
    if isinstance(kind, msgspec.inspect.UnionType):
        return any(_is_list(member) for member in kind.types)
    return isinstance(kind, msgspec.inspect.ListType)
