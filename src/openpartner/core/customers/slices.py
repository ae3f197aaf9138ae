"""One slice of a list in any order, with its total: what a page of people's lists is made of.

Up to 10,000 keys that match are gathered along an index that holds the conditions. When those are all, they are
sorted and the total is exact. When there are more, one row of a hundred or so matches, and the slice is soon full when
the list is walked in its order. The total is then only told to be more, unless somebody wants it exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from openpartner.core.accounts.models import Account
from openpartner.core.base.compiled import SQLITE, Compiled, execute
from openpartner.core.base.kinds import PARTNER_KINDS
from openpartner.core.base.scope import Scope
from openpartner.core.customers import ranks
from openpartner.core.customers.filters import COVERED, PINNING, SUSPENDED, CustomerFilter
from openpartner.core.customers.matching import Shape, list_marks, listed
from openpartner.core.customers.order import Order
from openpartner.core.customers.pages import far_page, is_counted, total_of
from openpartner.core.customers.search import Search, counted, counted_rows, keys_value, planned
from openpartner.kit.slices import Slice

COUNTED_TO = 10_000
"""Customers that are counted one by one; beyond, a total costs more than a page may."""
LOOKED_AT_ONCE = 1_000
"""Candidates that a search box looks at; among more, its few newest are soon met in the order of the list."""
SORTED_AT_ONCE = 20_000
"""Customers of a whole list that are sorted rather than picked out of the index of all."""


@dataclass(frozen=True, slots=True)
class Found:
    """The keys of a slice in order, and how many customers match; `more` when at least so many do."""

    keys: list[int]
    total: int
    more: bool = False


NOBODY = Found([], 0)


def find_slice(scope: Scope, where: CustomerFilter, window: Slice, order: Order, *, exact: bool) -> Found:
    """The slice of the customers that match. Read inside a snapshot: totals and rows must be of one moment."""
    settled = settle(scope, where)
    if settled is None:
        return NOBODY
    question = _Question(*settled, order)
    if order.rank is not None:
        return question.slice_of_ranked(order, order.rank, window, exact=exact)
    if not question.given and question.size is not None:
        return question.slice_of_all(window)
    return question.slice_of_matches(window, exact=exact)


def find_newest(scope: Scope, where: CustomerFilter, limit: int) -> list[int]:
    """The keys of the newest customers that match, not counted: what a search box shows."""
    return _Question(scope, where, Order.NEWEST).newest(limit)


def settle(scope: Scope, where: CustomerFilter) -> tuple[Scope, CustomerFilter] | None:
    """The same question with as much of the filter as possible said by the scope; None when nobody can match."""
    partner = where.partner
    if where.is_direct and scope.payer is not None and scope.partner is None and partner in {None, scope.payer}:
        partner = scope.payer
        where = replace(where, is_direct=None)
    if partner is None or scope.customer is not None:
        return scope, where
    if scope.partner is not None:
        return (scope, replace(where, partner=None)) if scope.partner == partner else None
    seller = replace(scope, manager=None) if (scope.provider or scope.payer) else None
    if seller is None:
        return scope, where
    if partner != scope.payer and not _sells(seller.shape)(*seller.values, partner):
        return None
    return scope.narrowed_to_partner(partner), replace(where, partner=None)


class _Question:
    """One question, settled, with what is found out about it on the way."""

    def __init__(self, scope: Scope, where: CustomerFilter, order: Order) -> None:
        self._scope = scope
        self._where = where
        # A number that is kept elsewhere orders the keys that are found; they are gathered as the list stands.
        self._order = Order.NEWEST if order.rank is not None else order
        self.given = where.given()
        self._shape: Shape = tuple(one.condition for one in self.given)
        self._values = [value for one in self.given for value in one.values]
        self.size = total_of(scope) if is_counted(scope) else None

    def slice_of_all(self, window: Slice) -> Found:
        """A slice of a list without conditions: its total is known."""
        total = self.size or 0
        limit = min(window.limit, total - window.offset)
        if limit <= 0:
            return Found([], total)
        if self._order is Order.NEWEST:
            return Found(far_page(self._scope, window.offset, limit)[0], total)
        if self._order is Order.OLDEST:
            return Found(far_page(self._scope, total - window.offset - limit, limit)[0][::-1], total)
        if total <= SORTED_AT_ONCE:
            return Found(self._read(self._order, limit, window.offset, self._index()), total)
        return Found(self._walked(window.offset, limit, total), total)

    def slice_of_matches(self, window: Slice, *, exact: bool) -> Found:
        """A slice of the customers that match the conditions."""
        if self._where.is_direct is False and len(self.given) == 1 and self._scope.shape == ("payer",):
            # What resellers sell is what all sell but the payer itself: the counters know both.
            total = (self.size or 0) - total_of(Scope(partner=self._scope.payer))
            if total > COUNTED_TO:
                return Found(self._walked(window.offset, window.limit, total), total)
        search = planned(self._scope, self._where, self.given, self.size)
        keys, is_in_order, known = self._gathered(search)
        if keys is not None:
            if not is_in_order:
                return Found(self._sorted(keys, window.offset, window.limit), len(keys))
            return Found(keys[window.offset : window.offset + window.limit], len(keys))
        if known is None and not exact:
            return Found(self._walked(window.offset, window.limit, None), COUNTED_TO, more=True)
        total = self._count(search) if known is None else known
        return Found(self._walked(window.offset, window.limit, total), total)

    def slice_of_ranked(self, order: Order, name: str, window: Slice, *, exact: bool) -> Found:
        """A slice in the order of a number: who has none stands behind the others, newest first."""
        total, more = self.size or 0, False
        if self.given or self.size is None or self.size <= COUNTED_TO:
            search = planned(self._scope, self._where, self.given, self.size)
            keys, is_in_order, known = self._gathered(search)
            if keys is not None:
                return Found(self._by_rank(keys, order, name, window, is_in_order=is_in_order), len(keys))
            more = known is None and not exact
            total = COUNTED_TO if more else self._count(search) if known is None else known
        found = ranks.walked(self._scope, self._shape, self._values, order, limit=window.limit, offset=window.offset)
        if len(found) < window.limit:
            ranked = window.offset + len(found)
            if not found and window.offset:
                ranked = ranks.counted(self._scope, self._shape, self._values, name)
            found += self._unranked(name, max(0, window.offset - ranked), window.limit - len(found))
        return Found(found, total, more)

    def _by_rank(self, keys: list[int], order: Order, name: str, window: Slice, *, is_in_order: bool) -> list[int]:
        """A slice of some keys in the order of a number."""
        numbers = ranks.values_of(name, keys_value(keys)) if keys else {}
        some = sorted(((number, key) for key, number in numbers.items()), reverse=order.is_descending)
        end = window.offset + window.limit
        found = [key for _, key in some[window.offset : end]]
        if end <= len(some):
            return found
        others = [key for key in keys if key not in numbers]
        first, limit = max(0, window.offset - len(some)), window.limit - len(found)
        return found + (others[first : first + limit] if is_in_order else self._sorted(others, first, limit))

    def _unranked(self, name: str, offset: int, limit: int) -> list[int]:
        """The keys of a slice of those without a number, newest first."""
        compiled = _keys(self._scope.shape, ranks.lacking(self._shape, name), Order.NEWEST, self._index())
        return [row[0] for row in compiled(*self._scope.values, *self._values, limit, offset)]

    def newest(self, limit: int) -> list[int]:
        """The first keys of a search, without its total."""
        search = planned(self._scope, self._where, self.given, self.size)
        if search is None:
            return self.slice_of_matches(Slice(0, limit), exact=False).keys
        keys = search.few(LOOKED_AT_ONCE)
        if keys is not None:
            return self._sorted(self._among(keys), 0, limit)
        if search.asks_alone and search.is_beyond(LOOKED_AT_ONCE):
            return self._walked(0, limit, None)
        keys = search.keys(LOOKED_AT_ONCE + 1)
        return self._walked(0, limit, None) if len(keys) > LOOKED_AT_ONCE else self._sorted(keys, 0, limit)

    def _gathered(self, search: Search | None) -> tuple[list[int] | None, bool, int | None]:
        """All keys, if they are not more than are counted, and whether they are in order; else the total if known."""
        if search is not None:
            keys, total = self._searched(search)
            return keys, False, total
        if PINNING & set(self._shape):
            found, is_in_order = self._read(None, COUNTED_TO + 1, 0, ""), False
        elif ranks.asked(self._shape):
            few, is_all = self._few_by_rank()
            if few is None and is_all:
                return None, False, None
            if few is not None:
                return (few if is_all else self._among(few)), False, None
            found, is_in_order = self._along_the_list()
        else:
            found, is_in_order = self._along_the_list()
        return (found if len(found) <= COUNTED_TO else None), is_in_order, None

    def _along_the_list(self) -> tuple[list[int], bool]:
        is_in_order = self._order.column == "associated_at"
        order = self._order if is_in_order else Order.NEWEST
        return self._read(order, COUNTED_TO + 1, 0, self._index()), is_in_order

    def _few_by_rank(self) -> tuple[list[int] | None, bool]:
        """The keys of those who meet the conditions on one of the numbers, None when they are not few.

        And whether that is all that is asked.
        """
        values = {one.condition: one.values[0] for one in self.given if one.values}
        names = ranks.asked(self._shape)
        is_all = len(names) == 1 and len(ranks.bounds(self._shape, names[0])) == len(self._shape)
        for name in names:
            keys = ranks.candidates(self._scope, self._shape, values, name, COUNTED_TO + 1)
            if len(keys) <= COUNTED_TO:
                return keys, is_all
        return None, is_all

    def _searched(self, search: Search) -> tuple[list[int] | None, int | None]:
        """The same by a search for part of a name."""
        few = search.few()
        if few is not None:
            return self._among(few), None
        if search.asks_alone:
            total = search.count()
            if total > COUNTED_TO:
                return None, total
        covered = [one for one in self.given if one.condition in COVERED]
        if covered:
            own = _keys(self._scope.shape, tuple(one.condition for one in covered), Order.NEWEST, self._index())
            values = [value for one in covered for value in one.values]
            rows = own(*self._scope.values, *values, COUNTED_TO + 1, 0)
            if len(rows) <= COUNTED_TO:
                return self._among([row[0] for row in rows]), None
        keys = search.keys(COUNTED_TO + 1)
        return (keys if len(keys) <= COUNTED_TO else None), None

    def _among(self, keys: Sequence[int]) -> list[int]:
        """Those of some keys that match."""
        if not keys:
            return []
        compiled = _among(self._scope.shape, self._shape)
        return [row[0] for row in compiled(*self._scope.values, *self._values, keys_value(keys))]

    def _read(self, order: Order | None, limit: int, offset: int, index: str) -> list[int]:
        """The keys of the rows that match, read along an index."""
        compiled = _keys(self._scope.shape, self._shape, order, index)
        return [row[0] for row in compiled(*self._scope.values, *self._values, limit, offset)]

    def _sorted(self, keys: Sequence[int], offset: int, limit: int) -> list[int]:
        if offset >= len(keys):
            return []
        compiled = _sorted(self._scope.shape, self._order)
        return [row[0] for row in compiled(*self._scope.values, keys_value(keys), limit, offset)]

    def _walked(self, offset: int, limit: int, total: int | None) -> list[int]:
        """The keys of a slice, read along an index in the order of the list, from whichever end is nearer."""
        order, is_backwards = self._order, False
        if total is not None:
            limit = min(limit, total - offset)
            if limit <= 0:
                return []
            if offset > total // 2:
                order, offset, is_backwards = order.reversed, total - offset - limit, True
        keys = self._read(order, limit, offset, walked_along(self._scope, self._shape, order))
        return keys[::-1] if is_backwards else keys

    def _index(self) -> str:
        return walked_along(self._scope, self._shape, Order.NEWEST)

    def _count(self, search: Search | None) -> int:
        if search is not None:
            return search.count()
        compiled = _counted(self._scope.shape, self._shape, self._index())
        return int(compiled(*self._scope.values, *self._values)[0][0] or 0)


def walked_along(scope: Scope, where_shape: Shape, order: Order) -> str:
    """The index that gives a list in an order; empty when only the database knows."""
    if order.column == "uin":
        return _index_of_uins() if connection.vendor == SQLITE else ""
    if order.column != "associated_at":
        return f"account_by_{order.column.removesuffix('_folded')}"
    if scope.customer is not None:
        return ""
    if SUSPENDED & set(where_shape) and not {"manager", "partner"} & {*scope.shape, *where_shape}:
        return "account_suspended"
    levels = ("manager", "partner", "payer", "provider")
    narrowest = next(level for level in levels if level in scope.shape or level in where_shape)
    return f"account_of_{narrowest}"


@lru_cache(maxsize=1)
def _index_of_uins() -> str:
    # SQLite numbers the indexes of UNIQUE columns by itself.
    for _, name, *_rest in execute("PRAGMA index_list(account)", ()):
        if [row[2] for row in execute(f'PRAGMA index_info("{name}")', ())] == ["uin"]:
            return str(name)
    raise AssertionError("uins are unique")


@lru_cache(maxsize=2048)
def _keys(scope_shape: Shape, where_shape: Shape, order: Order | None, index: str) -> Compiled:
    def build(*marks: Any) -> QuerySet[Any, Any]:
        rows = listed(scope_shape, where_shape, marks).filter(associated_at__isnull=False)
        return rows.order_by(*(order.fields if order else ())).values_list("pk")

    return Compiled(build, *list_marks(scope_shape, where_shape), limit=True, index=index, plan_anew=True)


@lru_cache(maxsize=1024)
def _among(scope_shape: Shape, where_shape: Shape) -> Compiled:
    def build(*marks: Any) -> QuerySet[Any, Any]:
        return listed(scope_shape, where_shape, marks, ("keys",)).order_by().values_list("pk")

    return Compiled(build, *list_marks(scope_shape, where_shape, ("keys",)), by_key_alone=True, plan_anew=True)


@lru_cache(maxsize=256)
def _sorted(scope_shape: Shape, order: Order) -> Compiled:
    def build(*marks: Any) -> QuerySet[Any, Any]:
        return listed(scope_shape, (), marks, ("keys",)).order_by(*order.fields).values_list("pk")

    marks = list_marks(scope_shape, (), ("keys",))
    return Compiled(build, *marks, limit=True, by_key_alone=True, plan_anew=True)


@lru_cache(maxsize=1024)
def _counted(scope_shape: Shape, where_shape: Shape, index: str) -> Compiled:
    if not index:
        return counted(scope_shape, where_shape)

    def build(*marks: Any) -> QuerySet[Any, Any]:
        # The index of the suspended alone says so too, and SQLite uses it only when the query does.
        return counted_rows(listed(scope_shape, where_shape, marks).filter(associated_at__isnull=False))

    return Compiled(build, *list_marks(scope_shape, where_shape), empty=[(0,)], index=index, plan_anew=True)


@lru_cache(maxsize=16)
def _sells(scope_shape: Shape) -> Compiled:
    def build(*marks: Any) -> QuerySet[Any, Any]:
        *values, partner = marks
        scope = Scope(**dict(zip(scope_shape, values, strict=True)))
        return Account.objects.within(scope).filter(pk=partner, kind__in=sorted(PARTNER_KINDS)).values_list("pk")

    return Compiled(build, *list_marks((*scope_shape, "customer"), ()))
