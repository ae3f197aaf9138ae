"""Importing bills in the browser: bring a file, see what it holds and what is wrong with it, apply it (issue 4).

The same functions as those of the command line check, compare and apply it.
"""

from __future__ import annotations

import io
import json
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.audiences import is_provider
from openpartner.console.form_page import add_refusal, done
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import FORM, action, page
from openpartner.console.preferences import reader_of
from openpartner.console.uploading import path_of, was_too_large
from openpartner.core.access.models import User
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.imports import (
    Asked,
    ImportState,
    apply_import,
    can_be_applied,
    control_totals,
    faults_of,
    get_import,
    job_of,
    start_import,
)
from openpartner.core.billing.models import BillImport
from openpartner.core.billing.months import month_text
from openpartner.core.billing.reading import FAULTS_MAX
from openpartner.core.billing.sources import bytes_max
from openpartner.core.jobs.commands import cancel_job
from openpartner.core.jobs.models import Job, JobState
from openpartner.kit.rows import CsvFile, Kind, Layout, marked
from openpartner.listings.bill_imports import BILL_IMPORTS, FORMATS, STATES, TONES

FAULTS_SHOWN = 50
TOTALS_SHOWN = 200
NUMBER_LENGTH_MAX = 18
MEGABYTE = 1 << 20
OPEN = (JobState.QUEUED, JobState.RUNNING)


class BillImportForm(forms.Form):
    """The file to bring, and how it is to be read."""

    file = forms.FileField(
        label=__("File"),
        error_messages={"required": __("Choose a file."), "empty": __("The file is empty.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.gz,.zip,.parquet"}),
        help_text=__("FOCUS 1.0 to 1.3 as CSV, CSV.gz or Parquet; Tencent L3 details as CSV or ZIP; Huawei records."),
    )
    format = forms.ChoiceField(
        label=__("Format"),
        required=False,
        choices=[("", __("Tell it by the first line")), *FORMATS.items()],
    )
    month = forms.CharField(
        label=__("Bill month"),
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"placeholder": "2026-11"}),
        help_text=__("Of lines that name none; a month that the file names counts."),
    )
    currency = forms.CharField(
        label=__("Currency"), initial="USD", max_length=3, help_text=__("Of lines that name none, such as Huawei's.")
    )
    days = forms.BooleanField(
        label=__("Replace only the days in the file"),
        required=False,
        help_text=__("Otherwise the file replaces the whole month of every account that it has lines of."),
    )


