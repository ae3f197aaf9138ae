"""Customers beside the partners they are bound to (seed 000, tencent:B.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Expression

from openpartner.core.base.scope import Scope
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import STREAMED_AT_ONCE, CustomerRows, Row
from openpartner.core.partners.queries import partners
from openpartner.kit.slices import Page, Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationFilter:
    """Conditions on customers beside the partners they are bound to; None means no condition."""

    reseller: str | None = None
    """The account id of one partner, of whatever kind. Without it, the customers of second-level resellers."""
    reseller_uin: int | None = None
    customer_uin: int | None = None
    customer_name_contains: str | None = None


class RelationRows:
    """The customers of second-level resellers, or of one partner, as far as a scope shows them.

    It is the list of customers, asked another way, and as fast. Orders are those of `CustomerRows`.
    """

    def __init__(self, columns: Sequence[str | Expression]) -> None:
        self._rows = CustomerRows(*columns)

    def page(self, scope: Scope, where: RelationFilter, window: Slice, *, order: str, exact: bool) -> Page[Row]:
        """One slice and how many there are; without `exact`, more than 10,000 may be told as 10,000 and `more`."""
        asked = _asked(scope, where)
        return Page([], 0) if asked is None else self._rows.page(scope, asked, window, order=order, exact=exact)

    def stream(
        self,
        scope: Scope,
        where: RelationFilter,
        *,
        order: str,
        after: Sequence[Any] | None = None,
        batch: int = STREAMED_AT_ONCE,
    ) -> Iterator[list[Row]]:
        """All of them, as `CustomerRows.stream`."""
        asked = _asked(scope, where)
        if asked is not None:
            yield from self._rows.stream(scope, asked, order=order, after=after, batch=batch)

    def texts(
        self,
        scope: Scope,
        where: RelationFilter,
        *,
        order: str,
        after: Sequence[Any] | None = None,
        batch: int = STREAMED_AT_ONCE,
    ) -> Iterator[tuple[bytes, int, Row]]:
        """All of them, as `CustomerRows.texts`."""
        asked = _asked(scope, where)
        if asked is not None:
            yield from self._rows.texts(scope, asked, order=order, after=after, batch=batch)


def _asked(scope: Scope, where: RelationFilter) -> CustomerFilter | None:
    """The same as a filter of customers; None when the scope shows no such partner."""
    partner = None
    if where.reseller is not None or where.reseller_uin is not None:
        named = {"account_id": where.reseller, "uin": where.reseller_uin}
        rows = partners(scope).filter(**{name: value for name, value in named.items() if value is not None})
        partner = rows.values_list("pk", flat=True).first()
        if partner is None:
            return None
    return CustomerFilter(
        partner=partner,
        is_direct=None if where.reseller is not None else False,
        uin=where.customer_uin,
        legal_name_contains=where.customer_name_contains,
    )
