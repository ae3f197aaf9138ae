"""What a list of customers can be narrowed by: one value shared by APIs, console and exports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from django.db.models import F, Q, Value
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan

from openpartner.core.accounts.models import LABEL_SEPARATOR
from openpartner.core.base.kinds import AssociationKind, Suspension, Verification
from openpartner.core.base.sqltext import Differs
from openpartner.core.customers import ranks
from openpartner.core.customers.rank_names import RANKS, RANKS_LACKED
from openpartner.kit.folding import fold, fold_keeping_spaces
from openpartner.kit.ids import UIN_MAX, is_account_id


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
    partner: int | None = None  # primary key of the account they are bound to
    suspension: Suspension | None = None
    is_suspended: bool | None = None  # in whichever way
    is_assigned: bool | None = None  # has an account manager
    is_verified: bool | None = None
    is_direct: bool | None = None  # bound to the partner that pays; False: to a second-level reseller
    tag: str | None = None  # one whole label
    mobile: str | None = None
    email: str | None = None
    remark: str | None = None  # the whole of it
    available_from: int | None = None  # millionths of credit, inclusive, as all bounds
    available_until: int | None = None
    credit_from: int | None = None  # the total, likewise
    credit_until: int | None = None
    spent_from: int | None = None  # millionths of the newest month with bills
    spent_until: int | None = None
    used_from: int | None = None  # whole percents of the budget
    used_until: int | None = None
    text: str | None = None
    """What somebody typed into the one search box: part of a name, whatever its case and spaces, or a whole uin,
    mobile, account id or e-mail address."""

    def given(self) -> tuple[Given, ...]:
        """The conditions that are given, each with the values its comparison takes."""
        return tuple(
            (_SPECIAL.get(name) or Given)(name, value)
            for name, value in zip(NAMES, _values_of(self), strict=True)
            if value is not None and not (name == "text" and not fold(value))
        )

    @property
    def shape(self) -> tuple[str, ...]:
        """Which conditions are given: filters of one shape compile to one SQL text."""
        return tuple(given.condition for given in self.given())

    @property
    def values(self) -> tuple[Any, ...]:
        """The given values in the order of `shape`, folded where the comparison is."""
        return tuple(value for given in self.given() for value in given.values)


class Given:
    """One given condition: its name in CONDITIONS, and the values of its marks."""

    __slots__ = ("condition", "values")

    def __init__(self, condition: str, *values: Any) -> None:
        self.condition = condition
        # psycopg does not know our enumerations; the database knows their numbers.
        self.values = tuple(int(value) if isinstance(value, int) else value for value in values)


def _folded(name: str, value: str) -> Given:
    return Given(name, fold_keeping_spaces(value))


def _partly_indexed(name: str, value: str) -> Given:
    # The index leaves empty texts out, and SQLite uses it only when the query says that this one is not.
    return Given(f"{name}_given" if value else name, value)


def _text(_name: str, value: str) -> Given:
    key, plain = fold(value), value.strip()
    if plain.isascii() and plain.isdigit() and 0 < int(plain) <= UIN_MAX:
        return Given("text_or_number", key, int(plain), plain)
    if is_account_id(plain.lower()):
        return Given("text_or_account_id", key, plain.lower())
    if "@" in plain:
        return Given("text_or_email", key, plain, plain.casefold())
    return Given("text", key)


def _suspended(name: str, value: Suspension) -> Given:
    # The index holds suspended customers alone, and SQLite uses it only when the query says so.
    return Given(f"{name}_given" if value else name, value)


def _tag(name: str, value: str) -> Given:
    # No label holds a comma: two neighbouring ones are no tag.
    return Given("nobody", 0) if LABEL_SEPARATOR in value else Given(name, f",{value},")


def _either(name: str, value: bool) -> Given:  # noqa: FBT001  # called by table
    return Given(name if value else f"{name}_not")


_SPECIAL: dict[str, Callable[[str, Any], Given]] = {
    "account_name_contains": _folded,
    "legal_name_contains": _folded,
    "mobile": _partly_indexed,
    "email": _partly_indexed,
    "remark": _partly_indexed,
    "text": _text,
    "suspension": _suspended,
    "tag": _tag,
    "is_suspended": _either,
    "is_assigned": _either,
    "is_verified": _either,
    "is_direct": _either,
}
NAMES = tuple(field.name for field in fields(CustomerFilter))
_values_of = attrgetter(*NAMES)

Match: TypeAlias = "Q | GreaterThan[Any]"  # quoted: Django's lookups are generic to the type checker alone
"""What `filter()` takes."""


class Condition(NamedTuple):
    """How a condition is asked of the database: the types of its values, and the expression that takes them."""

    types: tuple[type, ...]
    build: Callable[..., Match]


def contains(column: str, value: Any) -> Match:
    """Whether a column contains a text. Case is decided by the column: there are folded ones."""
    # instr/strpos: no wildcard to escape, the same on both databases.
    return GreaterThan(StrIndex(F(column), Value(value)), 0)


def _tagged(value: Any) -> Q:
    labels = Concat(Value(LABEL_SEPARATOR), F("labels"), Value(LABEL_SEPARATOR))
    return Q(GreaterThan(StrIndex(labels, Value(value)), 0))


def _named(key: Any) -> Q:
    return Q(contains("search_key", key))


CONDITIONS: dict[str, Condition] = {
    "account_name_contains": Condition((str,), lambda value: contains("account_name_folded", value)),
    "legal_name_contains": Condition((str,), lambda value: contains("legal_name_folded", value)),
    "label_contains": Condition((str,), lambda value: contains("labels", value)),
    "account_name": Condition((str,), lambda value: Q(account_name=value)),
    "legal_name": Condition((str,), lambda value: Q(legal_name=value)),
    "label": Condition((str,), lambda value: Q(labels=value)),
    "association": Condition((int,), lambda value: Q(association_kind=value)),
    "associated_from": Condition((datetime,), lambda value: Q(associated_at__gte=value)),
    "associated_until": Condition((datetime,), lambda value: Q(associated_at__lte=value)),
    "account_id": Condition((str,), lambda value: Q(account_id=value)),
    "uin": Condition((int,), lambda value: Q(uin=value)),
    "manager": Condition((int,), lambda value: Q(manager=value)),
    "partner": Condition((int,), lambda value: Q(partner=value)),
    "suspension": Condition((int,), lambda value: Q(suspension=value)),
    "suspension_given": Condition((int,), lambda value: Q(suspension=value) & Q(suspension__gt=Suspension.NONE)),
    "is_suspended": Condition((), lambda: Q(suspension__gt=Suspension.NONE)),
    "is_suspended_not": Condition((), lambda: Q(suspension=Suspension.NONE)),
    "is_assigned": Condition((), lambda: Q(manager__isnull=False)),
    "is_assigned_not": Condition((), lambda: Q(manager__isnull=True)),
    "is_verified": Condition((), lambda: Q(verification=Verification.VERIFIED)),
    "is_verified_not": Condition((), lambda: ~Q(verification=Verification.VERIFIED)),
    "is_direct": Condition((), lambda: Q(partner=F("payer"))),
    "is_direct_not": Condition((), lambda: Q(Differs(F("partner"), F("payer")))),
    "tag": Condition((str,), _tagged),
    "nobody": Condition((int,), lambda value: Q(pk=value)),
    "mobile": Condition((str,), lambda value: Q(mobile=value)),
    "mobile_given": Condition((str,), lambda value: Q(mobile=value) & ~Q(mobile="")),
    "email": Condition((str,), lambda value: Q(email=value)),
    "email_given": Condition((str,), lambda value: Q(email=value) & ~Q(email="")),
    "remark": Condition((str,), lambda value: Q(remark=value)),
    "remark_given": Condition((str,), lambda value: Q(remark=value) & ~Q(remark="")),
    "text": Condition((str,), _named),
    "text_or_number": Condition(
        (str, int, str), lambda key, uin, mobile: _named(key) | Q(uin=uin) | (Q(mobile=mobile) & ~Q(mobile=""))
    ),
    "text_or_account_id": Condition((str, str), lambda key, account_id: _named(key) | Q(account_id=account_id)),
    "text_or_email": Condition(
        (str, str, str), lambda key, typed, folded: _named(key) | Q(email=typed) | Q(email=folded)
    ),
    "not_named": Condition((str,), lambda key: ~_named(key)),
    **{f"{name}_from": Condition((int,), partial(ranks.compares, name, "gte")) for name in RANKS},
    **{f"{name}_until": Condition((int,), partial(ranks.compares, name, "lte")) for name in RANKS},
    **{without: Condition((), partial(ranks.lacks, name)) for name, without in RANKS_LACKED.items()},
}
"""Every condition by name. `not_named` is for counting what an identifier finds and the name does not."""

IDENTIFIERS: dict[str, tuple[tuple[str, int], ...]] = {
    "text_or_number": (("uin", 1), ("mobile_given", 2)),
    "text_or_account_id": (("account_id", 1),),
    "text_or_email": (("email_given", 1), ("email_given", 2)),
}
"""Which conditions find a customer by identifier, and which of the text's values each takes."""
PINNING = frozenset({"account_name", "account_id", "uin", "mobile_given", "email_given", "nobody"})
"""Conditions that an index of their own answers with few rows."""
COVERED = frozenset(
    {"association", "associated_from", "associated_until", "manager", "partner", "suspension", "suspension_given"}
    | {
        f"{name}{suffix}"
        for name in ("is_suspended", "is_assigned", "is_verified", "is_direct")
        for suffix in ("", "_not")
    }
)
"""Conditions that the indexes of the list answer without reading its rows."""
SUSPENDED = frozenset({"suspension_given", "is_suspended"})
"""Conditions that few customers meet, which have an index of their own."""
