"""Finding a ledger account, and opening it when there is none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import AccountKind
from openpartner.core.ledger.models import LedgerAccount, Use

NEVER_BELOW_ZERO = frozenset({Use.ALLOCABLE, Use.BALANCE, Use.QUOTA, Use.VOUCHER})
"""Uses whose balance less reservations never falls below zero, whoever holds them."""


AT_ONCE = 500
"""Holders that one statement asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What makes a ledger account the one it is."""

    use: Use
    holder: Account
    giver: Account
    currency: str
    subject: int = 0


def find(name: Name) -> LedgerAccount | None:
    """The account of that name as it stands, or None. The holder was read within the caller's scope."""
    return _rows(name).first()


def account(name: Name) -> LedgerAccount:
    """The account of that name, opened if there is none."""
    found = _rows(name).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return LedgerAccount.objects.create(**_opened(name))  # type: ignore[misc]  # one dict of all columns
    except IntegrityError:
        return _rows(name).get()  # somebody else has opened it meanwhile


def accounts(names: Collection[Name]) -> dict[Name, LedgerAccount]:
    """The accounts of those names, opened where there are none; a few statements however many they are."""
    wanted = list(dict.fromkeys(names))
    found = _among(wanted)
    absent = [name for name in wanted if name not in found]
    if absent:
        new = [LedgerAccount(**_opened(name)) for name in absent]
        try:
            with transaction.atomic():
                LedgerAccount.objects.bulk_create(new)
        except IntegrityError:
            return {name: account(name) for name in wanted}  # somebody else has opened some meanwhile
        found.update(zip(absent, new, strict=True))
    return found


def _among(names: Sequence[Name]) -> dict[Name, LedgerAccount]:
    """Those that exist, found by their holders."""
    by_key = {(one.holder.pk, one.use, one.giver.pk, one.subject, one.currency): one for one in names}
    rows = LedgerAccount.objects.everything(reason="their holders were read within the caller's scope")
    uses = {one.use for one in names}
    holders = sorted({one.holder.pk for one in names})
    found: dict[Name, LedgerAccount] = {}
    for start in range(0, len(holders), AT_ONCE):
        for row in rows.filter(holder__in=holders[start : start + AT_ONCE], use__in=uses):
            name = by_key.get((row.holder_id, Use(row.use), row.giver_id, row.subject, row.currency))
            if name is not None:
                found[name] = row
    return found


def _rows(name: Name) -> QuerySet[LedgerAccount]:
    rows = LedgerAccount.objects.everything(reason="its holder was read within the caller's scope")
    return rows.filter(holder=name.holder, use=name.use, giver=name.giver, subject=name.subject, currency=name.currency)


def _opened(name: Name) -> dict[str, Any]:
    return {
        "use": name.use,
        "holder": name.holder,
        "giver": name.giver,
        "currency": name.currency,
        "subject": name.subject,
        "floor": 0 if name.use in NEVER_BELOW_ZERO else None,
        **_tenants(name),
    }


def _tenants(name: Name) -> dict[str, Any]:
    """Who may see it: the holder, whoever gave it, and who pays for them."""
    holder, giver = name.holder, name.giver
    if holder.kind == AccountKind.PROVIDER:
        return {"provider_id": holder.pk}
    if holder.kind == AccountKind.CUSTOMER:
        # What a partner gave stays that partner's to see, wherever the customer is bound later.
        payer = giver.payer_id if giver.kind == AccountKind.SECOND_LEVEL_RESELLER else giver.pk
        seen = {} if giver.kind == AccountKind.PROVIDER else {"payer_id": payer, "partner_id": giver.pk}
        return {"provider_id": holder.provider_id, "customer_id": holder.pk, **seen}
    payer = holder.payer_id if holder.kind == AccountKind.SECOND_LEVEL_RESELLER else holder.pk
    return {"provider_id": holder.provider_id, "payer_id": payer, "partner_id": holder.pk}
