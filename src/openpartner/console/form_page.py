"""The one page of a form: what will happen, to whom, and what will not, above the fields that are left to fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.listings.declare import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """How a form presents itself."""

    title: Words
    lead: Words = ""
    effects: Sequence[Words] = ()
    """What it does and what it does not do, a sentence each."""
    submit: Words
    back: str
    back_label: Words
    is_dangerous: bool = False


def form_page(
    request: HttpRequest,
    caller: Caller,
    form: Form,
    ask: Ask,
    *,
    aside: str = "",
    values: Mapping[str, object] | None = None,
) -> HttpResponse:
    """The page with the form; 422 when what was sent is not right.

    `aside` is a template that stands between what happens and the fields, `values` are its own.
    """
    around = {"caller": caller, "form": form, "ask": ask, "is_multipart": form.is_multipart(), "aside": aside}
    values = {**around, **(values or {})}
    return render(request, "console/form.html", values, status=422 if form.errors else 200)


def add_refusal(form: Form, error: Invalid) -> None:
    """Put the core's refusal of a value beside the field it names, or above the form."""
    form.add_error(error.field if error.field in form.fields else None, _(error.why))


def done(request: HttpRequest, message: Words, address: str) -> HttpResponse:
    """Say what happened and go on."""
    messages.success(request, str(message))
    return HttpResponseRedirect(address)
