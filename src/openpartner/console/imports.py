"""Importing an existing channel in the browser: bring a file, see what it would change, apply it (issue 3, section 3).

The same functions as those of the command line check, compare and apply it.
"""

from __future__ import annotations

import ast
import csv
import io
from dataclasses import dataclass

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import FileExtensionValidator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Button
from openpartner.console.form_page import add_refusal, done
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import action, page
from openpartner.console.preferences import reader_of
from openpartner.console.uploading import path_of, was_too_large
from openpartner.core.access.models import User
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.jobs.commands import cancel_job
from openpartner.core.loading.columns import COLUMNS
from openpartner.core.loading.files import is_workbook
from openpartner.core.loading.imports import Import, apply_import, faults_of, get_import, start_import
from openpartner.core.loading.models import ImportFault
from openpartner.core.loading.staging import FAULTS_MAX
from openpartner.core.loading.uploads import MEGABYTE, bytes_max
from openpartner.kit.rows import CsvFile, Kind, Layout, marked
from openpartner.listings.imports import IMPORTS, STATES, STEPS, TONES

FORM = ("GET", "HEAD", "POST")
FAULTS_SHOWN = 50
NUMBER_LENGTH_MAX = 18
ENDINGS = ["csv", "xlsx"]
TEMPLATE_NAME = "import-template.csv"


