"""Exports: asked for from a list, followed in their history, fetched and cancelled there (seed 003)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.asked import number_in
from openpartner.console.form_page import done
from openpartner.console.identity.freshness import is_fresh, to_confirmation
from openpartner.console.menu import Group, Menu
from openpartner.console.page import action, page
from openpartner.console.preferences import ListPreferences, reader_of
from openpartner.core.access.models import User
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.jobs.commands import cancel_job
from openpartner.core.jobs.models import JobState
from openpartner.kit.slices import Slice
from openpartner.listings.declare import Words
from openpartner.listings.exports import Export, fetch_export, list_exports, start_export
from openpartner.listings.question import TAB, fixed_in

SHOWN = 50
STATES: dict[JobState, tuple[Words, str]] = {
    JobState.QUEUED: (__("Waiting"), "calm"),
    JobState.RUNNING: (__("Running"), "warn"),
    JobState.DONE: (__("Ready"), "good"),
    JobState.FAILED: (__("Failed"), "bad"),
    JobState.CANCELLED: (__("Cancelled"), "calm"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An export with the words for its state."""

    export: Export
    state: Words
    tone: str

    @classmethod
    def of(cls, export: Export) -> Line:
        """The line of an export."""
        if export.is_expired:
            return cls(export, _("Expired"), "calm")
        word, tone = STATES[export.state]
        return cls(export, word, tone)


@action("export/<slug:listing>/", Permission.JOB_READ)
def export(request: HttpRequest, caller: Caller, listing: str) -> HttpResponse:
    """Ask for a file of the list on screen: of what its filters find, or of all of it."""
    user = request.user
    assert isinstance(user, User)
    given = request.POST
    unmasked = given.get("unmasked") == "1"
    if unmasked and not is_fresh(request):
        return to_confirmation(request)
    query = given.get("query", "")
    if given.get("rows") == "all":
        kept = {TAB: given.get("tab", ""), **fixed_in(listing, query)}
        query = urlencode({name: value for name, value in kept.items() if value})
    start_export(
        caller,
        listing=listing,
        query=query,
        columns=ListPreferences.of(user, listing).columns,
        file_format=given.get("format", ""),
        unmasked=unmasked,
        zone=reader_of(user).zone,
    )
    return done(request, _("The export was started. It appears below when it is ready."), reverse("exports"))


@page("exports/", Permission.JOB_READ, menu=Menu(Group.RECORDS, __("Exports"), "export", "e"))
def exports(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The history of exports, newest first. While one is being made, the table refreshes itself."""
    found = list_exports(caller, Slice(0, SHOWN))
    lines = [Line.of(one) for one in found.items]
    is_open = any(line.export.can_be_cancelled for line in lines)
    values = {"caller": caller, "lines": lines, "total": found.total, "is_open": is_open}
    template = "console/exports_table.html" if request.headers.get("HX-Target") == "exports" else "console/exports.html"
    return render(request, template, values)


@action("exports/<str:job>/fetch/", Permission.JOB_READ)
def fetch(_request: HttpRequest, caller: Caller, job: str) -> HttpResponse:
    """To the file, by a link made for this once."""
    return HttpResponseRedirect(reverse("download", args=[fetch_export(caller, job_id=number_in(job, "export"))]))


@action("exports/<str:job>/cancel/", Permission.JOB_READ)
def cancel_export(request: HttpRequest, caller: Caller, job: str) -> HttpResponse:
    """Stop making a file."""
    cancel_job(caller, job_id=number_in(job, "export"))
    return done(request, _("The export was cancelled."), reverse("exports"))
