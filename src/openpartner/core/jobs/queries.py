"""Jobs as their owners see them."""

from __future__ import annotations

from openpartner.core.base.errors import NotVisible
from openpartner.core.base.scope import Scope
from openpartner.core.jobs.models import Job
from openpartner.kit.slices import Page, Slice


def list_jobs(scope: Scope, window: Slice) -> Page[Job]:
    """The jobs of the caller's own account (an account manager's own ones), newest first."""
    rows = Job.objects.within(scope).order_by("-id")
    return Page(list(rows[window.offset : window.offset + window.limit]), rows.count())


def get_job(scope: Scope, job_id: int) -> Job:
    """The job with this key; NotVisible when it is another account's or absent."""
    found = Job.objects.within(scope).filter(pk=job_id).first()
    if found is None:
        raise NotVisible("job")
    return found
