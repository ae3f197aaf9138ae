"""Partner vouchers for a customer's trial: applied for, reviewed by the provider, cancellable (tencent:B.5)."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.customers.queries import get_direct_customer
from openpartner.core.ledger.models import Kind, Phase, Transfer
from openpartner.core.ledger.transfers import Cause, Order, post_one
from openpartner.core.vouchers.ending import lock_voucher
from openpartner.core.vouchers.issuing import Terms, new_voucher, put_on, template_of
from openpartner.core.vouchers.log import Deed, note_voucher
from openpartner.core.vouchers.models import Voucher
from openpartner.core.vouchers.purses import own_account, positive_micros, quota_purse, voucher_purse
from openpartner.core.vouchers.quotas import check_usable, pool_of
from openpartner.core.vouchers.vocabulary import Operation, VoucherKind, VoucherState
from openpartner.kit import clock

PAYERS = frozenset({AccountKind.DISTRIBUTOR, AccountKind.RESELLER})


@command(Action.VOUCHER_APPLIED_FOR, permission=Permission.VOUCHER_WRITE)
def apply_for_voucher(
    caller: Caller,
    *,
    customer: str,
    amount: Decimal,
    terms: Terms,
    template: int | None = None,
    key: str | None = None,
) -> Voucher:
    """Ask the provider for a voucher for one customer's trial, and return it under review.

    Its amount is held back from the caller's pool until the provider has decided. LimitReached when that is not enough,
    Conflict without a pool or when the key was used.
    """
    if caller.kind not in PAYERS:
        raise NotVisible("customer")
    child = get_direct_customer(caller, account_id=customer)
    partner = own_account(caller)
    pool = pool_of(partner, lock=True)
    if pool is None:
        raise Conflict("there is no voucher pool")
    check_usable(pool)
    voucher = new_voucher(partner, pool, positive_micros("amount", amount), terms, caller.user_name)
    voucher.kind, voucher.state, voucher.customer = VoucherKind.TRIAL, VoucherState.UNDER_REVIEW, child
    voucher.template = template_of(caller, partner, template)
    voucher.save(force_insert=True)
    post_one(
        Order(
            key=_held_key(voucher),
            kind=Kind.RESERVATION,
            debit=quota_purse(pool).pk,
            credit=voucher_purse(voucher).pk,
            micros=voucher.face_micros,
            phase=Phase.RESERVED,
            cause=Cause(table="voucher", row=voucher.pk),
        )
    )
    _note(caller, Operation.APPLICATION, voucher, terms.reason, key=key)
    record(caller, Action.VOUCHER_APPLIED_FOR, subject=child, voucher=voucher.pk, amount=str(amount))
    return voucher


@command(Action.VOUCHER_DECIDED, permission=Permission.VOUCHER_WRITE)
def approve_voucher(caller: Caller, *, code: str, remark: str = "", for_customer: bool = False) -> Voucher:
    """Approve a voucher under review, and return it; the provider's word. `for_customer` gives its customer one too."""
    voucher = _under_review(caller, code)
    if voucher.valid_until <= clock.now():
        raise Conflict("it would have run out already")
    _decide(voucher, Phase.SETTLED, VoucherState.ISSUED)
    _note(caller, Operation.APPROVAL, voucher, remark)
    if for_customer:
        _for_customer(caller, voucher)
    record(caller, Action.VOUCHER_DECIDED, subject=voucher.customer, voucher=voucher.pk, approved=True)
    return voucher


@command(Action.VOUCHER_DECIDED, permission=Permission.VOUCHER_WRITE)
def reject_voucher(caller: Caller, *, code: str, remark: str = "") -> Voucher:
    """Turn down a voucher under review, and return it; its amount is free in the pool again."""
    voucher = _under_review(caller, code)
    _decide(voucher, Phase.VOIDED, VoucherState.REJECTED)
    _note(caller, Operation.REJECTION, voucher, remark)
    record(caller, Action.VOUCHER_DECIDED, subject=voucher.customer, voucher=voucher.pk, approved=False)
    return voucher


@command(Action.VOUCHER_APPLICATION_CANCELLED, permission=Permission.VOUCHER_WRITE)
def cancel_application(caller: Caller, *, code: str) -> Voucher:
    """Take back an application of the caller's that is under review, and return it."""
    rows = Voucher.objects.within(caller.scope).filter(partner_id=caller.account, kind=VoucherKind.TRIAL)
    voucher = _reviewed(rows.filter(code=code).first())
    _decide(voucher, Phase.VOIDED, VoucherState.CANCELLED)
    _note(caller, Operation.CANCELLATION, voucher, "")
    record(caller, Action.VOUCHER_APPLICATION_CANCELLED, subject=voucher.customer, voucher=voucher.pk)
    return voucher


def lapse(voucher: Voucher) -> None:
    """End a locked voucher under review whose time is over; its amount is free in the pool again."""
    _decide(voucher, Phase.VOIDED, VoucherState.EXPIRED)
    deed = Deed(operation=Operation.EXPIRY, at=clock.now(), operator="")
    note_voucher(deed, voucher, voucher.face_micros)


def _held_key(voucher: Voucher) -> str:
    return f"voucher-review:{voucher.pk}"


def _under_review(caller: Caller, code: str) -> Voucher:
    if caller.kind is not AccountKind.PROVIDER:
        raise NotVisible("voucher")
    rows = Voucher.objects.within(caller.scope).filter(kind=VoucherKind.TRIAL)
    return _reviewed(rows.filter(code=code).first())


def _reviewed(found: Voucher | None) -> Voucher:
    if found is None:
        raise NotVisible("voucher")
    voucher = lock_voucher(found.pk)
    if voucher.state != VoucherState.UNDER_REVIEW:
        raise Conflict("the voucher is not under review")
    return voucher


def _decide(voucher: Voucher, phase: Phase, state: VoucherState) -> None:
    held = Transfer.objects.get(key=_held_key(voucher))
    post_one(
        Order(
            key=f"voucher-decision:{voucher.pk}",
            kind=Kind.VOUCHER_ISSUE,
            debit=held.debit_id,
            credit=held.credit_id,
            micros=held.micros,
            phase=phase,
            ends=held,
            cause=Cause(table="voucher", row=voucher.pk),
        )
    )
    voucher.state = state
    if state is not VoucherState.ISSUED:
        voucher.ended_at, voucher.left_micros = clock.now(), voucher.face_micros
    voucher.save(update_fields=["state", "ended_at", "left_micros"])


def _for_customer(caller: Caller, voucher: Voucher) -> None:
    """The linked customer voucher, at the provider's cost."""
    names = [one.attname for one in Voucher._meta.concrete_fields if one.attname not in {"id", "code", "quota_id"}]
    linked = Voucher(**{name: getattr(voucher, name) for name in names})
    linked.kind, linked.parent, linked.issued_at = VoucherKind.CUSTOMER, voucher, clock.now()
    linked.save(force_insert=True)
    put_on(linked, uuid4().hex)
    _note(caller, Operation.ISSUE, linked, "")


def _note(caller: Caller, operation: Operation, voucher: Voucher, remark: str, *, key: str | None = None) -> None:
    deed = Deed(operation=operation, at=clock.now(), operator=caller.user_name, remark=remark)
    note_voucher(deed, voucher, voucher.face_micros, key=key)
