"""Exports: asked for by people, made by a job, listed with their state, and fetched by their owners."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from openpartner.core.access.models import User
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, LimitReached, NotAllowed, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.models import Job, JobState, ResultFile
from openpartner.core.jobs.results import LINK_BYTES, link_hash
from openpartner.kit import clock
from openpartner.kit.slices import Page, Slice
from openpartner.listings.declare import Reader, Words
from openpartner.listings.question import COLUMNS, NUMBER, SIZE_OF, SORT, Question, ask
from openpartner.listings.records import Format
from openpartner.listings.registry import LISTINGS

KIND = "listing.export"
OPEN_MAX = 5
"""Exports of one person that wait or run at a time: each reads a whole list."""
QUERY_LENGTH_MAX = 4_000
OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One line of the history of exports."""

    job: int
    listing: str
    title: Words
    query: str
    file_format: Format
    unmasked: bool
    state: JobState
    is_expired: bool
    is_own: bool
    user_name: str
    done: int
    total: int
    rows: int | None
    """None until it is done, like all that follows."""
    name: str
    size: int | None
    error: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None

    @property
    def can_be_fetched(self) -> bool:
        """Whether the person who looks can fetch the file."""
        return self.is_own and self.state is JobState.DONE and not self.is_expired

    @property
    def can_be_cancelled(self) -> bool:
        """Whether it has not ended."""
        return self.state in OPEN_STATES


@command(Action.EXPORT_ASKED, permission=Permission.JOB_READ)
def start_export(
    caller: Caller,
    *,
    listing: str,
    query: str,
    columns: str = "",
    order: str = "",
    file_format: str = Format.CSV,
    unmasked: bool = False,
    zone: str = "UTC",
) -> Job:
    """Ask for a file of all rows of a list that a query string finds, and return its job.

    `columns` and `order` stand in for what the query string does not say; `zone` is where its days begin. Needs the
    listing's own export permission, and EXPORT_UNMASKED besides for personal data in full. Invalid names the filter
    that is wrong; LimitReached while five exports of the person have not ended.
    """
    formats = LISTINGS[listing].formats if listing in LISTINGS else tuple(Format)
    if file_format not in formats:
        raise Invalid("file_format", _("is one of %(formats)s") % {"formats": ", ".join(formats)})
    if len(query) > QUERY_LENGTH_MAX:
        raise Invalid("query", _("is too long"))
    wanted = QueryDict(query, mutable=True)
    for name, value in ((COLUMNS, columns), (SORT, order)):
        if value and not wanted.get(name):
            wanted[name] = value
    for name in (NUMBER, SIZE_OF):
        wanted.pop(name, None)
    question = question_of(caller, listing, wanted, unmasked=unmasked, zone=zone)
    own = Job.objects.within(caller.scope).filter(kind=KIND, user=caller.user, state__in=OPEN_STATES)
    if own.count() >= OPEN_MAX:
        raise LimitReached(_("Wait until one of your exports has ended, or cancel one."))
    args: dict[str, Any] = {
        "listing": listing,
        "query": wanted.urlencode(),
        "columns": [column.key for column in question.columns],
        "format": str(Format(file_format)),
        "unmasked": unmasked,
        "zone": zone,
    }
    job = enqueue(caller, KIND, args)
    record(caller, Action.EXPORT_ASKED, job=job.pk, **args)
    return job


def question_of(caller: Caller, listing: str, query: QueryDict, *, unmasked: bool, zone: str) -> Question[Any]:
    """What an export asks, once everything it needs has been checked: when it is asked for, and when it is made.

    Raises NotVisible for an unknown list, NotAllowed without a permission and Invalid for a filter.
    """
    found = LISTINGS.get(listing)
    if found is None:
        raise NotVisible("list")
    if found.export_permission is None:
        raise NotAllowed("this list cannot be exported")
    caller.must(found.permission)
    caller.must(found.export_permission)
    if unmasked:
        caller.must(Permission.EXPORT_UNMASKED)
    question = ask(found, caller, query, reader=Reader(zone))
    if question.tab is not None and question.tab.closed(caller):
        raise NotAllowed(str(question.tab.closed(caller)))
    if question.where is None:
        field, messages = next(iter(question.form.errors.items()))
        raise Invalid(field, str(messages[0]))
    return question


@command(Action.EXPORT_FETCHED, permission=Permission.JOB_READ)
def fetch_export(caller: Caller, *, job_id: int) -> str:
    """A new link to the file of an export of one's own; the link before it leads nowhere from now on.

    NotVisible when the export is somebody else's, not done or expired. The link is checked again when it is followed.
    """
    job = Job.objects.within(caller.scope).filter(pk=job_id, kind=KIND, user=caller.user, state=JobState.DONE).first()
    key: int = json.loads(job.result).get("file", 0) if job is not None else 0
    files = ResultFile.objects.within(caller.scope).filter(pk=key, expires_at__gt=clock.now())
    file = files.first()
    if job is None or file is None:
        raise NotVisible("export")
    caller.must(Permission(file.permission))
    link = secrets.token_urlsafe(LINK_BYTES)
    files.update(link_hash=link_hash(link))
    record(caller, Action.EXPORT_FETCHED, job=job.pk, file=file.name)
    return link


def list_exports(caller: Caller, window: Slice) -> Page[Export]:
    """The exports of the caller's account (an account manager's own ones), newest first."""
    rows = Job.objects.within(caller.scope).filter(kind=KIND).order_by("-id")
    jobs = list(rows[window.offset : window.offset + window.limit])
    results = {job.pk: json.loads(job.result) if job.result else {} for job in jobs}
    keys = [result["file"] for result in results.values() if "file" in result]
    files = {file.pk: file for file in ResultFile.objects.within(caller.scope).filter(pk__in=keys)}
    people = User.objects.everything(reason="names of those whose exports the scope shows")
    names = dict(people.filter(pk__in={job.user for job in jobs if job.user}).values_list("pk", "name"))
    return Page(
        [_export(caller, job, results[job.pk], files.get(results[job.pk].get("file", 0)), names) for job in jobs],
        rows.count(),
    )


def _export(caller: Caller, job: Job, result: dict[str, Any], file: ResultFile | None, names: dict[int, str]) -> Export:
    args = json.loads(job.args)
    listing = LISTINGS.get(args["listing"])
    return Export(
        job=job.pk,
        listing=args["listing"],
        title=listing.title if listing else args["listing"],
        query=args["query"],
        file_format=Format(args["format"]),
        unmasked=args["unmasked"],
        state=JobState(job.state),
        is_expired=job.state == JobState.DONE and (file is None or file.expires_at <= clock.now()),
        is_own=caller.user is not None and job.user == caller.user,
        user_name=names.get(job.user or 0, ""),
        done=job.done,
        total=job.total,
        rows=result.get("rows"),
        name=result.get("name", ""),
        size=result.get("size"),
        error=job.error,
        created_at=job.created_at,
        finished_at=job.finished_at,
        expires_at=file.expires_at if file else None,
    )
