"""Addresses that lead nowhere, forms that cannot be trusted, and our own faults: each a page that says what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from openpartner.console.languages import speak
from openpartner.core.access.models import User
from openpartner.listings.declare import Words


def not_found(
    request: HttpRequest,
    exception: Exception | None = None,  # noqa: ARG001  # Django passes it by this name
) -> HttpResponse:
    """There is no such address."""
    advice = _("Check the address, or search for what you are looking for.")
    return _page(request, 404, _("There is no such page"), advice, kind="NotVisible")


def bad_request(
    request: HttpRequest,
    exception: Exception | None = None,  # noqa: ARG001  # Django passes it by this name
) -> HttpResponse:
    """The browser sent what no page of ours sends."""
    return _page(request, 400, _("This request cannot be understood"), _("Go back, load the page again and try again."))


def untrusted(request: HttpRequest, **_told: object) -> HttpResponse:
    """A form without its token: kept open for too long, or sent from somewhere else."""
    advice = _("Go back, load the page again and send the form anew. Nothing was changed.")
    return _page(request, 403, _("This form is no longer valid"), advice)


def broken(_request: HttpRequest) -> HttpResponse:
    """Our own fault. Rendered without asking the database, which may be the reason."""
    return HttpResponse(render_to_string("console/broken.html"), status=500)


def _page(request: HttpRequest, status: int, title: Words, advice: Words, kind: str = "") -> HttpResponse:
    # Words are lazy here: no middleware has chosen the person's language yet when they are named.
    user = getattr(request, "user", None)
    is_known = isinstance(user, User)
    if isinstance(user, User):
        speak(user.language)
    template = "console/refused.html" if is_known else "console/lost.html"
    return render(request, template, {"title": title, "advice": advice, "kind": kind}, status=status)
