"""What payers owe the provider, at their own price: not billed while a month is open, due when it is final."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from openpartner.core.accounts.models import Account
from openpartner.core.billing.followers import Published
from openpartner.core.billing.models import MonthState
from openpartner.core.billing.spend import Changed
from openpartner.core.ledger.models import Kind, Use
from openpartner.core.ledger.opening import Name, account
from openpartner.core.ledger.transfers import Cause, Order, post
from openpartner.core.settlement.models import PayerMonth

MONTHS = PayerMonth._meta.db_table


def owe(published: Published, resold: Sequence[Changed], people: Mapping[int, Account]) -> None:
    """Post what a publication changed in what payers owe, and bill the month when it became final."""
    moved: Counter[tuple[int, str]] = Counter()
    for one in resold:
        moved[one.key.payer, one.key.currency] += one.after.partner_micros - one.before.partner_micros
    is_final = published.month.state == MonthState.FINAL
    becomes_final = is_final and published.was is MonthState.OPEN
    rows = PayerMonth.objects.everything(reason="of the month that is published").filter(month=published.month)
    known = {(row.payer_id, row.currency): row for row in rows.select_related("payer", "provider")}
    orders = []
    for key in sorted({*moved, *(known if becomes_final else ())}):
        row = known.get(key) or _new(published, key, people)
        change = moved[key]
        if change:
            row.micros += change
            row.save()
            use = Use.DUE if is_final and not becomes_final else Use.UNBILLED
            orders += _moved(published, row, "owed", Kind.CHARGE, _debt(row, use), _earned(row), change)
        if becomes_final and row.micros:
            due, unbilled = _debt(row, Use.DUE), _debt(row, Use.UNBILLED)
            orders += _moved(published, row, "billed", Kind.BILLED, due, unbilled, row.micros)
    post(orders)


def _new(published: Published, key: tuple[int, str], people: Mapping[int, Account]) -> PayerMonth:
    payer, currency = key
    return PayerMonth(
        month=published.month,
        payer=people[payer],
        currency=currency,
        provider=Account.objects.everything(reason="whose bills are published").get(pk=published.month.provider_id),
    )


def _debt(row: PayerMonth, use: Use) -> int:
    return account(Name(use=use, holder=row.payer, giver=row.provider, currency=row.currency)).pk


def _earned(row: PayerMonth) -> int:
    return account(Name(use=Use.EARNED, holder=row.provider, giver=row.provider, currency=row.currency)).pk


def _moved(
    published: Published, row: PayerMonth, word: str, kind: Kind, debit: int, credit: int, micros: int
) -> list[Order]:
    """One order; from the other side when the amount is below zero."""
    first, second = (debit, credit) if micros > 0 else (credit, debit)
    return [
        Order(
            key=f"{word}:{published.version.pk}:{row.pk}",
            kind=kind,
            debit=first,
            credit=second,
            micros=abs(micros),
            covered=False,
            cause=Cause(table=MONTHS, row=row.pk),
        )
    ]
