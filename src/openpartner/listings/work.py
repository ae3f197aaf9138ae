"""Jobs: what runs, ran and waits."""

from __future__ import annotations

from django.db.models import CharField, ExpressionWrapper, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from openpartner.core.access.models import User
from openpartner.core.base.permissions import Permission
from openpartner.core.jobs.queries import JobFilter, jobs
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.organization_words import JOB_KINDS, JOB_STATES, JOB_TONES
from openpartner.listings.registry import register

_people = User.objects.everything(reason="whoever sees a job sees whose it is").filter(pk=OuterRef("user"))
_who = ExpressionWrapper(Subquery(_people.values("name")), output_field=CharField())

JOBS: Listing[JobFilter] = Listing(
    name="jobs",
    title=_("Jobs"),
    permission=Permission.JOB_READ,
    export_permission=None,  # the job of its export would change while it is written
    where=JobFilter,
    source=ModelRows(jobs, {"number": ("id",), "asked": ("created_at",), "ended": ("finished_at",)}),
    order="-number",
    columns=(
        Column(
            key="what",
            label=_("Job"),
            value="kind",
            shows=Cell.CHOICE,
            words=JOB_KINDS,
            link="job",
            has_initials=False,
        ),
        Column(key="state", label=_("Status"), value="state", shows=Cell.CHOICE, words=JOB_STATES, tones=JOB_TONES),
        Column(key="progress", label=_("Progress"), value="percent", shows=Cell.PROGRESS),
        Column(key="asked", label=_("Started"), value="created_at", shows=Cell.INSTANT, order="asked"),
        Column(key="ended", label=_("Ended"), value="finished_at", shows=Cell.INSTANT, order="ended"),
        Column(key="who", label=_("By"), value=_who),
        Column(key="number", label=_("Number"), value="id", shows=Cell.ID, order="number", is_default=False),
    ),
    filters=(
        Filter(key="state", label=_("Status"), control=controls.choice(JOB_STATES), is_always_shown=True),
        Filter(key="kind", label=_("Job"), control=controls.choice(JOB_KINDS), is_always_shown=True),
        Filter(key="since", label=_("Since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="until", label=_("Until"), control=controls.day(), convert=controls.end_of_day),
    ),
)
register(JOBS)
