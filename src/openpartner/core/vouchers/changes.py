"""What came onto a customer's coupons and went off them, by the ledger."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from openpartner.core.ledger.balances import MOVING
from openpartner.core.ledger.models import Kind, LedgerAccount, Transfer, Use
from openpartner.core.vouchers.models import Voucher
from openpartner.core.vouchers.vocabulary import VoucherKind
from openpartner.kit.slices import Page, Slice

KEY_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Change:
    """One movement on one coupon: what came or went, and what was there then."""

    transfer: int
    at: datetime
    kind: Kind
    code: str
    micros: int
    left_micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFilter:
    """Conditions; None sets none."""

    since: datetime
    until: datetime
    kinds: Collection[Kind] | None = None
    is_revenue: bool | None = None
    code: str | None = None
    transfer: str | None = None
    """The number of one movement, as a text."""


def coupon_changes(customer: int, where: ChangeFilter, window: Slice) -> Page[Change]:
    """The movements on the coupons of a customer, which is the caller or was read within a scope; newest first."""
    vouchers = Voucher.objects.everything(reason="of a customer that was read within a scope").filter(
        customer=customer, kind=VoucherKind.CUSTOMER
    )
    if where.code is not None:
        vouchers = vouchers.filter(code=where.code)
    codes = dict(vouchers.values_list("pk", "code"))
    rows = LedgerAccount.objects.everything(reason="of the same customer").filter(
        customer=customer, use=Use.VOUCHER, subject__in=vouchers.values("pk")
    )
    subjects = dict(rows.values_list("pk", "subject"))
    accounts = rows.values("pk")
    into, out = Q(credit__in=accounts), Q(debit__in=accounts)
    sides = {True: into, False: out, None: into | out}[where.is_revenue]
    moved = Transfer.objects.filter(sides, phase__in=MOVING, at__gte=where.since, at__lt=where.until)
    if where.kinds is not None:
        moved = moved.filter(kind__in=where.kinds)
    if where.transfer is not None:
        number = where.transfer
        is_number = number.isascii() and number.isdigit() and len(number) <= KEY_DIGITS
        moved = moved.filter(pk=int(number)) if is_number else moved.none()
    page = moved.order_by("-at", "-pk")[window.offset : window.offset + window.limit]
    return Page([_change(one, subjects, codes) for one in page], moved.count())


def _change(one: Transfer, subjects: dict[int, int], codes: dict[int, str]) -> Change:
    comes = one.credit_id in subjects
    subject = subjects[one.credit_id if comes else one.debit_id]
    micros, left = (one.micros, one.credit_after) if comes else (-one.micros, one.debit_after)
    return Change(one.pk, one.at, Kind(one.kind), codes[subject], micros, left)
