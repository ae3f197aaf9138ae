"""Absent, bare, empty and null: each rule against each spelling, in a body and in a query."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import pytest

from openpartner.apikit.presence import (
    BARE_IS_ABSENT,
    BLANK_FILTERS,
    BLANK_IS_ABSENT,
    BLANK_IS_INVALID,
    NULL_IS_ABSENT,
    Presence,
    rules,
    settle,
    settle_query,
)
from openpartner.core.base.errors import Invalid

RULES = {
    "BLANK_IS_ABSENT": BLANK_IS_ABSENT,
    "BLANK_IS_INVALID": BLANK_IS_INVALID,
    "NULL_IS_ABSENT": NULL_IS_ABSENT,
    "BLANK_FILTERS": BLANK_FILTERS,
    "BARE_IS_ABSENT": BARE_IS_ABSENT,
}
REFUSED = "refused"
ABSENT = "absent"

# rule: (null in a body, empty in a body, bare in a query, empty in a query, null in a query), as each rule says.
OUTCOMES: dict[str, tuple[Any, Any, Any, Any, Any]] = {
    "BLANK_IS_ABSENT": (ABSENT, ABSENT, ABSENT, ABSENT, ABSENT),
    "BLANK_IS_INVALID": (REFUSED, REFUSED, REFUSED, REFUSED, REFUSED),
    "NULL_IS_ABSENT": (ABSENT, REFUSED, ABSENT, REFUSED, ABSENT),
    # huawei:C9, the table of offl_00004: `label=` is no condition, `label=""` and `label=null` are conditions.
    "BLANK_FILTERS": (None, "", ABSENT, "", "null"),
    "BARE_IS_ABSENT": (REFUSED, REFUSED, ABSENT, REFUSED, REFUSED),
}


def shape(rule: Presence) -> type[msgspec.Struct]:
    return msgspec.defstruct("Shape", [("name", Annotated[str | None, rule], None), ("free", str | None, None)])


def outcome(settled: Any) -> Any:
    """What is left of the field, or what became of the request."""
    try:
        return settled().get("name", ABSENT)
    except Invalid as error:
        return REFUSED if error.field == "name" else f"refused for {error.field}"


@pytest.mark.parametrize("name", RULES)
def test_a_body_is_settled_by_its_rule(name: str) -> None:
    null, empty, *_ = OUTCOMES[name]
    struct = shape(RULES[name])
    assert outcome(lambda: settle({"name": None}, struct)) == null
    assert outcome(lambda: settle({"name": ""}, struct)) == empty
    assert outcome(lambda: settle({}, struct)) == ABSENT
    assert outcome(lambda: settle({"name": "x"}, struct)) == "x"


@pytest.mark.parametrize("name", RULES)
def test_a_query_is_settled_by_its_rule(name: str) -> None:
    _, _, bare, empty, null = OUTCOMES[name]
    struct = shape(RULES[name])
    assert outcome(lambda: settle_query({"name": ""}, struct)) == bare
    assert outcome(lambda: settle_query({"name": '""'}, struct)) == empty
    assert outcome(lambda: settle_query({"name": "null"}, struct)) == null
    assert outcome(lambda: settle_query({}, struct)) == ABSENT
    assert outcome(lambda: settle_query({"name": "x"}, struct)) == "x"


def test_what_has_no_rule_passes_as_it_is() -> None:
    struct = shape(BLANK_IS_INVALID)
    assert settle({"free": None}, struct) == {"free": None}
    assert settle_query({"free": "", "unknown": "null"}, struct) == {"free": "", "unknown": "null"}


def test_only_texts_can_be_empty() -> None:
    """0, false and an empty list are real values."""
    struct = shape(BLANK_IS_INVALID)
    values: tuple[Any, ...] = (0, False, [])
    for value in values:
        assert settle({"name": value}, struct) == {"name": value}


def test_rules_are_found_by_wire_name_through_any_nesting() -> None:
    class Nested(msgspec.Struct, rename="camel"):
        first_one: Annotated[Annotated[int, msgspec.Meta(ge=1)], NULL_IS_ABSENT] = 1
        plain: int = 1

    assert rules(Nested) == (("firstOne", NULL_IS_ABSENT),)


def test_a_query_is_copied_and_a_body_is_not() -> None:
    """The gateway owns the decoded body; a query may still be asked for its raw values."""
    query = {"name": ""}
    settle_query(query, shape(BLANK_IS_ABSENT))
    assert query == {"name": ""}
    body: dict[str, Any] = {"name": None}
    assert settle(body, shape(BLANK_IS_ABSENT)) is body
    assert body == {}
