"""The recurring work on vouchers."""

from __future__ import annotations

from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.schedule import recurring
from openpartner.core.jobs.work import Work
from openpartner.core.vouchers.expiry import anything_due, expire_due, forget_staged

EXPIRE = "vouchers.expire"
EVERY_SECONDS = 60


@recurring(EXPIRE, every_seconds=EVERY_SECONDS)
def expire_if_needed() -> None:
    """Enqueue the ending when a voucher has run out: an idle installation gathers no jobs."""
    if anything_due():
        enqueue(None, EXPIRE, {})


@job(EXPIRE)
def expire(work: Work) -> None:
    """End the vouchers that have run out, and give back what is left of them."""
    while expire_due():
        work.heartbeat()
    forget_staged()
