"""The recurring work: vouchers whose time has come end, and what is left of them returns to the quota."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from openpartner.core.jobs.schedule import recurring
from openpartner.core.vouchers.ending import end, lock_voucher
from openpartner.core.vouchers.models import Voucher, VoucherUse
from openpartner.core.vouchers.vocabulary import VoucherState
from openpartner.kit import clock

EVERY_SECONDS = 60
AT_ONCE = 500
STAGED_FOR = timedelta(days=2)
"""Longer than an attempt to publish may take."""


@recurring("vouchers.expire", every_seconds=EVERY_SECONDS)
def expire_some() -> None:
    """End the vouchers that have run out, so many at a time: what is left is done in the next slot."""
    expire_due(AT_ONCE)
    forget_staged()


def expire_due(limit: int = AT_ONCE) -> int:
    """End vouchers that have run out by now; returns how many. One under review is turned down by its time."""
    moment = clock.now()
    rows = Voucher.objects.everything(reason="time passes for everybody")
    due = rows.filter(state=VoucherState.ISSUED, valid_until__lte=moment).order_by("valid_until", "pk")
    ended = 0
    for key in list(due.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            voucher = lock_voucher(key)
            if voucher.state == VoucherState.ISSUED and voucher.valid_until <= moment:
                end(voucher, VoucherState.EXPIRED, moment, by="")
                ended += 1
    return ended


def forget_staged() -> int:
    """Delete the uses of attempts that never published; returns how many."""
    rows = VoucherUse.objects.everything(reason="they belong to nobody")
    old = clock.now() - STAGED_FOR
    return rows.filter(posted_at__isnull=True).exclude(staged_by="").filter(staged_at__lt=old).delete()[0]
