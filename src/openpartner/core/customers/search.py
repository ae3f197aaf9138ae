"""Finding customers by part of a name: which rows match, how many, and which are newest.

The index gives candidates, the filter's own conditions decide. Few candidates are sorted; of many, the list is read
newest first until the page is full, and only the count is taken from the index. What is few and what is many is
found out by asking the index for one candidate more than few.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet, Window

from openpartner.core.accounts.models import NEWEST_FIRST, Account
from openpartner.core.base.compiled import SQLITE, Compiled, execute
from openpartner.core.base.scope import Scope
from openpartner.core.customers.filters import IDENTIFIERS, PINNING, CustomerFilter, Given
from openpartner.core.customers.matching import Shape, list_marks, listed
from openpartner.core.customers.search_index import TABLE, Narrowing, Term, narrowing
from openpartner.kit.folding import fold

FEW = 6_000
"""Candidates that are looked up and sorted; reading the list in order is cheaper beyond it."""
MANY = 4 * FEW
"""Candidates by PostgreSQL's own estimate, which is good for common terms, beyond which they are not fetched at all."""
SMALL = 1_000
"""Customers of a scope that are read one by one rather than asking the index."""
SAME_IDENTIFIER = 1_000
"""Customers that may share a mobile or an e-mail address before a search reads rows one by one."""
LOOK_UP_COST = 1.5
"""A candidate looked up and sorted, in rows read in order."""


class Search:
    """One search within a scope: made by `planned`, used inside a snapshot."""

    def __init__(
        self, scope: Scope, given: Sequence[Given], narrow: Narrowing, size: int | None, identified: list[int]
    ) -> None:
        self._scope = scope
        self._given = given
        self._where: Shape = tuple(one.condition for one in given)
        self._values = [value for one in given for value in one.values]
        self._narrow = narrow
        # Asked together with the index; nothing when the index asks the same.
        self._alone = narrow.exact and len(given) == 1
        self._beside: tuple[Shape, list[Any]] = ((), []) if self._alone else (self._where, self._values)
        self._size = size  # customers in the scope, None when nobody has counted them
        self._identified = identified  # found by a whole uin, mobile, account id or e-mail address

    def slice(self, offset: int, limit: int) -> tuple[list[int] | None, int]:
        """The keys of one slice, newest first, and how many customers match.

        None instead of keys when the rows are better read in the order of the list.
        """
        if connection.vendor == SQLITE or self._identified:
            candidates = self._few(FEW)
            if candidates is not None:
                return self._newest((self._where, self._values), ("keys",), [keys_value(candidates)], offset, limit)
        elif self._estimate() <= MANY:
            return self._newest(self._beside, self._narrow.narrowed, self._narrow.values, offset, limit)
        total = self.count()
        if offset >= total:
            return [], total
        if self._reads_in_order(total, offset, limit):
            return None, total
        return self._newest((self._where, self._values), self._narrow.narrowed, self._narrow.values, offset, limit)

    @property
    def asks_alone(self) -> bool:
        """Whether the index alone counts the matches, without reading a row."""
        return self._alone and connection.vendor == SQLITE

    def few(self, most: int | None = None) -> list[int] | None:
        """The keys of all candidates, which may not all match; None when there are more than a few."""
        if connection.vendor == SQLITE or self._identified or self._estimate() <= MANY:
            return self._few(FEW if most is None else most)
        return None

    def is_beyond(self, number: int) -> bool:
        """Whether the index alone, which must ask the same, has more matches than a number."""
        assert self.asks_alone
        sql = f"SELECT 1 FROM {TABLE} WHERE {TABLE} MATCH ? LIMIT 1 OFFSET ?"  # noqa: S608  # a table of ours
        return bool(execute(sql, (*self._narrow.values, number))) or len(self._identified) > number

    def keys(self, most: int) -> list[int]:
        """The keys of the customers that match, in no order, but no more than so many."""
        compiled = _keys(self._scope.shape, self._where, self._narrow.narrowed)
        rows = compiled(*self._scope.values, *self._values, *self._narrow.values, most, 0)
        if not self._identified:
            return [row[0] for row in rows]
        named = _keys(self._scope.shape, self._where, ("keys",))
        rows += named(*self._scope.values, *self._values, keys_value(self._identified), most, 0)
        return list(dict.fromkeys(row[0] for row in rows))

    def _few(self, most: int) -> list[int] | None:
        """The keys of all candidates, or None when there are more than so many."""
        if connection.vendor == SQLITE:
            rows = execute(
                f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH ? LIMIT ?",  # noqa: S608  # a table of ours
                (self._narrow.loose, most + 1),
            )
        else:
            where, values = self._beside
            compiled = _keys(self._scope.shape, where, self._narrow.narrowed)
            rows = compiled(*self._scope.values, *values, *self._narrow.values, most + 1, 0)
        if len(rows) > most:
            return None
        return [row[0] for row in rows] + self._identified

    def _estimate(self) -> int:
        """How many candidates PostgreSQL expects. Asking costs half a millisecond; fetching them in vain many."""
        where, values = self._beside
        compiled = _keys(self._scope.shape, where, self._narrow.narrowed)
        return compiled.estimate(*self._scope.values, *values, *self._narrow.values, 1, 0)

    def _newest(
        self, beside: tuple[Shape, Sequence[Any]], narrowed: Shape, narrow: Sequence[str], offset: int, limit: int
    ) -> tuple[list[int], int]:
        """One slice of the matches, by sorting them, and how many there are: one statement."""
        where, values = beside
        compiled = _newest(self._scope.shape, where, narrowed)
        rows = compiled(*self._scope.values, *values, *narrow, limit, offset)
        if rows:
            return [row[0] for row in rows], rows[0][1]
        return [], self._count(where, values, narrowed, narrow) if offset else 0

    def count(self) -> int:
        """How many customers match."""
        if self._alone and connection.vendor == SQLITE:
            sql = f"SELECT count(*) FROM {TABLE} WHERE {TABLE} MATCH ?"  # noqa: S608  # a table of ours
            found = int(execute(sql, self._narrow.values)[0][0])
        else:
            found = self._count(*self._beside, self._narrow.narrowed, self._narrow.values)
        if self._identified:
            # Those that the identifier finds and the name does not.
            key = next(one.values[0] for one in self._given if one.condition in IDENTIFIERS)
            found += self._count(
                (*self._where, "not_named"), [*self._values, key], ("keys",), [keys_value(self._identified)]
            )
        return found

    def _reads_in_order(self, total: int, offset: int, limit: int) -> bool:
        """Whether reading the list newest first fills the slice sooner than sorting all matches."""
        if self._size is None or self._identified:
            return True
        return (offset + limit) * self._size <= LOOK_UP_COST * total * total

    def _count(self, where: Shape, values: Sequence[Any], narrowed: Shape, narrow: Sequence[str]) -> int:
        rows = counted(self._scope.shape, where, narrowed)(*self._scope.values, *values, *narrow)
        return int(rows[0][0] or 0)


