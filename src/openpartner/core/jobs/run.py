"""Running a claimed job to its end, whatever that is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, NotAllowed, TooSoon
from openpartner.core.jobs.claim import Cancelled, Claim, Lost, Stopped, cancelled, fail, finish, release
from openpartner.core.jobs.models import JobState
from openpartner.core.jobs.registry import KINDS, Kind
from openpartner.core.jobs.work import Work

log = logging.getLogger("openpartner.jobs")

Rebuild = Callable[[dict[str, Any]], Caller]
"""Makes the caller of today from what the job remembers of it; NotAllowed when it may no longer act at all.

Given by the worker, because `access` stands above jobs.
"""


def run_claimed(claim: Claim, rebuild: Rebuild, stopping: Callable[[], bool] = lambda: False) -> JobState | None:
    """Run a job once and settle it. Returns its state, None when another worker has it.

    A refusal of the core (ChannelError) is final: it would be refused again. Any other exception is kept and
    the job tried again after a pause. Errors of the database in settling are left to the caller: the lease ends
    and another worker takes over.
    """
    try:
        return _run(claim, rebuild, stopping)
    except Lost:
        log.warning("job %d (%s) was taken over by another worker", claim.id, claim.kind)
        return None


def _run(claim: Claim, rebuild: Rebuild, stopping: Callable[[], bool]) -> JobState:
    kind = KINDS[claim.kind]
    if claim.cancel:  # asked for while no worker had it
        cancelled(claim)
        return JobState.CANCELLED
    try:
        work = Work(claim, _caller(claim, kind, rebuild), stopping)
        kind.run(work)
    except Cancelled:
        cancelled(claim)
        return JobState.CANCELLED
    except Stopped:
        release(claim)
        return JobState.QUEUED
    except TooSoon as error:
        return fail(claim, error.message, pause_seconds=error.retry_after_seconds)
    except ChannelError as error:
        return fail(claim, error.message, final=True)
    except Exception as error:
        log.exception("job %d (%s) failed in attempt %d", claim.id, claim.kind, claim.attempt)
        return fail(claim, f"{type(error).__name__}: {error}")
    finish(claim, work.result)
    return JobState.DONE


def _caller(claim: Claim, kind: Kind, rebuild: Rebuild) -> Caller | None:
    if not claim.caller:
        if kind.permission is not None:
            raise NotAllowed(f"{kind.name} needs a caller who holds {kind.permission}")
        return None
    caller = rebuild(claim.caller)
    if kind.permission is not None:
        caller.must(kind.permission)
    return caller
