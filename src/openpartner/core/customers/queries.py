"""Reading customers: lists for APIs and pages, one customer, and who it was bound to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Count, Expression, QuerySet, Sum

from openpartner.core.accounts.models import NEWEST_FIRST, Account, Association, AssociationCount
from openpartner.core.accounts.placing import partner_on
from openpartner.core.base.compiled import Compiled, marks_for
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope
from openpartner.core.customers.filters import CONDITIONS, CustomerFilter
from openpartner.kit.slices import Page, Slice

Row = tuple[Any, ...]
EVERYONE = CustomerFilter()
UINS_AT_ONCE = 20


def customers(scope: Scope) -> QuerySet[Account]:
    """The customers a scope shows."""
    return Account.objects.within(scope).filter(kind=AccountKind.CUSTOMER)


class CustomerRows:
    """A list of customers as tuples of declared columns, compiled once per scope shape and filter shape.

    A dialect makes one of these per wire structure, with instants spelled in SQL, and builds its answer straight
    from the tuples: one object per row instead of two.
    """

    def __init__(self, *columns: str | Expression) -> None:
        self._columns = columns
        self._by_uins: dict[tuple[tuple[str, ...], int], Compiled] = {}
        self._pages: dict[tuple[tuple[str, ...], tuple[str, ...]], Compiled] = {}

    def page(self, scope: Scope, where: CustomerFilter, window: Slice) -> Page[Row]:
        """The customers visible in the scope, newest association first, and how many there are."""
        total = count_customers(scope, where)
        if window.offset >= total:
            return Page([], total)
        shape = (scope.shape, where.shape)
        compiled = self._pages.get(shape)
        if compiled is None:
            compiled = self._pages[shape] = self._compile(*shape)
        return Page(compiled(*scope.values, *where.values, window.limit, window.offset), total)

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
                rows = _matching(scope_shape, (), marks[: len(scope_shape)])
                uins = marks[len(scope_shape) :]
                found = rows.filter(uin=uins[0]) if count == 1 else rows.filter(uin__in=uins)
                return found.order_by().values_list(*self._columns)

            compiled = Compiled(build, *marks_for([int] * (len(scope_shape) + count)))
            self._by_uins[scope_shape, count] = compiled
        return compiled

    def _compile(self, scope_shape: tuple[str, ...], where_shape: tuple[str, ...]) -> Compiled:
        def build(*marks: Any) -> QuerySet[Any, Any]:
            return _matching(scope_shape, where_shape, marks).order_by(*NEWEST_FIRST).values_list(*self._columns)

        return Compiled(build, *_marks(scope_shape, where_shape), limit=True)


def count_customers(scope: Scope, where: CustomerFilter = EVERYONE) -> int:
    """How many customers the scope and filter show. Exact; unfiltered totals are sums of counters."""
    if not where.shape and len(scope.shape) == 1 and scope.shape[0] in AssociationCount.scope_columns:
        rows = _total(scope.shape[0])(*scope.values)
    else:
        rows = _counted(scope.shape, where.shape)(*scope.values, *where.values)
    return int(rows[0][0] or 0)


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


def _matching(scope_shape: tuple[str, ...], where_shape: tuple[str, ...], marks: Sequence[Any]) -> QuerySet[Account]:
    scope = Scope(**dict(zip(scope_shape, marks, strict=False)))
    rows = customers(scope)
    for name, mark in zip(where_shape, marks[len(scope_shape) :], strict=True):
        condition = CONDITIONS[name](mark)
        rows = rows.filter(condition)
    return rows


def _marks(scope_shape: tuple[str, ...], where_shape: tuple[str, ...]) -> list[Any]:
    return marks_for([int] * len(scope_shape) + [CustomerFilter.TYPES[name] for name in where_shape])


@lru_cache(maxsize=1024)
def _counted(scope_shape: tuple[str, ...], where_shape: tuple[str, ...]) -> Compiled:
    def build(*marks: Any) -> QuerySet[Any, Any]:
        # annotate + values: an aggregate() would run at once instead of giving its SQL.
        return (
            _matching(scope_shape, where_shape, marks)
            .order_by()
            .values("kind")
            .annotate(n=Count("pk"))
            .values_list("n")
        )

    return Compiled(build, *_marks(scope_shape, where_shape), empty=[(0,)])


@lru_cache(maxsize=8)
def _total(level: str) -> Compiled:
    def build(mark: int) -> QuerySet[Any, Any]:
        column = AssociationCount.scope_columns[level]
        rows = AssociationCount.objects.within(Scope(**{level: mark}))
        return rows.order_by().values(column).annotate(n=Sum("customers")).values_list("n")

    return Compiled(build, *marks_for([int]), empty=[(0,)])
