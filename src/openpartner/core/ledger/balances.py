"""What accounts hold, now and at any instant before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from openpartner.core.ledger.models import Kind, LedgerAccount, Phase, Transfer
from openpartner.kit.money import Money
from openpartner.kit.slices import Page, Slice

MOVING = (Phase.POSTED, Phase.SETTLED)


@dataclass(frozen=True, slots=True)
class Posting:
    """One transfer as one of its accounts sees it: what came in (above zero) or went out, and what was there then."""

    transfer: int
    at: datetime
    kind: Kind
    change: Money
    balance: Money
    other: int
    """The other account."""
    cause: str
    cause_id: int | None
    reverses: int | None


def balance_at(account: LedgerAccount, moment: datetime) -> Money:
    """What an account held at an instant, transfers of that very second included. Read from two indexes' ends."""
    sides = [
        Transfer.objects.filter(**{side: account, "at__lte": moment})
        .order_by("-at", "-id")
        .values_list("at", "pk", f"{side}_after")
        .first()
        for side in ("debit", "credit")
    ]
    found = max((one for one in sides if one is not None), default=None)
    return Money(account.currency, found[2] if found else 0)


def statement(account: LedgerAccount, window: Slice) -> Page[Posting]:
    """An account's postings, newest first, each with the balance after it. The account was read within a scope."""
    rows = Transfer.objects.filter(Q(debit=account) | Q(credit=account), phase__in=MOVING)
    found = rows.order_by("-at", "-id")[window.offset : window.offset + window.limit]
    return Page([_posting(account, one) for one in found], rows.count())


def postings(account: LedgerAccount) -> Iterator[Posting]:
    """All postings of an account, oldest first, without holding them."""
    rows = Transfer.objects.filter(Q(debit=account) | Q(credit=account), phase__in=MOVING)
    for one in rows.order_by("at", "id").iterator():
        yield _posting(account, one)


def _posting(account: LedgerAccount, one: Transfer) -> Posting:
    goes = one.debit_id == account.pk
    return Posting(
        transfer=one.pk,
        at=one.at,
        kind=Kind(one.kind),
        change=Money(account.currency, -one.micros if goes else one.micros),
        balance=Money(account.currency, one.debit_after if goes else one.credit_after),
        other=one.credit_id if goes else one.debit_id,
        cause=one.cause,
        cause_id=one.cause_id,
        reverses=one.reverses_id,
    )
