"""Numbers about customers that capabilities above keep, by which lists of customers are narrowed and ordered.

Each stands in a table of its own with one row for each customer that has the number: the table carries the tenants that
the customer has, and an index that begins with the number and holds everything that a scope asks. So a list ordered by
it is walked along that index. Customers without the number stand behind all others, whichever way it is ordered,
newest first; and no condition on it lets them through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)

from openpartner.core.base.compiled import Compiled, with_marks
from openpartner.core.base.scope import Scope
from openpartner.core.base.scoped import ScopedModel
from openpartner.core.base.sqltext import KeyBehind, comparison
from openpartner.core.customers.order import Order
from openpartner.core.customers.rank_names import RANKS, RANKS_LACKED

Shape = tuple[str, ...]
WHY = "of a customer that the list's scope shows"


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a number stands: the table, its column, and the index that begins with it."""

    model: type[ScopedModel]
    column: str
    index: str

    def rows(self) -> QuerySet[Any, Any]:
        """Every row with the number."""
        rows: QuerySet[Any, Any] = self.model.objects.everything(reason=WHY)  # type: ignore[attr-defined]  # ScopedModel
        return rows.filter(**{f"{self.column}__isnull": False})

    def within(self, scope: Scope) -> QuerySet[Any, Any]:
        """Those that a scope shows."""
        rows: QuerySet[Any, Any] = self.model.objects.within(scope)  # type: ignore[attr-defined]  # ScopedModel
        return rows.filter(**{f"{self.column}__isnull": False})


COMPARED = {"from": "gte", "until": "lte"}
"""How the bounds of a number are compared; both belong to what is asked for."""
KEPT: dict[str, Kept] = {}
"""By the name that orders and conditions have for it."""


def register(name: str, kept: Kept) -> None:
    """Declare where a number of RANKS is kept. Called once, when the app that keeps it is ready."""
    assert name in RANKS, name
    assert name not in KEPT, name
    KEPT[name] = kept


def value_of(name: str) -> ExpressionWrapper[Subquery]:
    """A column for lists of customers: the number, NULL where there is none."""
    kept = KEPT[name]
    rows = kept.rows().filter(customer=OuterRef("pk")).order_by().values(kept.column)
    return ExpressionWrapper(Subquery(rows[:1]), output_field=BigIntegerField())


def compares(name: str, how: str, value: Any, of: str = "pk") -> Q:  # noqa: ANN401  # a mark
    """Rows whose customer, by the column `of`, has a number that compares so: `gte` or `lte`."""
    kept = KEPT[name]
    return Q(Exists(kept.rows().filter(customer=OuterRef(of), **{f"{kept.column}__{how}": value}).order_by()))


def lacks(name: str) -> Q:
    """Customers without the number."""
    return Q(~Exists(KEPT[name].rows().filter(customer=OuterRef("pk")).order_by()))


def asked(where_shape: Shape) -> list[str]:
    """The numbers that a filter asks for."""
    return [name for name in RANKS if bounds(where_shape, name)]


def bounds(where_shape: Shape, name: str) -> Shape:
    """The conditions on one number among those of a filter."""
    return tuple(one for one in (f"{name}_from", f"{name}_until") if one in where_shape)


def lacking(where_shape: Shape, name: str) -> Shape:
    """The same conditions, of customers without a number."""
    return (*where_shape, RANKS_LACKED[name])


def values_of(name: str, keys: str) -> dict[int, int]:
    """The numbers of customers, whose keys are given as `keys_value` spells them and were read within a scope."""
    return dict(_values(name)(keys))


def candidates(scope: Scope, where_shape: Shape, where_values: dict[str, Any], name: str, most: int) -> list[int]:
    """The keys of the scope's customers that meet the conditions on one number, in no order; no more than so many."""
    own = bounds(where_shape, name)
    values = [where_values[one] for one in own]
    return [row[0] for row in _candidates(scope.shape, own, name)(*scope.values, *values, most, 0)]


def walked(
    scope: Scope, where_shape: Shape, where_values: list[Any], order: Order, *, limit: int, offset: int = 0
) -> list[int]:
    """The keys of a slice of the customers that have the number of an order, in that order."""
    compiled = _walked(scope.shape, where_shape, order, is_behind=False)
    return [row[1] for row in compiled(*scope.values, *where_values, limit, offset)]


def walked_behind(
    scope: Scope, where_shape: Shape, where_values: list[Any], order: Order, after: tuple[int, int] | None, limit: int
) -> list[tuple[int, int]]:
    """Number and key of those that come behind a number and a key."""
    compiled = _walked(scope.shape, where_shape, order, is_behind=after is not None)
    return [(row[0], row[1]) for row in compiled(*scope.values, *where_values, *(after or ()), limit, 0)]


def counted(scope: Scope, where_shape: Shape, where_values: list[Any], name: str) -> int:
    """How many customers that match have a number."""
    rows = _counted(scope.shape, where_shape, name)(*scope.values, *where_values)
    return int(rows[0][0] or 0)


