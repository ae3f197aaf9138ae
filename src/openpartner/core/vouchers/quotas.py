"""Quotas: granted by the provider, shared out by a distributor, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, Conflict, Invalid, LimitReached, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.ledger.models import Kind, Use
from openpartner.core.ledger.transfers import Cause, NotCovered, Order, post_one
from openpartner.core.partners.queries import get_partner, get_reseller
from openpartner.core.vouchers.lists import joined
from openpartner.core.vouchers.log import Deed, note_quota
from openpartner.core.vouchers.models import VoucherQuota
from openpartner.core.vouchers.purses import (
    currency_of,
    own_account,
    positive_micros,
    quota_left,
    quota_purse,
    signed_micros,
    source,
)
from openpartner.core.vouchers.vocabulary import Operation, QuotaKind, QuotaState
from openpartner.kit import clock

QUOTAS_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQuota:
    """What a provider grants: of which kind, how much, how long, and for which services and products."""

    kind: QuotaKind
    amount: Decimal
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    services: Sequence[str] = ()
    products: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class QuotaResult:
    """What became of one of several: the quota, or the error."""

    id: str
    quota: VoucherQuota | None
    error: ChannelError | None = None
    left_micros: int = 0


@command(Action.VOUCHER_QUOTA_CHANGED, permission=Permission.VOUCHER_WRITE)
def change_pool(
    caller: Caller, *, partner: str, amount: Decimal, remark: str = "", key: str | None = None
) -> VoucherQuota:
    """Add to the voucher pool of a partner of the caller, or take from it, and return the pool.

    The provider does so for distributors and resellers, a distributor for its resellers out of its own pool
    (tencent:B.4). LimitReached when more is taken than is there; Conflict when the key was used.
    """
    micros = signed_micros("amount", amount)
    if not micros:
        raise Invalid("amount", "must not be zero")
    child = _child(caller, partner)
    giver = own_account(caller)
    own = pool_of(giver, lock=True) if child.kind == _S else None
    if child.kind == _S and own is None:
        raise NotCovered(Use.QUOTA)  # a distributor gives out of its own pool, and has none
    pool = pool_of(child, lock=True) or _new_pool(child, giver, own)
    other = quota_purse(own).pk if own is not None else source(giver, pool.currency).pk
    _move(pool, other, micros, is_covered=own is not None, key=key)
    deed = _deed(caller, Operation.QUOTA_GRANT if micros > 0 else Operation.QUOTA_RECLAIM, remark)
    note_quota(deed, pool, micros, key=key)
    record(caller, Action.VOUCHER_QUOTA_CHANGED, subject=child, quota=pool.code, amount=str(amount))
    return pool


@command(Action.VOUCHER_QUOTA_CHANGED, permission=Permission.VOUCHER_WRITE)
def grant_quota(
    caller: Caller, *, partner: str, new: NewQuota, remark: str = "", key: str | None = None
) -> VoucherQuota:
    """Grant a partner of the provider a quota of its own, and return it (huawei:E4). Conflict when the key was used."""
    if caller.kind is not AccountKind.PROVIDER or new.kind is QuotaKind.POOL:
        raise NotVisible("partner")
    micros = positive_micros("amount", new.amount, decimals=2)
    if new.valid_from and new.valid_until and new.valid_from >= new.valid_until:
        raise Invalid("valid_until", "must be after the beginning")
    moment = clock.now()
    if new.valid_until and new.valid_until <= moment:
        raise Invalid("valid_until", "must be later than now")
    child = _child(caller, partner)
    provider = child.provider
    assert provider is not None
    quota = _create(
        child,
        provider,
        kind=new.kind,
        currency=currency_of(child),
        valid_from=new.valid_from or moment,
        valid_until=new.valid_until,
        services=joined("services", new.services),
        products=joined("products", new.products),
    )
    _move(quota, source(provider, quota.currency).pk, micros, is_covered=False, key=key)
    note_quota(_deed(caller, Operation.QUOTA_GRANT, remark), quota, micros, key=key)
    record(caller, Action.VOUCHER_QUOTA_CHANGED, subject=child, quota=quota.code, amount=str(new.amount))
    return quota


@command(Action.VOUCHER_QUOTA_CHANGED, permission=Permission.VOUCHER_WRITE)
def set_quota_state(caller: Caller, *, quota: str, state: QuotaState, remark: str = "") -> VoucherQuota:
    """Freeze, invalidate or reopen a quota, and return it; the provider's word.

    Invalid for the state of what was taken back, which only `take_quotas_back` gives; Conflict when the quota has it.
    """
    if caller.kind is not AccountKind.PROVIDER:
        raise NotVisible("quota")
    if state is QuotaState.RECLAIMED:
        raise Invalid("state", "a quota is taken back, with what is left of it")
    row = locked_quota(VoucherQuota.objects.within(caller.scope).filter(code=quota).first())
    if row.state == QuotaState.RECLAIMED:
        raise Conflict("the quota was taken back already")
    row.state, row.changed_at = state, clock.now()
    row.save(update_fields=["state", "changed_at"])
    note_quota(_deed(caller, Operation.QUOTA_STATE, remark), row, 0)
    record(caller, Action.VOUCHER_QUOTA_CHANGED, subject=row.partner, quota=row.code, state=state.label)
    return row


@command(Action.VOUCHER_QUOTA_CHANGED, permission=Permission.VOUCHER_WRITE)
def share_quota(
    caller: Caller, *, quota: str, resellers: Sequence[str], amount: Decimal, key: str | None = None
) -> list[QuotaResult]:
    """Give each of a distributor's resellers a quota out of one of its own; what became of each (huawei:D7a).

    Conflict when the quota cannot be used; a reseller for whom nothing is left gets an error of its own. A pool is no
    such quota: `change_pool` gives out of it.
    """
    micros = positive_micros("quota_amount", amount, decimals=2)
    if not 1 <= len(resellers) <= QUOTAS_AT_ONCE or len(set(resellers)) != len(resellers):
        raise Invalid("indirect_partner_ids", f"must be 1 to {QUOTAS_AT_ONCE} different resellers")
    parent = own_quota(caller, caller.account, quota)
    if parent.kind == QuotaKind.POOL:
        raise NotVisible("quota")
    check_usable(parent)
    results = []
    for place, one in enumerate(resellers):
        try:
            child = get_reseller(caller.scope, account_id=one)
        except NotVisible as error:
            results.append(QuotaResult(one, None, error))
            continue
        if quota_left([parent])[parent.pk] < micros:
            results.append(QuotaResult(one, None, NotCovered(Use.QUOTA)))
            continue
        made = _shared(caller, parent, child, micros, f"{key}:{place}" if key else None)
        results.append(QuotaResult(one, made, None, micros))
    record(caller, Action.VOUCHER_QUOTA_CHANGED, quota=parent.code, amount=str(amount), resellers=list(resellers))
    return results


@command(Action.VOUCHER_QUOTA_CHANGED, permission=Permission.VOUCHER_WRITE)
def take_quotas_back(caller: Caller, *, quotas: Sequence[str], remark: str = "") -> list[QuotaResult]:
    """Take back all that is left of quotas that the caller has given; what became of each, and what is left.

    A distributor's go back into the quota they were shared out of. What returns to a quota later, because a voucher
    ran out, can be taken back again. Pools are changed by `change_pool`.
    """
    if not 1 <= len(quotas) <= QUOTAS_AT_ONCE or len(set(quotas)) != len(quotas):
        raise Invalid("quota_ids", f"must be 1 to {QUOTAS_AT_ONCE} different quotas")
    results = []
    rows = VoucherQuota.objects.within(caller.scope).filter(giver_id=caller.account).exclude(kind=QuotaKind.POOL)
    for code in quotas:
        row = rows.filter(code=code).first()
        if row is None:
            results.append(QuotaResult(code, None, NotVisible("quota")))
        elif row.state == QuotaState.RECLAIMED and not quota_left([row])[row.pk]:
            results.append(QuotaResult(code, None, Conflict("the quota was taken back already")))
        else:
            results.append(_taken_back(caller, row, remark))
    record(caller, Action.VOUCHER_QUOTA_CHANGED, quotas=list(quotas), taken_back=True)
    return results


def pool_of(partner: Account, *, lock: bool = False) -> VoucherQuota | None:
    """A partner's voucher pool, if it has one."""
    rows = VoucherQuota.objects.everything(reason="the partner was read within a scope")
    found = rows.filter(partner=partner, kind=QuotaKind.POOL).first()
    return locked_quota(found) if lock and found is not None else found


def own_quota(caller: Caller, seller: int, code: str) -> VoucherQuota:
    """The seller's quota with this code, locked; NotVisible when it has none."""
    found = VoucherQuota.objects.within(caller.scope).filter(partner_id=seller, code=code).first()
    return locked_quota(found)


def locked_quota(found: VoucherQuota | None) -> VoucherQuota:
    """The row, locked until the transaction ends; NotVisible for nothing."""
    if found is None:
        raise NotVisible("quota")
    rows = VoucherQuota.objects.everything(reason="it was read within a scope").select_for_update(
        no_key=True, of=("self",)
    )
    return rows.get(pk=found.pk)


def check_usable(quota: VoucherQuota) -> None:
    """Conflict when nothing may be issued out of the quota now."""
    moment = clock.now()
    if quota.state != QuotaState.NORMAL:
        raise Conflict(f"the quota is {QuotaState(quota.state).label}")
    if quota.valid_until is not None and quota.valid_until <= moment:
        raise Conflict("the quota has expired")
    if quota.valid_from is not None and quota.valid_from > moment:
        raise Conflict("the quota is not valid yet")


_S = AccountKind.SECOND_LEVEL_RESELLER


def _child(caller: Caller, account_id: str) -> Account:
    """The partner that the caller grants to: its own and nobody else's."""
    found = get_partner(caller.scope, account_id=account_id)
    if found.partner_id != caller.account:
        raise NotVisible("partner")
    return found


