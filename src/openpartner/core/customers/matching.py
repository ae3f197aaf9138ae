"""From scope and filter to a queryset of marks: the one place where every compiled list of customers begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from openpartner.core.accounts.models import Account
from openpartner.core.base.compiled import marks_for
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope
from openpartner.core.base.sqltext import comparison
from openpartner.core.customers.filters import CONDITIONS

Shape = tuple[str, ...]
BINDING_LEVELS = frozenset({"payer", "partner", "manager"})
"""Levels of a scope whose column is empty unless the customer is associated."""


NARROWINGS: dict[str, Callable[[Any], Q]] = {
    # The rows of a list of keys: JSON on SQLite, an array on PostgreSQL.
    "keys": comparison("pk", "{0} IN (SELECT value FROM json_each({v}))", "{0} IN (SELECT unnest(({v})::bigint[]))"),
    # SQLite: the rows the full-text index gives for an expression.
    "match": comparison("pk", "{0} IN (SELECT rowid FROM customer_search WHERE customer_search MATCH {v})", ""),
    # PostgreSQL: what a trigram index narrows; the value is a pattern.
    "like": comparison("search_key", "", "{0} LIKE {v}"),
    "like_label": comparison("labels", "", "{0} LIKE {v}"),
    # PostgreSQL: pairs of characters, separated by spaces, which must all be there.
    "pairs": comparison("search_bigrams", "", "string_to_array({0}, ' ') @> string_to_array({v}, ' ')"),
}
"""Comparisons that an index answers and that never decide alone: the filter's own conditions stand beside them."""


def customers(scope: Scope) -> QuerySet[Account]:
    """The customers a scope shows; the provider's scope also shows those without a partner."""
    return Account.objects.within(scope).filter(kind=AccountKind.CUSTOMER)


def listed(scope_shape: Shape, where_shape: Shape, marks: Sequence[Any], narrowed: Shape = ()) -> QuerySet[Account]:
    """The associated customers that match, built from marks: scope first, then conditions, then narrowings.

    Lists hold associated customers, as the counters do; one whose association has ended is found by identifier.
    """
    rows = customers(Scope(**dict(zip(scope_shape, marks, strict=False))))
    if not BINDING_LEVELS & set(scope_shape):
        rows = rows.filter(associated_at__isnull=False)
    rest = list(marks[len(scope_shape) :])
    for name in where_shape:
        condition = CONDITIONS[name]
        taken, rest = rest[: len(condition.types)], rest[len(condition.types) :]
        rows = rows.filter(condition.build(*taken))
    for name, mark in zip(narrowed, rest, strict=True):
        rows = rows.filter(NARROWINGS[name](mark))
    return rows


def list_marks(scope_shape: Shape, where_shape: Shape, narrowed: Shape = ()) -> list[Any]:
    """The marks `listed` takes."""
    types: list[type] = [int] * len(scope_shape)
    for name in where_shape:
        types += CONDITIONS[name].types
    return marks_for(types + [str] * len(narrowed))
