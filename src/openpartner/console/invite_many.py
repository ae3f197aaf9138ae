"""Inviting many customers from a spreadsheet or a pasted list: row by row before anything is sent (huawei:B12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import FileExtensionValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.audiences import is_partner
from openpartner.console.form_page import add_refusal
from openpartner.console.invitation_rows import COLUMNS, ROWS_MAX, Row, brought, kept, pasted, read
from openpartner.console.invite import CUSTOMERS, InviteForm, barred, effects_of, new_of
from openpartner.console.money_form import EDIT, rehearsed
from openpartner.console.once import nothing_done
from openpartner.console.page import FORM, page
from openpartner.console.uploading import path_of, was_too_large
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.eligibility.causes import Barred
from openpartner.core.onboarding.inviting import NewInvitation, invite_customer, preview_mail
from openpartner.listings.declare import Words

PASTED_MAX = 60_000
ROWS = "rows"


class ManyForm(InviteForm):
    """A file or a list, and what all of its invitations have in common."""

    file = forms.FileField(
        label=__("File"),
        required=False,
        validators=[FileExtensionValidator(["csv", "xlsx"], __("Choose a file that ends in .csv or .xlsx."))],
        error_messages={"empty": __("The file is empty.")},
        help_text=__("CSV or Excel, one row for each; a column email is needed, language and text may be there."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    addresses = forms.CharField(
        label=__("Or a list of addresses"),
        required=False,
        max_length=PASTED_MAX,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=__("Apart by lines, commas or spaces."),
    )
    field_order = ("file", "addresses", "kind", "language", "text", "manager")


@dataclass(frozen=True, slots=True)
class Result:
    """A row as people read it: whom, and what will be or was done."""

    row: Row
    outcome: Words
    tone: str
    why: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it goes, or went."""
        return self.tone == "good"


@page("invitations/many/", Permission.CUSTOMER_CREATE, methods=FORM, is_for=is_partner)
def invite_many(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Bring a list, see what would become of each row, and send those with which nothing is wrong."""
    form = ManyForm(caller, CUSTOMERS, is_open=True, initial={"language": caller.language})
    form.fields.pop("is_reusable", None)
    results: list[Result] = []
    rows: list[Row] = []
    mail: tuple[str, str] | None = None
    is_done = False
    if request.method == "POST":
        form = ManyForm(caller, CUSTOMERS, request.POST, request.FILES, is_open=True)
        form.fields.pop("is_reusable", None)
        try:
            rows = _rows_of(request, form)
        except Invalid as error:
            add_refusal(form, error)
    if EDIT in request.POST:
        addresses = "\n".join(row.email for row in rows)
        form = ManyForm(caller, CUSTOMERS, is_open=True, initial={**request.POST.dict(), "addresses": addresses})
        form.fields.pop("is_reusable", None)
    elif rows and form.is_valid():
        new = new_of(form, CUSTOMERS)
        is_done = ROWS in request.POST
        results = [_result(caller, row, new, is_trial=not is_done) for row in rows]
        mail = None if is_done else preview_mail(caller, text=new.text, language=new.language)
    if not is_done:
        nothing_done(request)
    values = {
        "caller": caller,
        "form": form,
        "back": reverse("invitations"),
        "effects": effects_of(CUSTOMERS, form, is_open=False),
        "results": results,
        "good": sum(one.is_good for one in results),
        "rows": kept(rows),
        "given": [(name, one) for name in _COMMON if name in form.fields for one in request.POST.getlist(name)],
        "mail": mail,
        "is_done": is_done,
        "columns": COLUMNS,
        "most": ROWS_MAX,
    }
    return render(request, "console/invite_many.html", values, status=422 if form.errors else 200)


_COMMON = ("kind", "language", "text", "manager")
"""What the rows have in common; it travels from the trial to the sending."""


def _rows_of(request: HttpRequest, form: ManyForm) -> list[Row]:
    """The rows that were brought: by the trial before, in a file, or in the list."""
    if ROWS in request.POST:
        return brought(request.POST[ROWS])
    if was_too_large(request):
        raise Invalid("file", _("is larger than 1 MB"))
    if not form.is_valid():
        return []
    file: UploadedFile | None = form.cleaned_data["file"]
    if file is not None:
        return read(path_of(file))
    if form.cleaned_data["addresses"].strip():
        return pasted(form.cleaned_data["addresses"])
    raise Invalid("file", _("choose a file, or give a list of addresses"))


def _result(caller: Caller, row: Row, common: NewInvitation, *, is_trial: bool) -> Result:
    """What becomes of a row; in a trial, of which nothing stays, what would."""
    if row.wrong:
        return Result(row, _("Left out"), "bad", row.wrong)
    new = replace(common, email=row.email, text=row.text or common.text, language=row.language or common.language)
    act: Callable[[], object] = lambda: invite_customer(caller, new=new)  # noqa: E731  # one of two uses
    try:
        if is_trial:
            rehearsed(act)
        else:
            act()
    except Barred as error:
        return Result(row, _("Left out"), "bad", barred(error))
    except ChannelError as error:
        return Result(row, _("Left out"), "bad", _(error.why if isinstance(error, Invalid) else error.message))
    return Result(row, _("Will be mailed") if is_trial else _("Mailed"), "good")
