"""Reading customers: lists for APIs and pages, one customer, and who it was bound to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Expression, QuerySet, Subquery

from openpartner.core.accounts.models import NEWEST_FIRST, Account, Association
from openpartner.core.accounts.placing import partner_on
from openpartner.core.base.compiled import Compiled, Rows, marks_for, snapshot
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.scope import Scope
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.matching import Shape, customers, list_marks, listed
from openpartner.core.customers.pages import NEAR, far_page, is_counted, total_of, total_rows
from openpartner.core.customers.search import Search, counted, keys_value, planned
from openpartner.kit.slices import Page, Slice

Row = tuple[Any, ...]
EVERYONE = CustomerFilter()
UINS_AT_ONCE = 20


class CustomerRows:
    """A list of customers as tuples of declared columns, compiled once per scope shape and filter shape.

    A dialect makes one of these per wire structure, with instants spelled in SQL, and builds its answer straight
    from the tuples: one object per row instead of two.
    """

    def __init__(self, *columns: str | Expression) -> None:
        self._columns = columns
        self._by_uins: dict[tuple[Shape, int], Compiled] = {}
        self._pages: dict[tuple[Shape, Shape], Compiled] = {}
        self._first: dict[Shape, Compiled] = {}
        self._of_keys: dict[Shape, Compiled] = {}

    def page(self, scope: Scope, where: CustomerFilter, window: Slice) -> Page[Row]:
        """The customers visible in the scope, newest association first, and how many there are.

        Rows and total are of one moment. Both are exact.
        """
        given = where.given()
        if not given and is_counted(scope):
            if window.offset + window.limit <= NEAR:
                return self._near(scope, window)
            with snapshot():
                keys, total = far_page(scope, window.offset, window.limit)
                return Page(self._rows(scope, keys), total)
        with snapshot():
            size = total_of(scope) if is_counted(scope) else None
            search = planned(scope, where, given, size)
            if search is not None:
                return self._searched(scope, where, window, search)
            rows = counted(scope.shape, where.shape)(*scope.values, *where.values)
            total = int(rows[0][0] or 0)
            return Page(self._in_order(scope, where, window) if window.offset < total else [], total)

    def _near(self, scope: Scope, window: Slice) -> Page[Row]:
        """A page near the beginning, with its total: one statement, because this is what is asked most."""
        compiled = self._first.get(scope.shape)
        if compiled is None:
            compiled = self._first[scope.shape] = self._compile_near(scope.shape)
        rows = compiled(*scope.values, window.limit, window.offset)
        if not rows:
            return Page([], total_of(scope) if window.offset else 0)
        return Page([row[:-1] for row in rows], rows[0][-1])

    def _searched(self, scope: Scope, where: CustomerFilter, window: Slice, search: Search) -> Page[Row]:
        keys, total = search.slice(window.offset, window.limit)
        return Page(self._in_order(scope, where, window) if keys is None else self._rows(scope, keys), total)

    def _in_order(self, scope: Scope, where: CustomerFilter, window: Slice) -> Rows:
        """The rows of a slice, read newest first until it is full."""
        shape = (scope.shape, where.shape)
        compiled = self._pages.get(shape)
        if compiled is None:
            compiled = self._pages[shape] = self._compile(*shape)
        return compiled(*scope.values, *where.values, window.limit, window.offset)

    def _rows(self, scope: Scope, keys: list[int]) -> Rows:
        """The rows of these keys that the scope shows, newest first: columns are read for the page alone."""
        if not keys:
            return []
        compiled = self._of_keys.get(scope.shape)
        if compiled is None:
            compiled = self._of_keys[scope.shape] = self._compile_rows(scope.shape)
        return compiled(*scope.values, keys_value(keys))

    def by_uins(self, scope: Scope, uins: Iterable[int]) -> list[Row]:
        """The rows of these uins that the scope shows, each once, in no particular order."""
        distinct = list(dict.fromkeys(uins))
        # Given a list, SQLite reads all of a partner's index; given one uin, the unique index.
        at_once = 1 if connection.vendor == "sqlite" or len(distinct) == 1 else UINS_AT_ONCE
        rows: list[Row] = []
        for start in range(0, len(distinct), at_once):
            some = distinct[start : start + at_once]
            # Padded, so that lists of any length are one SQL text.
            some += some[:1] * (at_once - len(some))
            rows += self._of_uins(scope.shape, at_once)(*scope.values, *some)
        return rows

    def _of_uins(self, scope_shape: tuple[str, ...], count: int) -> Compiled:
        compiled = self._by_uins.get((scope_shape, count))
        if compiled is None:

            def build(*marks: Any) -> QuerySet[Any, Any]:
                rows = listed(scope_shape, (), marks[: len(scope_shape)])
                uins = marks[len(scope_shape) :]
                found = rows.filter(uin=uins[0]) if count == 1 else rows.filter(uin__in=uins)
                return found.order_by().values_list(*self._columns)

            compiled = Compiled(build, *marks_for([int] * (len(scope_shape) + count)))
            self._by_uins[scope_shape, count] = compiled
        return compiled

    def _compile(self, scope_shape: Shape, where_shape: Shape) -> Compiled:
        def build(*marks: Any) -> QuerySet[Any, Any]:
            return listed(scope_shape, where_shape, marks).order_by(*NEWEST_FIRST).values_list(*self._columns)

        return Compiled(build, *list_marks(scope_shape, where_shape), limit=True)

    def _compile_near(self, scope_shape: Shape) -> Compiled:
        def build(mark: int) -> QuerySet[Any, Any]:
            rows = listed(scope_shape, (), [mark]).annotate(total=Subquery(total_rows(scope_shape[0], mark)))
            return rows.order_by(*NEWEST_FIRST).values_list(*self._columns, "total")

        return Compiled(build, *list_marks(scope_shape, ()), limit=True)

    def _compile_rows(self, scope_shape: Shape) -> Compiled:
        def build(*marks: Any) -> QuerySet[Any, Any]:
            return listed(scope_shape, (), marks, ("keys",)).order_by(*NEWEST_FIRST).values_list(*self._columns)

        return Compiled(build, *list_marks(scope_shape, (), ("keys",)), by_key_alone=True, plan_anew=True)


def count_customers(scope: Scope, where: CustomerFilter = EVERYONE) -> int:
    """How many customers the scope and filter show. Exact; unfiltered totals are sums of counters."""
    given = where.given()
    size = total_of(scope) if is_counted(scope) else None
    if not given and size is not None:
        return size
    search = planned(scope, where, given, size)
    if search is not None:
        with snapshot():
            return search.count()
    return int(counted(scope.shape, where.shape)(*scope.values, *where.values)[0][0] or 0)


def get_customer(scope: Scope, *, account_id: str | None = None, uin: int | None = None) -> Account:
    """The customer with this identifier; NotVisible when the scope does not show it or there is none."""
    assert (account_id is None) != (uin is None)
    rows = customers(scope)
    found = (rows.filter(account_id=account_id) if uin is None else rows.filter(uin=uin)).first()
    if found is None:
        raise NotVisible("customer")
    return found


def association_on(scope: Scope, customer: Account, moment: datetime) -> Association | None:
    """Who the customer was bound to at a moment, as far as the scope shows."""
    assert customers(scope).filter(pk=customer.pk).exists()
    found = partner_on(customer, moment)
    if found is None or not Association.objects.within(scope).filter(pk=found.pk).exists():
        return None
    return found


def association_history(scope: Scope, customer: Account) -> list[Association]:
    """The associations of a customer that the scope shows, newest first."""
    return list(
        Association.objects.within(scope).filter(child=customer).select_related("partner").order_by("-since", "-id")
    )
