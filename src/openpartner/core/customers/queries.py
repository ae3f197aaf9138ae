"""Reading customers: lists for APIs and pages, one customer, and who it was bound to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from django.db import connection
from django.db.models import Expression, F, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from openpartner.core.accounts.models import NEWEST_FIRST, Account, Association
from openpartner.core.base.caller import Caller
from openpartner.core.base.compiled import GATHERED, Compiled, Rows, marks_for, snapshot, with_marks
from openpartner.core.base.errors import NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.scope import Scope
from openpartner.core.customers import ranks
from openpartner.core.customers.associations import AssociationFilter, AssociationState
from openpartner.core.customers.filters import PINNING, CustomerFilter, contains
from openpartner.core.customers.matching import Shape, customers, list_marks, listed
from openpartner.core.customers.order import Order, behind, order_of
from openpartner.core.customers.pages import NEAR, far_page, is_counted, total_of, total_rows
from openpartner.core.customers.search import Search, counted, keys_value, planned
from openpartner.core.customers.slices import find_slice, settle, walked_along
from openpartner.kit.folding import fold
from openpartner.kit.ids import UIN_MAX
from openpartner.kit.slices import Page, Slice

Row = tuple[Any, ...]
EVERYONE = CustomerFilter()
UINS_AT_ONCE = 20
NAMED_MAX = 1_000
"""Current customers of a name whose association records are listed, newest first."""
STREAMED_AT_ONCE = 5_000


class Asked(Enum):
    """What of a batch is read."""

    ROWS = "its rows, each with the values that go into `after`"
    TEXT = "its one column, joined"
    ENDS = "the values that go into `after`"


TEXTS = (Asked.TEXT, Asked.ENDS)


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
        self._by_key: dict[Shape, Compiled] = {}
        self._streams: dict[tuple[Shape, Shape, Order, bool, Asked], Compiled] = {}

    def page(
        self, scope: Scope, where: CustomerFilter, window: Slice, *, order: str | None = None, exact: bool = True
    ) -> Page[Row]:
        """The customers visible in the scope, newest association first, and how many there are.

        Rows and total are of one moment. `order` is the name of an `Order`; Invalid for any other. With `exact=False`
        more than 10,000 customers may be told as 10,000 and `more`.
        """
        if order is not None or not exact:
            return self._page_in(scope, where, window, order_of(order), exact=exact)
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

    def stream(
        self,
        scope: Scope,
        where: CustomerFilter,
        *,
        order: str | None = None,
        after: Sequence[Any] | None = None,
        batch: int = STREAMED_AT_ONCE,
    ) -> Iterator[list[Row]]:
        """All customers that match, in batches; each row ends with the two values that go into `after` to go on.

        The two are a text or a number, and a number, so that a job can keep them as JSON. Each batch is a statement of
        its own: memory is constant and nothing is held open between batches. Whoever changes meanwhile so that its
        place in the order moves may be met twice or not at all; whoever does not is met once.
        """
        settled = settle(scope, where)
        if settled is None:
            return
        scope, where = settled
        how = order_of(order)
        if how.rank is not None:
            yield from self._stream_ranked(scope, where, how, after, batch)
            return
        while True:
            compiled = self._stream_of(scope, where.shape, how, after is not None, Asked.ROWS)
            rows = compiled(*scope.values, *where.values, *(after or ()), batch, 0)
            if rows:
                yield rows
            if len(rows) < batch:
                return
            after = rows[-1][-2:]

    def texts(
        self,
        scope: Scope,
        where: CustomerFilter,
        *,
        order: str | None = None,
        after: Sequence[Any] | None = None,
        batch: int = STREAMED_AT_ONCE,
    ) -> Iterator[tuple[bytes, int, Row]]:
        """Like `stream`, where the one column is a text: each batch joined, its number of rows and what to go on after.

        The database joins them: rows that never become objects cost a third less.
        """
        (_only,) = self._columns
        settled = settle(scope, where)
        if settled is None:
            return
        scope, where = settled
        how = order_of(order)
        if how.rank is not None:
            for rows in self._stream_ranked(scope, where, how, after, batch):
                yield "".join([row[0] for row in rows]).encode(), len(rows), rows[-1][-2:]
            return
        while True:
            values = (*scope.values, *where.values, *(after or ()))
            with snapshot():
                joined, ends = (self._stream_of(scope, where.shape, how, after is not None, asked) for asked in TEXTS)
                ((text, count),) = joined(*values, batch, 0)
                if not count:
                    return
                ((key, pk),) = ends(*values, 1, count - 1)
            # Not spelled by the database: PostgreSQL would do so for each of the rows that are passed on the way there.
            after = (str(key) if isinstance(key, datetime) else key, pk)
            yield text, count, after
            if count < batch:
                return

    def _stream_ranked(
        self, scope: Scope, where: CustomerFilter, order: Order, after: Sequence[Any] | None, batch: int
    ) -> Iterator[list[Row]]:
        """In the order of a number: those who have it go on after a number, the others behind them after an instant."""
        assert order.rank is not None
        values = list(where.values)
        while after is None or isinstance(after[0], int):
            last = (after[0], after[1]) if after else None
            found = ranks.walked_behind(scope, where.shape, values, order, last, batch)
            rows = self._keyed(scope, [key for _, key in found])
            batch_of_rows = [(*rows[key], number, key) for number, key in found if key in rows]
            if batch_of_rows:
                yield batch_of_rows
            after = found[-1] if len(found) == batch else ("", 0)
        shape = ranks.lacking(where.shape, order.rank)
        behind = () if after[0] == "" else tuple(after)
        while True:
            compiled = self._stream_of(scope, shape, Order.NEWEST, bool(behind), Asked.ROWS)
            others = compiled(*scope.values, *values, *behind, batch, 0)
            if others:
                yield others
            if len(others) < batch:
                return
            behind = tuple(others[-1][-2:])

    def _stream_of(self, scope: Scope, where_shape: Shape, order: Order, is_behind: bool, asked: Asked) -> Compiled:  # noqa: FBT001  # one of two texts
        shape = (scope.shape, where_shape, order, is_behind, asked)
        compiled = self._streams.get(shape)
        if compiled is None:

            def build(*marks: Any) -> QuerySet[Any, Any]:
                rows = listed(scope.shape, where_shape, marks[: len(marks) - 2 * is_behind])
                rows = rows.filter(associated_at__isnull=False)
                if is_behind:
                    rows = rows.filter(behind(order, *marks[-2:]))
                rows = rows.order_by(*order.fields)
                if asked is Asked.TEXT:
                    return rows.annotate(**{GATHERED: self._columns[0]}).values_list(GATHERED)
                if asked is Asked.ENDS:
                    return rows.values_list(order.column, "pk")
                key = Cast(order.column, TextField()) if order.column == "associated_at" else F(order.column)
                return rows.values_list(*self._columns, key, "pk")

            marks = list_marks(scope.shape, where_shape)
            compiled = self._streams[shape] = Compiled(
                build,
                *(with_marks(marks, order.type, int) if is_behind else marks),
                limit=True,
                plan_anew=True,
                index="" if PINNING & set(where_shape) else walked_along(scope, where_shape, order),
                gathers=asked is Asked.TEXT,
            )
        return compiled

    def _page_in(self, scope: Scope, where: CustomerFilter, window: Slice, order: Order, *, exact: bool) -> Page[Row]:
        with snapshot():
            found = find_slice(scope, where, window, order, exact=exact)
            rows = self._keyed(scope, found.keys)
        return Page([rows[key] for key in found.keys], found.total, found.more)

    def of_keys(self, scope: Scope, keys: Sequence[int]) -> list[Row]:
        """The rows of these primary keys that the scope shows, in the order of the keys."""
        rows = self._keyed(scope, list(keys))
        return [rows[key] for key in keys if key in rows]

    def _keyed(self, scope: Scope, keys: list[int]) -> dict[int, Row]:
        """The rows of these keys that the scope shows, by key."""
        if not keys:
            return {}
        compiled = self._by_key.get(scope.shape)
        if compiled is None:

            def build(*marks: Any) -> QuerySet[Any, Any]:
                rows = listed(scope.shape, (), marks, ("keys",)).order_by()
                return rows.values_list(*self._columns, "pk")

            marks = list_marks(scope.shape, (), ("keys",))
            compiled = self._by_key[scope.shape] = Compiled(build, *marks, by_key_alone=True, plan_anew=True)
        return {row[-1]: row[:-1] for row in compiled(*scope.values, keys_value(keys))}

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


def get_direct_customer(caller: Caller, *, account_id: str | None = None, uin: int | None = None) -> Account:
    """The same among those bound to the caller itself: customers are their partner's, and nobody else's to change.

    NotVisible for everybody who is no partner, the provider too.
    """
    if not caller.kind.is_partner:
        raise NotVisible("customer")
    return get_customer(caller.own(), account_id=account_id, uin=uin)


def association_history(scope: Scope, customer: Account) -> list[Association]:
    """The associations of a customer that the scope shows, newest first."""
    return list(
        Association.objects.within(scope).filter(child=customer).select_related("partner").order_by("-since", "-id")
    )


def associations(scope: Scope, where: AssociationFilter) -> QuerySet[Association]:
    """The associations of customers that the scope shows and the filter lets through, in no order (huawei:B7).

    NotAllowed for people who see assigned customers only: records tell of customers that have left.
    """
    if scope.manager is not None:
        raise NotAllowed("association records are for those who see all customers")
    # Partners are few: leaving them out is cheaper than looking at each child.
    partners = Account.objects.everything(reason="the association is read within the scope").exclude(
        kind=AccountKind.CUSTOMER
    )
    rows = Association.objects.within(scope).exclude(child__in=partners.values("pk"))
    equal = {
        "partner": where.partner,
        "kind": where.kind,
        "since__gte": where.begun_from,
        "since__lte": where.begun_until,
        "until__gte": where.ended_from,
        "until__lte": where.ended_until,
    }
    rows = rows.filter(**{name: value for name, value in equal.items() if value is not None})
    if where.state is not None:
        rows = rows.filter(until__isnull=where.state == AssociationState.CURRENT)
    if where.uin is not None:
        rows = rows.filter(child__in=_keys_with(uin=where.uin))
    if where.text is not None and fold(where.text):
        rows = rows.filter(_of_name(scope, where.text))
    return rows


def _keys_with(**column: str | int) -> list[int]:
    """The key of a unique column: looked up first, so that no join decides."""
    rows = Account.objects.everything(reason="the association is read within the scope").filter(**column)
    return list(rows.values_list("pk", flat=True))


def _of_name(scope: Scope, text: str) -> Q:
    """Associations of customers of a name: current ones by the search index, of the few ended ones each is read."""
    plain = text.strip()
    exact = _keys_with(account_id=plain.lower())
    if plain.isascii() and plain.isdigit() and 0 < int(plain) <= UIN_MAX:
        exact += _keys_with(uin=int(plain))
    current = find_slice(scope, CustomerFilter(text=text), Slice(0, NAMED_MAX), Order.NEWEST, exact=False).keys
    ended = Q(until__isnull=False) & Q(contains("child__search_key", fold(text)))
    return Q(child__in=exact) | Q(until__isnull=True, child__in=current) | ended
