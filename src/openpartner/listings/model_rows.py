"""The rows of any table as the source of a list: pages by number, files by key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Expression, F, Model, OrderBy, Q, QuerySet

from openpartner.core.base.compiled import snapshot
from openpartner.core.base.scope import Scope
from openpartner.kit.slices import Page, Slice
from openpartner.listings.declare import Row, Where

COUNTED_MAX = 10_000
"""Totals are counted so far unless somebody asks for the exact one: what lies behind is not read for every page."""


class ModelRows(Generic[Where]):
    """Makes sources of a table: `Listing(source=ModelRows(queryset, order))`.

    `queryset` gives the rows a scope and a filter show, each once, in any order and perhaps with annotations. `order`
    names the orders and the paths that decide, as `order_by()` takes them: `{"began": ("-at",)}` is the order `began`,
    and its reverse `-began`. Ties are broken by the primary key, so that every order is one order.
    """

    def __init__(
        self, queryset: Callable[[Scope, Where], QuerySet[Any, Any]], order: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._queryset = queryset
        self._order = order

    def __call__(self, expressions: tuple[str | Expression, ...]) -> _Rows[Where]:
        """The source of these expressions."""
        return _Rows(self._queryset, self._order, expressions)


class _Rows(Generic[Where]):
    def __init__(
        self,
        queryset: Callable[[Scope, Where], QuerySet[Any, Any]],
        order: Mapping[str, tuple[str, ...]],
        expressions: tuple[str | Expression, ...],
    ) -> None:
        self._queryset = queryset
        self._order = order
        self._expressions = expressions

    def page(self, scope: Scope, where: Where, window: Slice, *, order: str, exact: bool) -> Page[Row]:
        """One slice and the total, of one moment."""
        rows = self._queryset(scope, where)
        keys = self._keys(rows.model, order)
        with snapshot():
            total, more = _total(rows, exact=exact)
            if window.offset >= total and not more:
                return Page([], total)
            shown = rows.order_by(*(key.order_by for key in keys)).values_list(*self._expressions)
            return Page(list(shown[window.offset : window.offset + window.limit]), total, more)

    def stream(self, scope: Scope, where: Where, *, order: str, after: Row | None, batch: int) -> Iterator[list[Row]]:
        """Batches of rows, each row followed by the values of its order, which JSON can carry.

        `after` is the row, or just its last values, after which to go on.
        """
        rows = self._queryset(scope, where)
        keys = self._keys(rows.model, order)
        shown = rows.order_by(*(key.order_by for key in keys)).values_list(
            *self._expressions, *(F(key.path) for key in keys)
        )
        while True:
            rest = shown if after is None else shown.filter(_behind(keys, after[-len(keys) :]))
            found = [(*row[: -len(keys)], *map(_carried, row[-len(keys) :])) for row in rest[:batch]]
            if found:
                yield found
            if len(found) < batch:
                return
            after = found[-1]

    def _keys(self, model: type[Model], order: str) -> list[_Key]:
        paths = self._order[order.removeprefix("-")]
        own = model._meta.pk.attname
        if not {path.removeprefix("-") for path in paths} & {"pk", own}:
            paths = (*paths, f"-{own}" if paths[0].startswith("-") else own)
        is_flipped = order.startswith("-")
        return [
            _Key(path.removeprefix("-"), path.startswith("-") != is_flipped, _can_be_empty(model, path))
            for path in paths
        ]


@dataclass(frozen=True, slots=True)
class _Key:
    """One path of an order. Empty values come first, and last when it is descending: the databases disagree."""

    path: str
    is_descending: bool
    can_be_empty: bool

    @property
    def order_by(self) -> OrderBy:
        # Only where it matters: PostgreSQL's indexes know one place for empty values.
        if self.is_descending:
            return F(self.path).desc(nulls_last=True if self.can_be_empty else None)
        return F(self.path).asc(nulls_first=True if self.can_be_empty else None)

    def behind(self, value: object, rest: Q | None) -> Q:
        """Behind this value, or equal to it and behind in the rest of the order."""
        beyond, up_to = ("lt", "lte") if self.is_descending else ("gt", "gte")
        if value is None:
            among = Q(**{f"{self.path}__isnull": True}) & rest if rest else Q(pk__in=[])
            return among if self.is_descending else Q(**{f"{self.path}__isnull": False}) | among
        further = Q(**{f"{self.path}__{beyond}": value})
        # The outer comparison is what an index answers.
        found = Q(**{f"{self.path}__{up_to}": value}) & (further | rest) if rest else further
        return found | Q(**{f"{self.path}__isnull": True}) if self.is_descending and self.can_be_empty else found


def _behind(keys: Sequence[_Key], values: Row) -> Q:
    condition: Q | None = None
    for key, value in reversed(list(zip(keys, values, strict=True))):
        condition = key.behind(value, condition)
    assert condition is not None
    return condition


def _total(rows: QuerySet[Any, Any], *, exact: bool) -> tuple[int, bool]:
    bare = rows.order_by().values("pk")
    if exact:
        return bare.count(), False
    counted = bare[: COUNTED_MAX + 1].count()
    return min(counted, COUNTED_MAX), counted > COUNTED_MAX


def _carried(value: object) -> object:
    """A value of an order as JSON carries it; Django reads a day or an instant back from its text."""
    return value.isoformat() if isinstance(value, date) else value


def _can_be_empty(model: type[Model], path: str) -> bool:
    """Whether the path can be NULL; an annotation can, for all we know."""
    try:
        for name in path.removeprefix("-").split("__"):
            field = model._meta.pk if name == "pk" else model._meta.get_field(name)
            if getattr(field, "null", True):
                return True
            model = field.related_model if isinstance(field.related_model, type) else model
    except FieldDoesNotExist:
        return True
    return False