@page(
    "bill-imports/", Permission.IMPORT, menu=Menu(Group.RECORDS, __("Imports of bills"), "import"), is_for=is_provider
)
def bill_imports(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Every file of bills that was brought."""
    extras = Extras(
        buttons=[
            Button(__("Import bills"), reverse("new_bill_import"), "import", is_primary=True),
            Button(__("Lines without a customer"), reverse("unassigned"), "info"),
        ],
        lead=__("Bills of clouds from files: checked first, published when nothing is wrong."),
        empty=__("Bring a file of bills: FOCUS, Tencent L3 details or Huawei records."),
    )
    return list_page(request, BILL_IMPORTS, caller, extras)


@page("bill-imports/new/", Permission.IMPORT, methods=FORM, is_for=is_provider)
def new_bill_import(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Choose a file. It is checked in a job, which changes nothing."""
    form = BillImportForm()
    if request.method == "POST":
        form = BillImportForm(request.POST, request.FILES)
        started = _started(caller, form, is_too_large=was_too_large(request))
        if started is not None:
            return HttpResponseRedirect(reverse("bill_import", args=[started]))
    values = {"caller": caller, "form": form, "megabytes": bytes_max() // MEGABYTE}
    return render(request, "console/bill_import_new.html", values, status=422 if form.errors else 200)


@page("bill-imports/<str:number>/", Permission.IMPORT, is_for=is_provider)
def bill_import(request: HttpRequest, caller: Caller, number: str) -> HttpResponse:
    """How an import stands: progress, what the file holds, and what is wrong with it."""
    row = get_import(caller.scope, _key(number))
    job = job_of(caller.scope, row)
    user = request.user
    assert isinstance(user, User)
    is_open = job is not None and job.state in OPEN
    faults = [] if is_open else faults_of(caller.scope, row)
    last = max(1, -(-len(faults) // FAULTS_SHOWN))
    shown = min(_page_asked(request), last)
    totals = control_totals(caller.scope, row.pk)
    return render(
        request,
        "console/bill_import.html",
        {
            "caller": caller,
            "import": row,
            "format": FORMATS.get(row.format, row.format),
            "state": _state(row, job),
            "is_open": is_open,
            "percent": job.done if job else 0,
            "error": _error(row, job),
            "summary": json.loads(row.summary),
            "figures": _figures(row),
            "totals": [(one, month_text(one.month)) for one in totals[:TOTALS_SHOWN]],
            "totals_left": max(0, len(totals) - TOTALS_SHOWN),
            "can_be_applied": can_be_applied(caller.scope, row),
            "faults": faults[(shown - 1) * FAULTS_SHOWN : shown * FAULTS_SHOWN],
            "is_cut": row.faults > FAULTS_MAX,
            "page_number": shown,
            "last_page": last,
            "zone": reader_of(user).zone,
            "can_cancel": is_open and Permission.JOB_READ in caller.permissions,
        },
    )


@page("bill-imports/<str:number>/errors/", Permission.IMPORT, is_for=is_provider)
def bill_import_errors(request: HttpRequest, caller: Caller, number: str) -> HttpResponse:
    """What is wrong with the file, as a file; no cell of it is a formula."""
    del request
    row = get_import(caller.scope, _key(number))
    layout = Layout((Kind.NUMBER, Kind.TEXT, Kind.TEXT))
    file = io.BytesIO()
    writing = CsvFile(file, layout, header=[_("Row"), _("Column"), _("What is wrong")], bom=True)
    wrong = [(one.line, one.column, one.says) for one in faults_of(caller.scope, row)]
    if wrong:
        writing.write(marked(layout, wrong), len(wrong))
    writing.close(None)
    return HttpResponse(
        file.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="bill-import-{row.pk}-errors.csv"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@action("bill-imports/<str:number>/apply/", Permission.IMPORT, is_for=is_provider)
def apply_bill_import(request: HttpRequest, caller: Caller, number: str) -> HttpResponse:
    """Import the file that was checked."""
    del request
    return HttpResponseRedirect(reverse("bill_import", args=[apply_import(caller, _key(number)).pk]))


@action("bill-imports/<str:number>/cancel/", Permission.IMPORT, is_for=is_provider)
def cancel_bill_import(request: HttpRequest, caller: Caller, number: str) -> HttpResponse:
    """Stop an import at its next step; until the last one it has changed nothing."""
    row = get_import(caller.scope, _key(number))
    if row.job is None:
        raise NotVisible("import")
    cancel_job(caller, job_id=row.job)
    return done(request, _("The import ends at its next step."), reverse("bill_import", args=[row.pk]))


def _started(caller: Caller, form: BillImportForm, *, is_too_large: bool) -> int | None:
    """The import whose job checks the file; None when the form says why there is none."""
    if is_too_large:
        form.errors.clear()
        form.add_error("file", _("The file is larger than %(size)s MB.") % {"size": bytes_max() // MEGABYTE})
        return None
    if not form.is_valid():
        return None
    given: dict[str, Any] = form.cleaned_data
    file: UploadedFile = given["file"]
    asked = Asked(
        format=given["format"], is_by_days=given["days"], month=given["month"], currency=given["currency"].upper()
    )
    try:
        row = start_import(caller, path_of(file), dry_run=True, name=str(file.name), asked=asked, to_apply=True)
    except Invalid as error:
        add_refusal(form, error)
        return None
    return row.pk


def _key(number: str) -> int:
    if not (number.isascii() and number.isdigit() and len(number) <= NUMBER_LENGTH_MAX):
        raise NotVisible("import")
    return int(number)


def _page_asked(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _state(row: BillImport, job: Job | None) -> tuple[Any, str]:
    if job is not None and job.state == JobState.CANCELLED:
        return _("Cancelled"), "calm"
    if job is not None and job.state == JobState.FAILED:
        return STATES[ImportState.REFUSED], "bad"
    return STATES[row.state], TONES.get(row.state, "calm")


def _error(row: BillImport, job: Job | None) -> str:
    """Why the file was refused, where no line of it is to blame."""
    return job.error if job is not None and job.state == JobState.FAILED and not row.faults else ""


def _figures(row: BillImport) -> list[tuple[str, int, str]]:
    """Label, number, note."""
    summary = json.loads(row.summary)
    if "months" not in summary:
        return []
    return [
        (_("Lines"), row.lines, _("in the file")),
        (_("Without a customer"), row.parked, _("wait until somebody says whose they are")),
        (_("Replaced"), summary["replaces"], _("published lines that the file stands in for")),
        (_("Months"), len({(one["cloud"], one["month"]) for one in summary["months"]}), _("of all clouds")),
    ]