class ImportForm(forms.Form):
    """The file to bring."""

    file = forms.FileField(
        label=__("File"),
        validators=[FileExtensionValidator(ENDINGS, __("Choose a file that ends in .csv or .xlsx."))],
        error_messages={
            "required": __("Choose a file."),
            "empty": __("The file is empty."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def clean_file(self) -> UploadedFile:
        """Refuse what is not what its name says."""
        file: UploadedFile = self.cleaned_data["file"]
        says_workbook = str(file.name).lower().endswith(".xlsx")
        if says_workbook and not is_workbook(path_of(file)):
            raise forms.ValidationError(_("This is not an Excel workbook, whatever its name says."))
        if not says_workbook and is_workbook(path_of(file)):
            raise forms.ValidationError(_("This is a workbook or an archive and not CSV, whatever its name says."))
        return file


@dataclass(frozen=True, slots=True)
class Wrong:
    """One fault as people read it: the quoted value apart from the sentence."""

    line: int
    column: str
    value: str
    says: str


@page("imports/", Permission.IMPORT, menu=Menu(Group.RECORDS, __("Imports"), "import"))
def imports(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Every import of the account."""
    extras = Extras(
        buttons=[Button(__("Import a file"), reverse("new_import"), "import", is_primary=True)],
        lead=__("Partners and customers from a file: checked first, applied when nothing is wrong."),
        empty=__("Bring a CSV or Excel file of the partners and customers you have already."),
    )
    return list_page(request, IMPORTS, caller, extras)


@page("imports/new/", Permission.IMPORT, methods=FORM)
def new_import(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Choose a file. It is checked in a job, which changes nothing."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES)
        started = _started(caller, form, is_too_large=was_too_large(request))
        if started is not None:
            return HttpResponseRedirect(reverse("import_page", args=[started]))
    values = {
        "caller": caller,
        "form": form,
        "columns": COLUMNS,
        "megabytes": bytes_max() // MEGABYTE,
    }
    return render(request, "console/import_new.html", values, status=422 if form.errors else 200)


@page("imports/template/", Permission.IMPORT)
def import_template(request: HttpRequest, caller: Caller) -> HttpResponse:
    """An empty file with every column, as spreadsheets open it."""
    del request, caller
    text = io.StringIO()
    csv.writer(text).writerow([column.name for column in COLUMNS])
    return _csv("\ufeff".encode() + text.getvalue().encode(), TEMPLATE_NAME)


@page("imports/<str:number>/", Permission.IMPORT)
def import_page(request: HttpRequest, caller: Caller, number: str) -> HttpResponse:
    """How an import stands: progress, what it does or did, and what is wrong with the file."""
    found = get_import(caller.scope, _key(number))
    user = request.user
    assert isinstance(user, User)
    faults = [] if found.is_open else faults_of(caller.scope, found.job)
    last = max(1, -(-len(faults) // FAULTS_SHOWN))
    shown = min(_page_asked(request), last)
    return render(
        request,
        "console/import.html",
        {
            "caller": caller,
            "import": found,
            "step": STEPS[0 if found.is_dry_run else 1],
            "state": (STATES[found.state], TONES.get(found.state, "calm")),
            "phase": _phase(found),
            "percent": round(100 * found.done / found.total) if found.total else 0,
            "figures": _figures(found),
            "faults": [_wrong(fault) for fault in faults[(shown - 1) * FAULTS_SHOWN : shown * FAULTS_SHOWN]],
            "faults_told": len(faults),
            "is_cut": len(faults) >= FAULTS_MAX,
            "page_number": shown,
            "last_page": last,
            "zone": reader_of(user).zone,
            "can_cancel": found.is_open and Permission.JOB_READ in caller.permissions,
        },
    )


@page("imports/<str:number>/errors/", Permission.IMPORT)
def import_errors(request: HttpRequest, caller: Caller, number: str) -> HttpResponse:
    """What is wrong with the file, as a file; no cell of it is a formula."""
    del request
    found = get_import(caller.scope, _key(number))
    layout = Layout((Kind.NUMBER, Kind.TEXT, Kind.TEXT, Kind.TEXT))
    file = io.BytesIO()
    writing = CsvFile(file, layout, header=[_("Row"), _("Column"), _("Value"), _("What is wrong")], bom=True)
    wrong = [_wrong(fault) for fault in faults_of(caller.scope, found.job)]
    if wrong:
        writing.write(marked(layout, [(one.line, one.column, one.value, one.says) for one in wrong]), len(wrong))
    writing.close(None)
    return _csv(file.getvalue(), f"import-{found.job}-errors.csv")


@action("imports/<str:number>/apply/", Permission.IMPORT)
def apply_checked(request: HttpRequest, caller: Caller, number: str) -> HttpResponse:
    """Import the file that was checked."""
    del request
    return HttpResponseRedirect(reverse("import_page", args=[apply_import(caller, _key(number)).pk]))


@action("imports/<str:number>/cancel/", Permission.IMPORT)
def cancel_import(request: HttpRequest, caller: Caller, number: str) -> HttpResponse:
    """Stop an import at its next step; until the last one it has changed nothing."""
    found = get_import(caller.scope, _key(number))
    cancel_job(caller, job_id=found.job)
    return done(request, _("The import ends at its next step."), reverse("import_page", args=[found.job]))


def _started(caller: Caller, form: ImportForm, *, is_too_large: bool) -> int | None:
    """The job that checks the file; None when the form says why there is none."""
    if is_too_large:
        form.errors.clear()
        form.add_error("file", _("The file is larger than %(size)s MB.") % {"size": bytes_max() // MEGABYTE})
        return None
    if not form.is_valid():
        return None
    file: UploadedFile = form.cleaned_data["file"]
    try:
        return start_import(caller, path_of(file), dry_run=True, name=str(file.name), to_apply=True).pk
    except Invalid as error:
        add_refusal(form, error)
        return None


def _key(number: str) -> int:
    if not (number.isascii() and number.isdigit() and len(number) <= NUMBER_LENGTH_MAX):
        raise NotVisible("import")
    return int(number)


def _page_asked(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _wrong(fault: ImportFault) -> Wrong:
    """The core ends a sentence about a cell with the quoted cell."""
    says, separator, quoted = fault.says.rpartition(": ")
    if separator and quoted[:1] in {"'", '"'}:
        try:
            return Wrong(fault.line, fault.column, str(ast.literal_eval(quoted)), says)
        except (SyntaxError, ValueError):
            pass  # cut off, or no quotation after all: it is told as it is
    return Wrong(fault.line, fault.column, "", fault.says)


def _phase(found: Import) -> str:
    words = {
        "reading": _("Reading the file"),
        "comparing": _("Comparing it with what is there"),
        "applying": _("Changing everything at once"),
        "cleaning up": _("Finishing"),
    }
    return words[found.phase] if found.phase else _("Waiting for a worker")


def _figures(found: Import) -> list[tuple[str, int, str]]:
    """What becomes of the rows: label, number, note."""
    if not found.outcome:
        return []
    notes = {
        "new": (_("New"), _("accounts that are not there yet")),
        "changed": (_("Changed"), _("accounts that differ from the file")),
        "bound": (_("Bound"), _("known accounts without a partner")),
        "unchanged": (_("Unchanged"), _("accounts that are as the file says")),
    }
    return [(label, found.outcome[name], note) for name, (label, note) in notes.items()]


def _csv(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )
