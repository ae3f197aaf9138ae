"""How vouchers end: withdrawn, reclaimed, run out. What is left goes back to where it came from."""

from __future__ import annotations

from datetime import datetime

from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.ledger.models import Kind
from openpartner.core.ledger.transfers import Cause, Order, post_one
from openpartner.core.vouchers.log import Deed, note_voucher
from openpartner.core.vouchers.models import Voucher
from openpartner.core.vouchers.purses import quota_purse, source, voucher_purse, vouchers_left
from openpartner.core.vouchers.vocabulary import Operation, VoucherKind, VoucherState
from openpartner.kit import clock

KINDS = {
    VoucherState.WITHDRAWN: Kind.VOUCHER_WITHDRAWAL,
    VoucherState.RECLAIMED: Kind.VOUCHER_WITHDRAWAL,
    VoucherState.EXPIRED: Kind.VOUCHER_EXPIRY,
}
OPERATIONS = {
    VoucherState.WITHDRAWN: Operation.WITHDRAWAL,
    VoucherState.RECLAIMED: Operation.RECLAIM,
    VoucherState.EXPIRED: Operation.EXPIRY,
}


@command(Action.VOUCHER_WITHDRAWN, permission=Permission.VOUCHER_WRITE)
def withdraw_voucher(caller: Caller, *, code: str, remark: str = "", seller: Account | None = None) -> Voucher:
    """Take an unused voucher back, and return it; its amount returns to the quota. Conflict when any of it was used."""
    voucher = _running(caller, code, seller)
    if voucher.used_at is not None or voucher.face_micros != left_on(voucher):
        raise Conflict("a voucher that was used is not withdrawn")
    end(voucher, VoucherState.WITHDRAWN, clock.now(), by=caller.user_name, remark=remark)
    record(caller, Action.VOUCHER_WITHDRAWN, subject=voucher.customer, voucher=voucher.pk)
    return voucher


@command(Action.VOUCHER_RECLAIMED, permission=Permission.VOUCHER_WRITE)
def reclaim_voucher(caller: Caller, *, code: str, remark: str = "", seller: Account | None = None) -> Voucher:
    """Take back all that is left of a usable voucher, and return it (huawei:E4). Conflict when it is not usable."""
    voucher = _running(caller, code, seller)
    micros = end(voucher, VoucherState.RECLAIMED, clock.now(), by=caller.user_name, remark=remark)
    record(caller, Action.VOUCHER_RECLAIMED, subject=voucher.customer, voucher=voucher.pk, micros=micros)
    return voucher


def left_on(voucher: Voucher) -> int:
    """What a voucher still pays, in millionths."""
    return vouchers_left([voucher])[voucher.pk]


def lock_voucher(key: int) -> Voucher:
    """The row, locked until the transaction ends, after its quota's, as issuing locks them."""
    rows = Voucher.objects.everything(reason="it was read within a scope")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=key)


def take_back_at_release(account: Account, by: str) -> None:
    """Take back what a customer still has of the partner that it is being released from (huawei:E4)."""
    rows = Voucher.objects.everything(reason="its partner and it part").filter(
        customer=account, partner=account.partner_id, kind=VoucherKind.CUSTOMER, state=VoucherState.ISSUED
    )
    for key in list(rows.order_by("pk").values_list("pk", flat=True)):
        voucher = lock_voucher(key)
        if voucher.state == VoucherState.ISSUED:
            end(voucher, VoucherState.RECLAIMED, clock.now(), by=by, operation=Operation.UNBIND)


def end(
    voucher: Voucher,
    state: VoucherState,
    moment: datetime,
    *,
    by: str,
    remark: str = "",
    operation: Operation | None = None,
) -> int:
    """End a locked voucher and give back what is left; returns that. The log has the operation, or the state's own."""
    left = left_on(voucher)
    if left:
        give_back(voucher, left, KINDS[state], f"voucher-end:{voucher.pk}")
    voucher.state, voucher.left_micros, voucher.ended_at = state, left, moment
    voucher.save(update_fields=["state", "left_micros", "ended_at"])
    note_voucher(Deed(operation=operation or OPERATIONS[state], at=moment, operator=by, remark=remark), voucher, left)
    return left


def give_back(voucher: Voucher, micros: int, kind: Kind, key: str) -> None:
    """Move some of what is on a voucher back to where it came from: its quota, its parent, or the provider."""
    quota = voucher.quota
    credit = quota_purse(quota) if quota is not None else source(voucher.provider, voucher.currency)
    order = Order(
        key=key,
        kind=kind,
        debit=voucher_purse(voucher).pk,
        credit=credit.pk,
        micros=micros,
        cause=Cause(table="voucher", row=voucher.pk),
    )
    post_one(order)


def _running(caller: Caller, code: str, seller: Account | None) -> Voucher:
    """The seller's customer voucher that is issued and has not run out, locked; a card is its customer's own money."""
    partner = seller.pk if seller is not None else caller.account
    rows = Voucher.objects.within(caller.scope).filter(partner_id=partner, kind=VoucherKind.CUSTOMER)
    found = rows.filter(code=code).first()
    if found is None or not caller.kind.is_partner:
        raise NotVisible("voucher")
    voucher = lock_voucher(found.pk)
    if voucher.state != VoucherState.ISSUED or voucher.valid_until <= clock.now():
        raise Conflict("the voucher is not usable")
    return voucher
