"""Jobs as their owners see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from openpartner.core.base.errors import NotVisible
from openpartner.core.base.scope import Scope
from openpartner.core.jobs.models import Job, JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs; None means no condition."""

    kind: str | None = None
    state: JobState | None = None
    since: datetime | None = None
    until: datetime | None = None  # inclusive


def jobs(scope: Scope, where: JobFilter) -> QuerySet[Job]:
    """The jobs of the caller's own account, each with `percent`, None while its size is unknown."""
    percent = Case(
        When(state=JobState.DONE, then=Value(100)),
        When(total__gt=0, then=F("done") * 100 / F("total")),
        default=None,
        output_field=IntegerField(),
    )
    rows = Job.objects.within(scope).annotate(percent=percent)
    equal = {"kind": where.kind, "state": where.state, "created_at__gte": where.since, "created_at__lte": where.until}
    return rows.filter(**{name: value for name, value in equal.items() if value is not None})


def get_job(scope: Scope, job_id: int) -> Job:
    """The job with this key; NotVisible when it is another account's or absent."""
    found = Job.objects.within(scope).filter(pk=job_id).first()
    if found is None:
        raise NotVisible("job")
    return found
