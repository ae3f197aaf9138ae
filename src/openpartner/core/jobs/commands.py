"""What people may do to a job."""

from __future__ import annotations

from django.db.models import Case, F, Q, Value, When

from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.jobs.queries import get_job
from openpartner.kit import clock


@command(Action.JOB_CANCELLED, permission=Permission.JOB_READ)
def cancel_job(caller: Caller, *, job_id: int) -> Job:
    """Cancel a job of the caller's account; Conflict when it has already ended.

    A waiting job ends at once. A running one ends at its next checkpoint: what it committed before stays.
    """
    job = get_job(caller.scope, job_id)
    open_ones = Job.objects.within(caller.scope).filter(pk=job.pk, state__in=(JobState.QUEUED, JobState.RUNNING))
    # One statement: a worker may claim, release or end the job at this very moment.
    waits = Q(state=JobState.QUEUED)
    changed = open_ones.update(
        cancel=True,
        state=Case(When(waits, then=Value(JobState.CANCELLED)), default=F("state")),
        finished_at=Case(When(waits, then=Value(clock.now())), default=F("finished_at")),
    )
    if not changed:
        raise Conflict("the job has already ended")
    record(caller, Action.JOB_CANCELLED, job=job.pk, kind=job.kind)
    return get_job(caller.scope, job_id)
