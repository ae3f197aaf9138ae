"""The recurring work on reported customers."""

from __future__ import annotations

from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.schedule import recurring
from openpartner.core.jobs.work import Work
from openpartner.core.sales.reports import due_reports, expire_due

EXPIRE = "sales.expire"
EVERY_SECONDS = 60


@recurring(EXPIRE, every_seconds=EVERY_SECONDS)
def expire_if_needed() -> None:
    """Enqueue the ending when the protection of a report is over: an idle installation gathers no jobs."""
    if due_reports():
        enqueue(None, EXPIRE, {})


@job(EXPIRE)
def expire(work: Work) -> None:
    """End the reports whose protection is over."""
    while expire_due():
        work.heartbeat()
