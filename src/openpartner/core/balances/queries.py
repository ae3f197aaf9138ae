"""Reading balances and their movements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, Sum

from openpartner.core.accounts.models import Account
from openpartner.core.balances.models import BalanceMovement, MovementKind
from openpartner.core.balances.moving import WHY
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.base.scope import Scope
from openpartner.core.customers.matching import customers
from openpartner.core.ledger.models import LedgerAccount, Use
from openpartner.kit.slices import Page, Slice

GIVEN = frozenset({MovementKind.TRANSFER, MovementKind.RECLAIM, MovementKind.UNBIND})


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementFilter:
    """Conditions that must all hold; None means no condition. Instants: the first is inclusive, the last is not."""

    kinds: Collection[MovementKind] | None = None
    since: datetime | None = None
    before: datetime | None = None
    number: str | None = None
    is_income: bool | None = None
    other: str | None = None
    """The account id of the account on the other side."""


def movements(holder: Account, where: MovementFilter, window: Slice) -> Page[BalanceMovement]:
    """The movements of the balance of an account that is the caller or was read within the scope, newest first."""
    comes, goes = Q(target=holder), Q(source=holder)
    side = comes | goes if where.is_income is None else comes if where.is_income else goes
    rows = BalanceMovement.objects.everything(reason=WHY).filter(side)
    if where.kinds is not None:
        rows = rows.filter(kind__in=where.kinds)
    if where.since is not None:
        rows = rows.filter(at__gte=where.since)
    if where.before is not None:
        rows = rows.filter(at__lt=where.before)
    if where.number is not None:
        rows = rows.filter(number=where.number)
    if where.other is not None:
        named = Account.objects.everything(reason=WHY).filter(account_id=where.other).values("pk")
        rows = rows.filter((comes & Q(source__in=named)) | (goes & Q(target__in=named)))
    ordered = rows.select_related("source", "target").order_by("-at", "-id")
    return Page(list(ordered[window.offset : window.offset + window.limit]), rows.count())


def agency_balances(scope: Scope, account_ids: Sequence[str]) -> list[tuple[str, int, str]]:
    """Account id, millionths and currency of the agency customers among these, in the order of naming."""
    rows = customers(scope).filter(account_id__in=account_ids, association_kind=AssociationKind.AGENCY)
    found = {row.account_id: row for row in rows.only("pk", "account_id", "partner_id")}
    # What they had with partners before has gone back to those.
    purses = LedgerAccount.objects.everything(reason=WHY).filter(
        holder__in=[row.pk for row in found.values()], use=Use.BALANCE
    )
    sums = dict(purses.values_list("holder").annotate(sum=Sum(F("credits") - F("debits"))))
    currencies = dict(purses.values_list("holder", "currency"))
    return [
        (one, sums.get(found[one].pk, 0), currencies.get(found[one].pk, ""))
        for one in dict.fromkeys(account_ids)
        if one in found
    ]
