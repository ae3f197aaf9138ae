"""Whether somebody has shown a moment ago who they are: asked before keys, roles and unmasked files are touched."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from openpartner.kit import clock

CONFIRMED_AT = "confirmed_at"
FRESH_SECONDS = 15 * 60


def is_fresh(request: HttpRequest) -> bool:
    """Whether the session was opened or confirmed within the last fifteen minutes."""
    age = clock.epoch_seconds() - int(request.session.get(CONFIRMED_AT, 0))
    return 0 <= age < FRESH_SECONDS


def mark_fresh(request: HttpRequest) -> None:
    """Remember that the person has just shown who they are."""
    request.session[CONFIRMED_AT] = clock.epoch_seconds()


def to_confirmation(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that asks, and from there back. What was posted is not kept: it is sent again after confirming."""
    back = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "/")
    return HttpResponseRedirect(f"{reverse('confirm')}?{urlencode({'next': back})}")
