"""Coverage: each operation in one state, and only a passing SDK test makes one proven."""

from __future__ import annotations

from typing import Annotated

import msgspec

from openpartner.apikit.coverage import Evidence, State, besides, rows, totals
from openpartner.apikit.declared import declare
from openpartner.apikit.inventory import DeclaredOperation, Field, Inventory, load
from openpartner.apikit.operation import Operation, Registry
from openpartner.core.base.caller import Caller


class Item(msgspec.Struct):
    known: str


class Request(msgspec.Struct):
    taken: str


class Response(msgspec.Struct):
    items: Annotated[list[Item] | None, "a mark"]
    total: int


def field(name: str, kind: str = "string", place: str = "") -> Field:
    return msgspec.convert({"name": name, "type": kind, "required": False, "in": place}, Field)


def declared(name: str) -> DeclaredOperation:
    return DeclaredOperation(
        name=name,
        method="POST",
        path=f"/v2/{name}",
        sites=("intl",),
        kinds=("customer",),
        per_second=1,
        writes=False,
        docs="",
        request=(field("taken", place="body"), field("ignored", place="body"), field("X-Language", place="header")),
        response=(field("items", "list<Item>"), field("total", "integer"), field("later"), field("never")),
    )


INVENTORY = Inventory(
    vendor="huawei",
    product="test",
    source="ours",
    operations=(declared("Absent"), declared("Declared"), declared("Done"), declared("Proven")),
    structures={"Item": (field("known"), field("unknown"))},
)


def registry() -> Registry:
    made = Registry("huawei")
    for name in ("Done", "Proven", "Extra"):

        def run(caller: Caller, request: Request) -> Response:
            raise AssertionError

        run.__annotations__ = {"caller": Caller, "request": Request, "return": Response}
        made.operation(
            name, route=f"POST /v2/{name}", kinds=(), permission=None, per_second=1, docs="", pending=("later",)
        )(run)
    declare(made, [msgspec.structs.replace(INVENTORY, operations=(declared("Declared"),))])
    return made


def test_each_operation_is_in_one_state() -> None:
    found = rows(INVENTORY, registry().operations, {"Proven": ["test_it_works"], "Declared": ["test_it_cannot"]})
    assert [row.state for row in found] == [State.ABSENT, State.DECLARED, State.IMPLEMENTED, State.PROVEN]
    assert totals(found) == dict.fromkeys(State, 1)


def test_fields_we_lack_are_named() -> None:
    """Nested ones too; headers are the gateway's business, and pending fields are no omission."""
    done = rows(INVENTORY, registry().operations, {})[2]
    assert done.missing_request == ("ignored",)
    assert done.missing_response == ("items[].unknown", "never")
    assert done.pending == ("later",)


def test_operations_that_no_inventory_lists_are_told_apart() -> None:
    assert [operation.name for operation in besides([INVENTORY], registry().operations)] == ["Extra"]


def test_without_evidence_nothing_is_proven() -> None:
    operations: dict[str, Operation] = dict(registry().operations)
    assert Evidence().proven == {}
    assert totals(rows(load("tencent_intlpartnersmgt"), operations, {}))[State.PROVEN] == 0
