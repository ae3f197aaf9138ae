"""Which customers are new: bound not long ago, and whether they have begun to spend.

vendor doc silent: by which rule the vendor calls a customer of small and medium businesses new. Ours: for twelve months
from the month in which it was bound to its partner; it counts as won once something is billed to it in that time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from openpartner.core.accounts.models import Account
from openpartner.core.base.scope import Scope
from openpartner.core.billing.months import month_of_day
from openpartner.core.billing.spend import spend_between
from openpartner.core.customers.matching import customers
from openpartner.kit import clock
from openpartner.kit.slices import Slice

NEW_FOR_MONTHS = 12


class Newness(StrEnum):
    """What a customer is."""

    WON = "won"
    """New, and something was billed to it."""
    OPEN = "open"
    """New, and nothing was billed to it yet."""
    OLD = "old"


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer, what it is, and the first and last bill month in which it can be new."""

    account: Account
    newness: Newness
    first_month: int
    last_month: int


def newness(scope: Scope, partner: int, window: Slice, account_ids: Collection[str] | None = None) -> list[NewCustomer]:
    """A page of a partner's customers within a scope, newest association first; among these account ids if given."""
    rows = customers(scope).filter(partner=partner)
    if account_ids is not None:
        rows = rows.filter(account_id__in=list(account_ids))
    found = list(rows.order_by("-associated_at", "-id")[window.offset : window.offset + window.limit])
    this_month = month_of_day(clock.now().astimezone(clock.BEIJING).date())
    first = {row.pk: _bound_in(row) for row in found}
    oldest = min(first.values(), default=this_month)
    told = []
    spent = spend_between(first, oldest, this_month, partner)
    for row in found:
        last = first[row.pk] + NEW_FOR_MONTHS - 1
        state = Newness.OLD
        if this_month <= last:
            state = Newness.WON if any(one.list_cost > 0 for one in spent.get(row.pk, ())) else Newness.OPEN
        told.append(NewCustomer(row, state, first[row.pk], last))
    return told


def _bound_in(row: Account) -> int:
    """The bill month, Beijing's, in which a customer was bound."""
    assert row.associated_at is not None
    return month_of_day(row.associated_at.astimezone(clock.BEIJING).date())