_of_keys = comparison(
    "customer_id", "{0} IN (SELECT value FROM json_each({v}))", "{0} IN (SELECT unnest(({v})::bigint[]))"
)


@lru_cache(maxsize=16)
def _values(name: str) -> Compiled:
    def build(mark: str) -> QuerySet[Any, Any]:
        kept = KEPT[name]
        return kept.rows().filter(_of_keys(mark)).order_by().values_list("customer_id", kept.column)

    return Compiled(build, *with_marks([], str), plan_anew=True)


def _matching(scope_shape: Shape, where_shape: Shape, marks: list[Any], name: str) -> QuerySet[Any, Any]:
    """Rows of the number's table whose customers match, from marks as `listed` takes them."""
    from openpartner.core.customers.matching import listed  # noqa: PLC0415  # it builds the conditions from this module

    rows = KEPT[name].within(Scope(**dict(zip(scope_shape, marks, strict=False))))
    tenants, rest = marks[: len(scope_shape)], marks[len(scope_shape) :]
    rows = _own(rows, where_shape, rest, name)
    others: list[str] = []
    given: list[Any] = []
    for one, taken in _taken(where_shape, rest):
        rank, _, bound = one.rpartition("_")
        if rank == name and bound in COMPARED:
            continue
        if rank in KEPT and bound in COMPARED:
            rows = rows.filter(compares(rank, COMPARED[bound], taken[0], of="customer"))
            continue
        others.append(one)
        given += taken
    if not others:
        return rows
    found = listed(scope_shape, tuple(others), [*tenants, *given]).filter(pk=OuterRef("customer"))
    return rows.filter(Exists(found.order_by()))


def _own(rows: QuerySet[Any, Any], where_shape: Shape, marks: list[Any], name: str) -> QuerySet[Any, Any]:
    """What is asked of the number itself, asked of its own column: that is where the walk along it begins."""
    for one, taken in _taken(where_shape, marks):
        rank, _, bound = one.rpartition("_")
        if rank == name and bound in COMPARED:
            rows = rows.filter(**{f"{KEPT[name].column}__{COMPARED[bound]}": taken[0]})
    return rows


def _taken(where_shape: Shape, marks: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Each condition with the marks it takes."""
    from openpartner.core.customers.filters import CONDITIONS  # noqa: PLC0415  # likewise

    rest = iter(marks)
    for one in where_shape:
        yield one, list(islice(rest, len(CONDITIONS[one].types)))


def _list_marks(scope_shape: Shape, where_shape: Shape) -> list[Any]:
    from openpartner.core.customers.matching import list_marks  # noqa: PLC0415  # likewise

    return list_marks(scope_shape, where_shape)


@lru_cache(maxsize=1024)
def _candidates(scope_shape: Shape, own: Shape, name: str) -> Compiled:
    def build(*marks: Any) -> QuerySet[Any, Any]:
        kept = KEPT[name]
        rows = kept.within(Scope(**dict(zip(scope_shape, marks, strict=False))))
        return _own(rows, own, list(marks[len(scope_shape) :]), name).order_by().values_list("customer_id")

    marks = _list_marks(scope_shape, own)
    return Compiled(build, *marks, limit=True, index=KEPT[name].index, plan_anew=True)


@lru_cache(maxsize=1024)
def _walked(scope_shape: Shape, where_shape: Shape, order: Order, *, is_behind: bool) -> Compiled:
    name = order.rank
    assert name is not None
    kept = KEPT[name]

    def build(*marks: Any) -> QuerySet[Any, Any]:
        given, behind = marks[: len(marks) - 2 * is_behind], marks[len(marks) - 2 * is_behind :]
        rows = _matching(scope_shape, where_shape, list(given), name)
        if is_behind:
            pair = (Value(one) for one in behind)
            rows = rows.filter(KeyBehind(F(kept.column), F("customer_id"), *pair, is_descending=order.is_descending))
        sign = "-" if order.is_descending else ""
        return rows.order_by(f"{sign}{kept.column}", f"{sign}customer_id").values_list(kept.column, "customer_id")

    marks = _list_marks(scope_shape, where_shape)
    if is_behind:
        marks = with_marks(marks, int, int)
    return Compiled(build, *marks, limit=True, index=kept.index, plan_anew=True)


@lru_cache(maxsize=1024)
def _counted(scope_shape: Shape, where_shape: Shape, name: str) -> Compiled:
    def build(*marks: Any) -> QuerySet[Any, Any]:
        rows = _matching(scope_shape, where_shape, list(marks), name).order_by()
        grouped: QuerySet[Any, Any] = rows.annotate(one=Value(1)).values("one").annotate(n=Count("customer_id"))
        return grouped.values_list("n")

    return Compiled(build, *_list_marks(scope_shape, where_shape), empty=[(0,)], index=KEPT[name].index, plan_anew=True)
