"""Coupons inside an enterprise: its master gives parts of its own to members, and takes back what is left."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from openpartner.core.accounts.models import Account, EnterpriseMember
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.ledger.models import Kind
from openpartner.core.ledger.transfers import Cause, Order, post_one
from openpartner.core.vouchers.ending import give_back, left_on, lock_voucher
from openpartner.core.vouchers.log import Deed, note_voucher
from openpartner.core.vouchers.models import Voucher
from openpartner.core.vouchers.purses import positive_micros, voucher_purse
from openpartner.core.vouchers.vocabulary import Operation, VoucherKind, VoucherState
from openpartner.kit import clock


@command(Action.COUPON_TRANSFERRED, permission=Permission.MEMBER_MANAGE)
def transfer_coupon(caller: Caller, *, member: str, coupon: str, amount: Decimal, key: str | None = None) -> Voucher:
    """Give a part of one of the calling master's coupons to a member, and return the member's coupon.

    It has the terms of the master's. NotVisible for a stranger or a coupon of somebody else, Conflict when the coupon
    cannot be used or the key was used, LimitReached when less is on it.
    """
    micros = positive_micros("amount", amount, decimals=2)
    child = _member(caller, member)
    rows = Voucher.objects.within(caller.scope).filter(customer_id=caller.account, kind=VoucherKind.CUSTOMER)
    own = _usable(rows.filter(code=coupon, parent__isnull=True).first())
    names = [one.attname for one in Voucher._meta.concrete_fields if one.attname not in {"id", "code"}]
    given = Voucher(**{name: getattr(own, name) for name in names})
    given.parent, given.customer, given.face_micros, given.used_at = own, child, micros, None
    given.issued_at, given.issued_by = clock.now(), caller.user_name
    given.save(force_insert=True)
    post_one(_order(own, given, micros, Kind.TRANSFER, key))
    _settle(own)
    note_voucher(_deed(caller, Operation.TRANSFER), given, micros, key=key)
    record(caller, Action.COUPON_TRANSFERRED, subject=child, voucher=own.pk, amount=str(amount))
    return given


@command(Action.COUPON_TRANSFERRED, permission=Permission.MEMBER_MANAGE)
def take_coupon_back(
    caller: Caller, *, member: str, coupon: str, sub_coupon: str, key: str | None = None
) -> tuple[Voucher, int]:
    """Take back all that is left of a coupon that a member got; that coupon, and how many millionths came back.

    Errors as `transfer_coupon`.
    """
    child = _member(caller, member)
    rows = Voucher.objects.everything(reason="given by the caller").filter(customer=child, code=sub_coupon)
    found = rows.filter(parent__in=Voucher.objects.within(caller.scope).filter(code=coupon)).first()
    if found is None or found.parent_id is None:
        raise NotVisible("coupon")
    own = lock_voucher(found.parent_id)
    given = _usable(found)
    left = left_on(given)
    if not left:
        raise Conflict("nothing is left on the coupon")
    post_one(_order(given, own, left, Kind.TRANSFER_BACK, key))
    given.state, given.left_micros, given.ended_at = VoucherState.RECLAIMED, left, clock.now()
    given.save(update_fields=["state", "left_micros", "ended_at"])
    _settle(own)
    note_voucher(_deed(caller, Operation.TRANSFER_BACK), given, left, key=key)
    record(caller, Action.COUPON_TRANSFERRED, subject=child, voucher=given.pk, micros=left)
    return given, left


def _member(caller: Caller, account_id: str) -> Account:
    """A current member of the calling master."""
    if caller.kind is not AccountKind.CUSTOMER:
        raise NotVisible("member")
    rows = EnterpriseMember.objects.within(caller.scope).filter(until__isnull=True).select_related("member")
    found = next((row.member for row in rows if row.member.account_id == account_id), None)
    if found is None:
        raise NotVisible("member")
    return found


def _usable(found: Voucher | None) -> Voucher:
    if found is None:
        raise NotVisible("coupon")
    voucher, moment = lock_voucher(found.pk), clock.now()
    if voucher.state != VoucherState.ISSUED or not voucher.valid_from <= moment < voucher.valid_until:
        raise Conflict("the coupon is not usable")
    return voucher


def _settle(own: Voucher) -> None:
    """A coupon with nothing left is used up until something comes back; one that is over keeps nothing."""
    left = left_on(own)
    if own.state in {VoucherState.ISSUED, VoucherState.USED}:
        own.state = VoucherState.ISSUED if left else VoucherState.USED
        own.save(update_fields=["state"])
    elif left:
        give_back(own, left, Kind.VOUCHER_WITHDRAWAL, f"coupon-rest:{uuid4().hex}")


def _order(debit: Voucher, credit: Voucher, micros: int, kind: Kind, key: str | None) -> Order:
    return Order(
        key=f"coupon-transfer:{key or uuid4().hex}",
        kind=kind,
        debit=voucher_purse(debit).pk,
        credit=voucher_purse(credit).pk,
        micros=micros,
        cause=Cause(table="voucher", row=credit.pk),
    )


def _deed(caller: Caller, operation: Operation) -> Deed:
    return Deed(operation=operation, at=clock.now(), operator=caller.user_name)
