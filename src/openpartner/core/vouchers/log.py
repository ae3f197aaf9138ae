"""Writing the log of operations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from openpartner.core.accounts.models import Account
from openpartner.core.base.errors import Conflict
from openpartner.core.vouchers.models import TEXT_MAX, Voucher, VoucherQuota, VoucherRecord
from openpartner.core.vouchers.vocabulary import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What the lines of one write share."""

    operation: Operation
    at: datetime
    operator: str
    remark: str = ""


def note_quota(deed: Deed, quota: VoucherQuota, micros: int, *, is_done: bool = True, key: str | None = None) -> None:
    """Log what was done with a quota."""
    record = VoucherRecord(
        operation=deed.operation,
        at=deed.at,
        operator=deed.operator,
        quota=quota,
        parent_quota=quota.parent,
        currency=quota.currency,
        micros=micros,
        is_done=is_done,
        remark=deed.remark[:TEXT_MAX],
        key=key,
        provider_id=quota.provider_id,
        payer_id=quota.payer_id,
        partner_id=quota.partner_id,
    )
    _save(record)


def note_voucher(deed: Deed, voucher: Voucher, micros: int, *, key: str | None = None) -> None:
    """Log what was done with a voucher."""
    record = VoucherRecord(
        operation=deed.operation,
        at=deed.at,
        operator=deed.operator,
        quota=voucher.quota,
        voucher=voucher,
        currency=voucher.currency,
        micros=micros,
        remark=deed.remark[:TEXT_MAX],
        key=key,
        provider_id=voucher.provider_id,
        payer_id=voucher.payer_id,
        partner_id=voucher.partner_id,
        customer_id=voucher.customer_id,
    )
    _save(record)


def note_failure(deed: Deed, quota: VoucherQuota, customer: Account, micros: int) -> None:
    """Log that a customer got nothing out of a quota; the remark says why."""
    VoucherRecord.objects.create(
        operation=deed.operation,
        at=deed.at,
        operator=deed.operator,
        quota=quota,
        currency=quota.currency,
        micros=micros,
        is_done=False,
        remark=deed.remark[:TEXT_MAX],
        provider_id=quota.provider_id,
        payer_id=quota.payer_id,
        partner_id=quota.partner_id,
        customer=customer,
    )


def _save(record: VoucherRecord) -> None:
    """Insert it; Conflict when its key was used, because what it logs is done already."""
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError as error:
        if record.key is None:
            raise
        raise Conflict("this was done already") from error
