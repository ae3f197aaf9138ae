"""What a list of customers can be narrowed by: one value shared by APIs, console and exports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, TypeAlias, get_args, get_type_hints

from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from openpartner.core.base.kinds import AssociationKind, Suspension
from openpartner.kit.folding import fold_keeping_spaces


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFilter:
    """Conditions that must all hold; None means no condition. An empty text is a condition like any other."""

    account_name_contains: str | None = None  # whatever the case
    legal_name_contains: str | None = None  # whatever the case
    label_contains: str | None = None  # case decides
    account_name: str | None = None
    legal_name: str | None = None
    label: str | None = None
    association: AssociationKind | None = None
    associated_from: datetime | None = None  # inclusive
    associated_until: datetime | None = None  # inclusive
    account_id: str | None = None
    uin: int | None = None
    manager: int | None = None
    suspension: Suspension | None = None
    mobile: str | None = None
    email: str | None = None

    TYPES: ClassVar[dict[str, type]] = {}

    @property
    def shape(self) -> tuple[str, ...]:
        """Which conditions are given: filters of one shape compile to one SQL text."""
        return tuple(name for name in NAMES if getattr(self, name) is not None)

    @property
    def values(self) -> tuple[Any, ...]:
        """The given values in the order of `shape`, folded where the comparison is."""
        return tuple(_bound(name, getattr(self, name)) for name in self.shape)


Condition: TypeAlias = "Q | GreaterThan[Any]"  # quoted: Django's lookups are generic to the type checker alone
"""What `filter()` takes."""


def _bound(name: str, value: Any) -> Any:
    if name in _FOLDED:
        return fold_keeping_spaces(value)
    # psycopg does not know our enumerations; the database knows their numbers.
    return int(value) if isinstance(value, int) else value


def _contains(column: str) -> Callable[[Any], Condition]:
    # instr/strpos: no wildcard to escape, the same on both databases, case decided by the column.
    def condition(value: Any) -> Condition:
        return GreaterThan(StrIndex(F(column), Value(value)), 0)

    return condition


NAMES = tuple(field.name for field in fields(CustomerFilter))
CustomerFilter.TYPES.update(
    {name: get_args(hint)[0] for name, hint in get_type_hints(CustomerFilter).items() if name in NAMES}
)
_FOLDED = frozenset({"account_name_contains", "legal_name_contains"})

CONDITIONS: dict[str, Callable[[Any], Condition]] = {
    "account_name_contains": _contains("account_name_folded"),
    "legal_name_contains": _contains("legal_name_folded"),
    "label_contains": _contains("labels"),
    "account_name": lambda value: Q(account_name=value),
    "legal_name": lambda value: Q(legal_name=value),
    "label": lambda value: Q(labels=value),
    "association": lambda value: Q(association_kind=value),
    "associated_from": lambda value: Q(associated_at__gte=value),
    "associated_until": lambda value: Q(associated_at__lte=value),
    "account_id": lambda value: Q(account_id=value),
    "uin": lambda value: Q(uin=value),
    "manager": lambda value: Q(manager=value),
    "suspension": lambda value: Q(suspension=value),
    "mobile": lambda value: Q(mobile=value),
    "email": lambda value: Q(email=value),
}
assert CONDITIONS.keys() == set(NAMES)