def planned(scope: Scope, where: CustomerFilter, given: Sequence[Given], size: int | None) -> Search | None:
    """The search by index for a filter; None when its rows are better read one by one."""
    if size is not None and size <= SMALL:
        return None
    if scope.customer is not None or any(one.condition in PINNING for one in given):
        return None
    terms = _terms(where)
    narrow = narrowing(scope, terms) if terms else None
    if narrow is None:
        return None
    identified = identified_by(scope, given)
    return Search(scope, given, narrow, size, identified) if len(identified) <= SAME_IDENTIFIER else None


def keys_value(keys: Sequence[int]) -> str:
    """A list of keys as the narrowing `keys` takes it."""
    text = json.dumps(keys, separators=(",", ":"))
    return text if connection.vendor == SQLITE else "{" + text[1:-1] + "}"


def counted_rows(rows: QuerySet[Account, Any]) -> QuerySet[Any, Any]:
    """How many rows there are, as a query of one number."""
    # annotate + values: an aggregate() would run at once instead of giving its SQL.
    return rows.order_by().values("kind").annotate(n=Count("pk")).values_list("n")


@lru_cache(maxsize=1024)
def counted(scope_shape: Shape, where_shape: Shape, narrowed: Shape = ()) -> Compiled:
    """The query that counts a list: one row, one number."""

    def build(*marks: Any) -> QuerySet[Any, Any]:
        return counted_rows(listed(scope_shape, where_shape, marks, narrowed))

    return Compiled(
        build,
        *list_marks(scope_shape, where_shape, narrowed),
        empty=[(0,)],
        by_key_alone=bool(narrowed),
        plan_anew=bool(narrowed),
    )


def identified_by(scope: Scope, given: Sequence[Given]) -> list[int]:
    """The keys of the customers that a text names by identifier."""
    found: dict[int, None] = {}
    for one in given:
        for condition, place in IDENTIFIERS.get(one.condition, ()):
            rows = _keys(scope.shape, (condition,), ())(*scope.values, one.values[place], SAME_IDENTIFIER + 1, 0)
            found.update((row[0], None) for row in rows)
    return list(found)


def _terms(where: CustomerFilter) -> list[Term]:
    """The texts that the rows of a filter contain. An equal name is contained too."""
    names = (
        where.account_name_contains,
        where.legal_name_contains,
        where.account_name,
        where.legal_name,
    )
    terms = [Term("search_key", fold(name), exact=False) for name in names if name]
    if where.text and fold(where.text):
        terms.append(Term("search_key", fold(where.text), exact=True))
    labels = (where.label_contains, where.label, where.tag)
    terms += [Term("labels", label, exact=label is where.label_contains) for label in labels if label]
    return [term for term in terms if "\0" not in term.text]


@lru_cache(maxsize=1024)
def _keys(scope_shape: Shape, where_shape: Shape, narrowed: Shape) -> Compiled:
    def build(*marks: Any) -> QuerySet[Any, Any]:
        return listed(scope_shape, where_shape, marks, narrowed).order_by().values_list("pk")

    return Compiled(build, *list_marks(scope_shape, where_shape, narrowed), limit=True, plan_anew=bool(narrowed))


@lru_cache(maxsize=1024)
def _newest(scope_shape: Shape, where_shape: Shape, narrowed: Shape) -> Compiled:
    def build(*marks: Any) -> QuerySet[Any, Any]:
        rows = listed(scope_shape, where_shape, marks, narrowed)
        # The window counts before LIMIT cuts. Ordered by that count first, which is one number for all rows, the list
        # cannot be read in order in the hope of an early end: the count has none.
        return rows.annotate(n=Window(Count("pk"))).order_by("n", *NEWEST_FIRST).values_list("pk", "n")

    return Compiled(
        build, *list_marks(scope_shape, where_shape, narrowed), limit=True, by_key_alone=True, plan_anew=True
    )
