"""Bringing a small file: looked at first, then applied whole or not at all, in one request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.form_page import add_refusal, done
from openpartner.console.uploading import path_of, was_too_large
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.loading.uploads import MEGABYTE, bytes_max

FAULTS_SHOWN = 100


class SmallFileForm(forms.Form):
    """A file, and whether it is meant."""

    file = forms.FileField(
        label=__("File"),
        error_messages={"required": __("Choose a file."), "empty": __("The file is empty.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    apply = forms.BooleanField(
        label=__("Apply it"), required=False, help_text=__("Without this the file is checked and nothing is changed.")
    )


class Brought(Protocol):
    """What a file did or would do; its faults tell their lines."""

    faults: Any


class Bring(Protocol):
    """Brings a file, or with `dry_run` says what it would do; Invalid when it cannot be read."""

    def __call__(self, caller: Caller, path: Path, /, *, dry_run: bool) -> Brought: ...


def small_file_page(
    request: HttpRequest,
    caller: Caller,
    form_class: type[SmallFileForm],
    bring: Bring,
    *,
    template: str,
    columns: Sequence[str],
    then: Callable[[Any], tuple[str, str]],
) -> HttpResponse:
    """The form, what the file would do, and its faults; once it is applied, what `then` says of it, and where to."""
    form, outcome = form_class(), None
    if request.method == "POST":
        form = form_class(request.POST, request.FILES)
        outcome = _brought(request, caller, form, bring)
        if outcome is not None and not outcome.faults and form.cleaned_data["apply"]:
            return done(request, *then(outcome))
    values = {
        "caller": caller,
        "form": form,
        "outcome": outcome,
        "faults": outcome.faults[:FAULTS_SHOWN] if outcome else [],
        "columns": columns,
        "megabytes": bytes_max() // MEGABYTE,
    }
    is_wrong = form.errors or (outcome is not None and outcome.faults)
    return render(request, template, values, status=422 if is_wrong else 200)


def _brought(request: HttpRequest, caller: Caller, form: SmallFileForm, bring: Bring) -> Brought | None:
    """What the file did or would do; None when the form says why nothing."""
    if was_too_large(request):
        form.errors.clear()
        form.add_error("file", _("The file is larger than %(size)s MB.") % {"size": bytes_max() // MEGABYTE})
        return None
    if not form.is_valid():
        return None
    try:
        return bring(caller, path_of(form.cleaned_data["file"]), dry_run=not form.cleaned_data["apply"])
    except Invalid as error:
        add_refusal(form, error)
        return None
