"""Vouchers whose time has come end, and what is left of them returns to the quota."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from openpartner.core.vouchers.approvals import lapse
from openpartner.core.vouchers.ending import end, lock_voucher
from openpartner.core.vouchers.models import Voucher, VoucherUse
from openpartner.core.vouchers.vocabulary import VoucherState
from openpartner.kit import clock

AT_ONCE = 500
STAGED_FOR = timedelta(days=2)
"""Longer than an attempt to publish may take."""
RUNNING = (VoucherState.ISSUED, VoucherState.UNDER_REVIEW)


def anything_due() -> bool:
    """Whether a voucher has run out, or an attempt to publish has left uses behind: two indexed queries."""
    return _due().exists() or _left_behind().exists()


def expire_due(limit: int = AT_ONCE) -> int:
    """End vouchers that have run out by now; returns how many. What is under review then is turned down by its time."""
    moment, ended = clock.now(), 0
    for key in list(_due().values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            voucher = lock_voucher(key)
            if voucher.valid_until > moment or voucher.state not in RUNNING:
                continue
            if voucher.state == VoucherState.UNDER_REVIEW:
                lapse(voucher)
            else:
                end(voucher, VoucherState.EXPIRED, moment, by="")
            ended += 1
    return ended


def forget_staged() -> int:
    """Delete the uses of attempts that never published; returns how many."""
    return _left_behind().delete()[0]


def _due() -> QuerySet[Voucher]:
    rows = Voucher.objects.everything(reason="time passes for everybody")
    return rows.filter(state__in=RUNNING, valid_until__lte=clock.now()).order_by("valid_until", "pk")


def _left_behind() -> QuerySet[VoucherUse]:
    rows = VoucherUse.objects.everything(reason="they belong to nobody")
    return rows.exclude(staged_by="").filter(posted_at__isnull=True, staged_at__lt=clock.now() - STAGED_FOR)
