"""What the installation does for itself: forgetting what has expired."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from openpartner.core.access.expiry import expired_rows
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.results import anything_expired, forget_expired
from openpartner.core.jobs.schedule import forget_ended, recurring
from openpartner.core.jobs.work import Work
from openpartner.core.mail.retention import RETENTION as MAIL
from openpartner.core.outgoing.retention import Retention
from openpartner.core.sms.retention import RETENTION as SMS

PRUNE = "upkeep.prune"
PRUNE_EVERY_SECONDS = 600
DELETED_AT_ONCE = 2000
SYSTEM_JOBS_KEPT = timedelta(days=7)
LOGS: tuple[Retention[Any], ...] = (MAIL, SMS)
"""The delivery logs of what leaves the system."""


@recurring(PRUNE, every_seconds=PRUNE_EVERY_SECONDS)
def prune_if_needed() -> None:
    """Enqueue the pruning when something has expired: an idle installation gathers no jobs."""
    has_expired = any(expired.exists() for expired in expired_rows()) or anything_expired()
    if has_expired or any(log.anything_to_forget() for log in LOGS):
        enqueue(None, PRUNE, {})


@job(PRUNE)
def prune(work: Work) -> None:
    """Delete what has expired, a few thousand rows in a step, and the system's own old jobs."""
    deleted = work.done
    for expired in expired_rows():
        while keys := list(expired.values_list("pk", flat=True)[:DELETED_AT_ONCE]):
            with work.step():
                deleted += expired.filter(pk__in=keys).delete()[0]
                work.checkpoint("", done=deleted)
    forget_expired()
    while forget_ended(SYSTEM_JOBS_KEPT):
        work.heartbeat()
    for log in LOGS:
        log.give_up_forsaken()
        log.forget_files()
        while log.forget_old():
            work.heartbeat()
