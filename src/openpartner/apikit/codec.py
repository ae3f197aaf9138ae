"""JSON to structs and back: exact decimals, and errors that name the field."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from openpartner.core.base.errors import Invalid

Shape = TypeVar("Shape", bound=msgspec.Struct)

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
encode = msgspec.json.Encoder(decimal_format="number").encode


class NotJson(ValueError):
    """The body is not a JSON object."""


def decode_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body; an empty body is an empty object. NotJson for anything else."""
    if not body:
        return {}
    try:
        # vendor doc silent: two members of one name in a JSON object; the last one counts.
        decoded = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise NotJson("the body is not JSON") from error
    if decoded is None:
        return {}
    if type(decoded) is not dict:
        raise NotJson("the body is not a JSON object")
    return decoded


def build(values: dict[str, Any], shape: type[Shape], *, strict: bool = True) -> Shape:
    """The struct of decoded values; Invalid names the first field that does not fit.

    Without `strict`, texts are read as the numbers and booleans the struct asks for: values of a query are texts.
    """
    for name, value in values.items():
        if not _storable(value):
            raise Invalid(name, "holds a character that no text may hold")
    if not strict:
        for name in _integers(shape):
            # msgspec would read 1e2 and 1.0 as integers too.
            if type(values.get(name)) is str and not _INTEGER.fullmatch(values[name]):
                raise Invalid(name, "is not an integer")
    try:
        return msgspec.convert(values, shape, strict=strict)
    except msgspec.ValidationError as error:
        why, _, where = str(error).partition(" - at `$")
        name = where.rstrip("`").removeprefix(".")
        if not name and "`" in why:
            name = why.split("`")[1]  # "Object missing required field `x`" names it in the sentence
        raise Invalid(name or "body", why) from error


_INTEGER = re.compile(r"-?[0-9]{1,19}")


def _storable(value: object) -> bool:
    """Whether every text in a decoded value fits into both databases: PostgreSQL refuses NUL, both lone surrogates."""
    match value:
        case str():
            if value.isascii():
                return "\0" not in value
            try:
                value.encode()
            except UnicodeEncodeError:
                return False
            return "\0" not in value
        case list():
            return all(map(_storable, value))
        case dict():
            return all(map(_storable, value)) and all(map(_storable, value.values()))
    return True


@cache
def _integers(shape: type[msgspec.Struct]) -> tuple[str, ...]:
    """The wire names of a struct's fields that are integers, or integers and nothing."""
    info = inspect.type_info(shape)
    assert isinstance(info, inspect.StructType)
    return tuple(field.encode_name for field in info.fields if _is_integer(field.type))


def _is_integer(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.Metadata):
        return _is_integer(kind.type)
    if isinstance(kind, inspect.UnionType):
        return all(isinstance(option, inspect.NoneType) or _is_integer(option) for option in kind.types)
    return isinstance(kind, inspect.IntType)
