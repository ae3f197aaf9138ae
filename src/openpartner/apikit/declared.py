"""Declared operations: what a vendor lists and nobody has implemented yet, as operations without a function.

Built from the inventories, so that a declared operation is routed, authenticated, rate limited, decoded and
checked for its callers like an implemented one, and only then answered as not available.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, cast

import msgspec

from openpartner.apikit.inventory import DeclaredOperation, Field, Inventory
from openpartner.apikit.operation import Operation, Registry
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission

UNCHECKED_PATH_VALUES: Final = frozenset({"partner_id", "domain_id"})
"""Path values that the vendor does not verify and that the gateways therefore never hand to a request."""
IN_QUERY: Final = frozenset({"GET", "DELETE"})

PLAIN: Final[Mapping[str, type]] = {
    "string": str,
    "integer": int,
    "decimal": Decimal,
    "float": Decimal,
    "boolean": bool,
    "datetime": str,
    "object": dict[str, Any],
}

# The first name that fits decides: (names, permission of a read, permission of a write). None asks for none.
PERMISSIONS: Final[tuple[tuple[re.Pattern[str], Permission | None, Permission | None], ...]] = tuple(
    (re.compile(names), read, write)
    for names, read, write in (
        (r"ServiceTypes|ResourceTypes|UsageTypes|MeasureUnits|Conversions|ServiceResources|QrCode|Verif", None, None),
        (r"Freeze|Unfreeze|ForceQN", Permission.CUSTOMER_READ, Permission.FREEZE),
        (
            r"EnterpriseMultiAccount|SubEnterprise|EnterpriseSub|EnterpriseOrg",
            Permission.CUSTOMER_READ,
            Permission.MEMBER_MANAGE,
        ),
        (r"Voucher|Coupon|StoredValue", Permission.VOUCHER_READ, Permission.VOUCHER_WRITE),
        (r"Rebate|Incentive", Permission.COMMISSION_READ, None),
        (r"PolicyProduct", Permission.PARTNER_READ, None),
        (
            r"Credit|Budget|Balance|Quota|Amount|PartnerAccount|AccountChange|Adjust",
            Permission.CREDIT_READ,
            Permission.CREDIT_WRITE,
        ),
        (r"Order|Renew|Subscri|Rating|RateOn|Discount|PeriodTo", Permission.ORDER_READ, Permission.ORDER_WRITE),
        (r"Bill|Cost|Record|Consum|Usage|Monthly|Invoice", Permission.BILL_READ, None),
        (r"Resource", Permission.ORDER_READ, Permission.ORDER_WRITE),
        (r"SubAgent|IndirectPartner", Permission.PARTNER_READ, Permission.PARTNER_WRITE),
        (
            r"CreateAccount|Create(Sub)?Customer|Invitation|ApproveClient",
            Permission.CUSTOMER_READ,
            Permission.CUSTOMER_CREATE,
        ),
        (r"Customer|Client|CheckUser|Real[Nn]ame", Permission.CUSTOMER_READ, Permission.CUSTOMER_WRITE),
    )
)


def declare(
    registry: Registry, inventories: Iterable[Inventory], *, base: type[msgspec.Struct] = msgspec.Struct
) -> None:
    """Add every operation of the inventories that is not registered yet; `base` is the dialect's request struct.

    To be called when every implementation has registered: what comes first keeps its name and its route.
    """
    taken = {(operation.method, operation.path) for operation in registry.operations.values()} - {("POST", "/")}
    for inventory in inventories:
        shapes = _Shapes(inventory, base)
        for row in inventory.operations:
            if row.name not in registry.operations and (row.method, row.path) not in taken:
                registry.add(operation_of(row, shapes.request(row)))


def operation_of(row: DeclaredOperation, request: type[msgspec.Struct]) -> Operation:
    """The operation of an inventory row, without a function behind it."""
    return Operation(
        name=row.name,
        method=row.method,
        path=row.path,
        kinds=frozenset(AccountKind.named(kind) for kind in row.kinds),
        permission=permission_for(row),
        per_second=row.per_second,
        docs=row.docs,
        request=request,
        response=None,
        run=None,
        writes=row.writes,
        source="query" if row.method in IN_QUERY else "body",
    )


def permission_for(row: DeclaredOperation) -> Permission | None:
    """The permission that an operation will ask for, guessed from its name until it is implemented."""
    for names, read, write in PERMISSIONS:
        if names.search(row.name):
            return write if row.writes else read
    return None


_Entry = tuple[str, Any, Any]
"""A field for `defstruct`: name, type and default."""


class _Shapes:
    """Structs made from the fields of one inventory; nested structures are made once."""

    def __init__(self, inventory: Inventory, base: type[msgspec.Struct]) -> None:
        self._inventory = inventory
        self._base = base
        self._made: dict[str, type[msgspec.Struct]] = {}

    def request(self, row: DeclaredOperation) -> type[msgspec.Struct]:
        """The struct of the parameters that the gateway hands over: those of the path, and of query or body."""
        source = "query" if row.method in IN_QUERY else "body"
        fields = [
            self._field(field, in_path=field.place == "path")
            for field in row.request
            if field.place == source or (field.place == "path" and field.name not in UNCHECKED_PATH_VALUES)
        ]
        return self._struct(f"{row.name}Request", fields)

    def _field(self, field: Field, *, in_path: bool = False) -> _Entry:
        if in_path:
            kind: type = str  # a path value is text whatever the page calls it
        else:
            kind = self._type(field.type)
        # Named explicitly: a base that renames its fields would rename these too, which have the wire's names already.
        if field.required or in_path:
            return field.name, kind, msgspec.field(name=field.name)
        return field.name, kind | None, msgspec.field(name=field.name, default=None)

    def _type(self, spelling: str) -> type:
        if spelling.startswith("list<"):
            item = self._type(spelling.removeprefix("list<").removesuffix(">"))
            return cast(type, list[item])  # type: ignore[valid-type]  # made at run time
        if spelling in PLAIN:
            return PLAIN[spelling]
        if spelling not in self._made:
            members = self._inventory.structures[spelling]
            self._made[spelling] = self._struct(spelling, [self._field(member) for member in members])
        return self._made[spelling]

    def _struct(self, name: str, fields: list[_Entry]) -> type[msgspec.Struct]:
        return msgspec.defstruct(name, fields, bases=(self._base,), kw_only=True, gc=False, module=__name__)
