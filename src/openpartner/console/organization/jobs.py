"""Jobs: what runs for the caller's account, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.asked import number_in, posted
from openpartner.console.form_page import Ask, done, form_page
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, page
from openpartner.console.preferences import zone_of
from openpartner.core.access.models import User
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.jobs.commands import cancel_job
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.jobs.queries import JobFilter
from openpartner.core.jobs.queries import jobs as seen
from openpartner.listings.organization_words import JOB_KINDS, JOB_STATES, JOB_TONES
from openpartner.listings.shown import ShownRow
from openpartner.listings.work import JOBS

OPEN = (JobState.QUEUED, JobState.RUNNING)
OPEN_AT_ONCE = 1_000


@page("jobs/", Permission.JOB_READ, menu=Menu(Group.RECORDS, __("Jobs"), "jobs"))
def jobs(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The jobs of the account, newest first; rows are read again while something runs."""
    open_ones = set(_open(caller))

    def buttons(row: ShownRow) -> list[Button]:
        if row.subject not in open_ones:
            return []
        return [Button(_("Cancel"), reverse("stop_job", args=[row.identity]), "close")]

    extras = Extras(
        row_buttons=buttons,
        is_live=lambda found: any(row.subject in open_ones for row in found.rows),
        empty=_("Exports, imports and other long work appear here with their progress."),
    )
    return list_page(request, JOBS, caller, extras)


@page("jobs/<str:job>/", Permission.JOB_READ)
def job(request: HttpRequest, caller: Caller, job: str) -> HttpResponse:
    """One job: how far it is, and how it ended."""
    found = _job(caller, job)
    who = User.objects.within(caller.scope).filter(pk=found.user or 0).first()
    values = {
        "caller": caller,
        "job": found,
        "kind": JOB_KINDS.get(found.kind, found.kind),
        "state": JOB_STATES[found.state],
        "tone": JOB_TONES[found.state],
        "is_open": found.state in OPEN,
        "result": [(name, value) for name, value in json.loads(found.result or "{}").items() if _is_fact(value)],
        "who": who,
        "zone": zone_of(request),
    }
    part = request.headers.get("HX-Target") == "job"
    return render(request, f"console/organization/{'job_state' if part else 'job'}.html", values)


@page("jobs/<str:job>/cancel/", Permission.JOB_READ, methods=FORM)
def stop_job(request: HttpRequest, caller: Caller, job: str) -> HttpResponse:
    """Cancel a job that has not ended."""
    found = _job(caller, job)
    form = forms.Form(posted(request))
    if form.is_valid():
        try:
            cancel_job(caller, job_id=found.pk)
            return done(request, _("The job is being cancelled."), reverse("job", args=[found.pk]))
        except Conflict:
            form.add_error(None, _("The job has ended meanwhile."))
    ask = Ask(
        title=_("Cancel job"),
        lead=f"{JOB_KINDS.get(found.kind, found.kind)} · {found.pk}",
        effects=[
            _("A waiting job ends at once, a running one within seconds."),
            _("What it has finished before stays as it is."),
        ],
        submit=_("Cancel job"),
        back=reverse("job", args=[found.pk]),
        back_label=_("Job"),
        is_dangerous=True,
    )
    return form_page(request, caller, form, ask)


def _open(caller: Caller) -> Iterable[int]:
    """The keys of the newest jobs that have not ended."""
    waiting = Job.objects.within(caller.scope).filter(state__in=OPEN).order_by("-pk")
    return waiting.values_list("pk", flat=True)[:OPEN_AT_ONCE]


def _is_fact(value: object) -> bool:
    return isinstance(value, int | str) and value != ""


def _job(caller: Caller, job: str) -> Job:
    found = seen(caller.scope, JobFilter()).filter(pk=number_in(job, "job")).first()
    if found is None:
        raise NotVisible("job")
    return found
