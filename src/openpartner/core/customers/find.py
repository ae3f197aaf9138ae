"""Finding a customer by whatever somebody on the phone says."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from openpartner.core.base.compiled import Compiled, snapshot
from openpartner.core.base.scope import Scope
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.matching import Shape, list_marks, listed
from openpartner.core.customers.order import Order
from openpartner.core.customers.queries import CustomerRows, Row
from openpartner.core.customers.search import identified_by
from openpartner.core.customers.slices import find_newest
from openpartner.kit.folding import fold, fold_keeping_spaces

NAMES = (Order.LEGAL_NAME, Order.ACCOUNT_NAME)
LAST, LAST_BEFORE_GAP, FIRST_BEHIND_GAP = 0x10FFFF, 0xD7FF, 0xE000
"""Code points around those that stand for no character."""


def find_customers(rows: CustomerRows, scope: Scope, text: str, limit: int) -> list[Row]:
    """The customers that a text names, best first.

    First those whose uin, account id, mobile or e-mail is the text; then those whose customer name begins with it, and
    those whose account name does; then the newest of those of whose names it is a part.
    """
    if not fold(text) or "\0" in text:  # PostgreSQL has no text with a zero byte
        return []
    where = CustomerFilter(text=text)
    with snapshot():
        keys = dict.fromkeys(identified_by(scope, where.given()))
        for order in NAMES:
            if len(keys) < limit:
                keys.update(dict.fromkeys(_beginning(scope, order, fold_keeping_spaces(text.strip()), limit)))
        if len(keys) < limit:
            keys.update(dict.fromkeys(find_newest(scope, where, limit + len(keys))))
        return rows.of_keys(scope, list(keys)[:limit])


def _beginning(scope: Scope, order: Order, text: str, limit: int) -> list[int]:
    """The keys of the customers whose name begins with a folded text, by name."""
    behind = _behind(text)
    if not behind:
        return []
    compiled = _between(scope.shape, order)
    return [row[0] for row in compiled(*scope.values, text, behind, limit, 0)]


def _behind(text: str) -> str:
    """The least text behind all that begin with this one; empty when there is none."""
    text = text.rstrip(chr(LAST))
    if not text:
        return ""
    last = ord(text[-1])
    return text[:-1] + chr(FIRST_BEHIND_GAP if last == LAST_BEFORE_GAP else last + 1)


@lru_cache(maxsize=64)
def _between(scope_shape: Shape, order: Order) -> Compiled:
    def build(*marks: Any) -> QuerySet[Any, Any]:
        *_scope, first, behind = marks
        rows = listed(scope_shape, (), marks[: len(scope_shape)]).filter(associated_at__isnull=False)
        rows = rows.filter(**{f"{order.column}__gte": first, f"{order.column}__lt": behind})
        return rows.order_by(*order.fields).values_list("pk")

    index = f"account_by_{order.column.removesuffix('_folded')}"
    # Two texts behind the scope: what two narrowings would take.
    return Compiled(build, *list_marks(scope_shape, (), ("keys", "keys")), limit=True, index=index, plan_anew=True)
