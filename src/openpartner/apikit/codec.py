"""JSON to structs and back: exact decimals, and errors that name the field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

import msgspec

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
    try:
        return msgspec.convert(values, shape, strict=strict)
    except msgspec.ValidationError as error:
        why, _, where = str(error).partition(" - at `$")
        name = where.rstrip("`").removeprefix(".")
        if not name and "`" in why:
            name = why.split("`")[1]  # "Object missing required field `x`" names it in the sentence
        raise Invalid(name or "body", why) from error