def _new_pool(child: Account, giver: Account, parent: VoucherQuota | None) -> VoucherQuota:
    return _create(child, giver, kind=QuotaKind.POOL, currency=currency_of(child), parent=parent)


def _create(child: Account, giver: Account, **values: Any) -> VoucherQuota:
    assert child.provider_id is not None
    assert child.payer_id is not None
    moment = clock.now()
    return VoucherQuota.objects.create(  # type: ignore[misc]  # the other columns are one dict
        giver=giver,
        partner=child,
        provider_id=child.provider_id,
        payer_id=child.payer_id,
        created_at=moment,
        changed_at=moment,
        **values,
    )


def _move(quota: VoucherQuota, other: int, micros: int, *, is_covered: bool, key: str | None) -> None:
    """Make a quota larger or smaller by so much, out of or into another account."""
    purse = quota_purse(quota).pk
    debit, credit = (other, purse) if micros > 0 else (purse, other)
    if micros < -quota.granted_micros:
        raise LimitReached("more than was granted")
    order = Order(
        key=f"voucher-quota:{key or uuid4().hex}",
        kind=Kind.QUOTA_GRANT if micros > 0 else Kind.QUOTA_TAKEN_BACK,
        debit=debit,
        credit=credit,
        micros=abs(micros),
        covered=is_covered if micros > 0 else True,
        cause=Cause(table="voucher_quota", row=quota.pk),
    )
    post_one(order)
    quota.granted_micros += micros
    quota.changed_at = clock.now()
    quota.save(update_fields=["granted_micros", "changed_at"])


def _shared(caller: Caller, parent: VoucherQuota, child: Account, micros: int, key: str | None) -> VoucherQuota:
    made = _create(
        child,
        parent.partner,
        kind=QuotaKind(parent.kind),
        currency=parent.currency,
        parent=parent,
        valid_from=parent.valid_from,
        valid_until=parent.valid_until,
        services=parent.services,
        products=parent.products,
    )
    _move(made, quota_purse(parent).pk, micros, is_covered=True, key=key)
    note_quota(_deed(caller, Operation.QUOTA_GRANT, ""), made, micros, key=key)
    return made


def _taken_back(caller: Caller, row: VoucherQuota, remark: str) -> QuotaResult:
    parent = row.parent
    if parent is not None:
        locked_quota(parent)
    quota = locked_quota(row)
    left = quota_left([quota])[quota.pk]
    if left:
        purse = quota_purse(parent) if parent is not None else source(quota.giver, quota.currency)
        _move(quota, purse.pk, -left, is_covered=True, key=None)
    quota.state = QuotaState.RECLAIMED
    quota.save(update_fields=["state"])
    note_quota(_deed(caller, Operation.QUOTA_RECLAIM, remark), quota, left)
    return QuotaResult(quota.code, quota, None, 0)


def _deed(caller: Caller, operation: Operation, remark: str) -> Deed:
    return Deed(operation=operation, at=clock.now(), operator=caller.user_name, remark=remark)
