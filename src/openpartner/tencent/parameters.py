"""Parameters to request structs: dotted keys unfolded, types checked by schema, errors in the vendor's words.

A request that fits is built in one step. Only one that does not is walked field by field, to name what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from openpartner.apikit.call import Refused
from openpartner.apikit.presence import On, Presence
from openpartner.tencent import errors
from openpartner.tencent.base import RefusedAs
from openpartner.tencent.errors import missing, refused, unknown, wrong_type

Values = dict[str, Any]

UNSIGNED_MAX = 2**64 - 1
LIST_MAX = 1_000
"""Elements a dotted list may have: more than any action documents."""

_DIGITS = re.compile(r"[0-9]{1,20}")
_INTEGER = re.compile(r"-?[0-9]{1,20}")
# As JSON writes numbers: small floats come as 4.6e-05. Nothing that the vendor counts needs three digits there.
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?")
_BOOLEANS = {"True": True, "true": True, "False": False, "false": False}


class Field(NamedTuple):
    """What the walk needs to know of one field."""

    hint: object
    required: bool
    blank: bool
    """Whether an empty text means absent."""
    refused_as: str


def read(values: Values, shape: type[msgspec.Struct], *, dotted: bool, walk: bool = False) -> msgspec.Struct:
    """The request of decoded JSON or, when `dotted`, of flat texts; Refused in the vendor's words.

    In JSON a text of digits is taken for an integer, and nothing else is coerced (tencent:F.9); flat texts are all.
    With `walk` every value is looked at, because the caller has seen something in them that no type forbids.
    """
    if not dotted and not walk and _is_strict(shape):
        try:
            return msgspec.convert(values, shape)
        except msgspec.ValidationError:
            pass
    if dotted:
        values = unfold(values)
    fitted = _fit_struct(values, shape, "", dotted=dotted)
    try:
        return msgspec.convert(fitted, shape)
    except msgspec.ValidationError as error:
        raise _out_of_range(str(error), shape) from error


def unfold(flat: dict[str, str]) -> Values:
    """Nested values of dotted keys: `Filter.TagKey=t` is an object, `CustomerUin.0=1` a list from 0.

    Lists stay dicts of their indices until the schema says that they are lists.
    """
    nested: Values = {}
    for name, text in flat.items():
        *above, last = name.split(".")
        place = nested
        for part in above:
            inner = place.setdefault(part, {})
            if type(inner) is not dict:
                raise unknown(name)
            place = inner
        if last in place:
            raise unknown(name)
        place[last] = text
    return nested


def _fit_struct(values: object, shape: type[msgspec.Struct], path: str, *, dotted: bool) -> Values:
    if type(values) is not dict:
        raise wrong_type(path, "object")
    fields = _fields(shape)
    fitted = {}
    for name, value in values.items():
        inner = f"{path}.{name}" if path else name
        field = fields.get(name)
        if field is None:
            raise unknown(inner)
        if value == "" and field.blank:
            continue
        fitted[name] = _fit(value, field.hint, inner, dotted=dotted)
    for name, field in fields.items():
        if field.required and name not in fitted:
            raise missing(f"{path}.{name}" if path else name)
    return fitted


def _fit(value: object, hint: object, path: str, *, dotted: bool) -> object:
    # vendor doc silent: null in a request; it is a value of the wrong type wherever one is asked for.
    hint = _bare(hint)
    if get_origin(hint) is list:
        return _fit_list(value, get_args(hint)[0], path, dotted=dotted)
    if get_origin(hint) is Literal:
        return _text(value, path, dotted=dotted)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _fit_struct(value, hint, path, dotted=dotted)
    fit = _SCALARS.get(hint)
    return fit(value, path, dotted=dotted) if fit else value


def _fit_list(value: object, element: object, path: str, *, dotted: bool) -> list[object]:
    if dotted and type(value) is dict:
        # The keys are 0 to n-1 in any order; a hole would move every later element.
        wanted = [str(place) for place in range(min(len(value), LIST_MAX + 1))]
        if len(value) > LIST_MAX or value.keys() != set(wanted):
            raise wrong_type(path, "list")
        value = [value[place] for place in wanted]
    if type(value) is not list:
        raise wrong_type(path, "list")
    return [_fit(item, element, f"{path}.{place}", dotted=dotted) for place, item in enumerate(value)]


def _integer(value: object, path: str, *, dotted: bool) -> int:
    if type(value) is str and (_INTEGER if dotted else _DIGITS).fullmatch(value):
        value = int(value)
    # The vendor's integers are unsigned 64 bits: a negative one is of the wrong type (tencent:C.6).
    if type(value) is not int or not 0 <= value <= UNSIGNED_MAX:
        raise wrong_type(path, "uint64")
    return value


def _decimal(value: object, path: str, *, dotted: bool) -> Decimal:
    if dotted and isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise wrong_type(path, "float")
    return Decimal(value)


def _float(value: object, path: str, *, dotted: bool) -> float:
    return float(_decimal(value, path, dotted=dotted))


def _boolean(value: object, path: str, *, dotted: bool) -> bool:
    if dotted and isinstance(value, str) and value in _BOOLEANS:
        return _BOOLEANS[value]
    if not isinstance(value, bool):
        raise wrong_type(path, "boolean")
    return value


def _text(value: object, path: str, *, dotted: bool) -> str:
    if not isinstance(value, str):
        raise wrong_type(path, "string")
    if "\x00" in value:
        raise refused(errors.INVALID_VALUE, f"The value of parameter `{path}` holds a NUL character.")
    return value


_SCALARS: dict[object, Callable[..., object]] = {
    int: _integer,
    Decimal: _decimal,
    float: _float,
    bool: _boolean,
    str: _text,
}


def _out_of_range(why: str, shape: type[msgspec.Struct]) -> Refused:
    text, _, where = why.partition(" - at `$.")
    path = re.sub(r"\[(\d*|\.\.\.)\]", "", where.rstrip("`"))
    field = _fields(shape).get(path.split(".")[0])
    code = field.refused_as if field else errors.INVALID_VALUE
    return refused(code, f"The value of parameter `{path}` is not valid: {text}.")


def _bare(hint: object) -> object:
    """The type itself: no Annotated, no Optional."""
    while True:
        if get_origin(hint) is Annotated:
            hint = get_args(hint)[0]
        elif get_origin(hint) in {Union, UnionType}:
            kinds = [kind for kind in get_args(hint) if kind not in {NoneType, msgspec.UnsetType}]
            if len(kinds) != 1:
                return hint
            hint = kinds[0]
        else:
            return hint


@cache
def _fields(shape: type[msgspec.Struct]) -> dict[str, Field]:
    hints = get_type_hints(shape, include_extras=True)
    found = {}
    for field in msgspec.structs.fields(shape):
        marks = _marks(hints[field.name])
        presence = next((mark for mark in marks if isinstance(mark, Presence)), None)
        found[field.encode_name] = Field(
            hints[field.name],
            field.required,
            presence is not None and presence.empty is On.ABSENT,
            next((mark.code for mark in marks if isinstance(mark, RefusedAs)), errors.INVALID_VALUE),
        )
    return found


def _marks(hint: object) -> list[object]:
    marks: list[object] = []
    while get_origin(hint) is Annotated:
        hint, *more = get_args(hint)
        marks += more
    return marks


@cache
def _is_strict(shape: type[msgspec.Struct]) -> bool:
    """Whether msgspec alone accepts exactly what a walk would: no field may be null or blank, none may be unknown.

    It takes a text for a decimal, which no type of the vendor allows.
    """
    if not shape.__struct_config__.forbid_unknown_fields:
        return False
    return all(
        not field.blank
        and _bare(field.hint) is not Decimal
        and get_origin(_annotated(field.hint)) not in {Union, UnionType}
        for field in _fields(shape).values()
    )


def _annotated(hint: object) -> object:
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return hint
