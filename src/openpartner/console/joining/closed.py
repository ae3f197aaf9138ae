"""Links that lead nowhere any more, each with a page that says why and what to do."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.core.access.models import User
from openpartner.core.onboarding.vocabulary import Opening
from openpartner.listings.declare import Words

GONE, NOT_FOUND, FORBIDDEN = 410, 404, 403
OF_OTHER = "of-other"
"""A link that was sent to another address."""


class Closed(NamedTuple):
    """A page that says why a link does not open: its title, sentences, icon and status."""

    title: Words
    lines: tuple[Words, ...]
    mark: str
    status: int


CLOSED: dict[str, Closed] = {
    Opening.UNKNOWN: Closed(
        __("This link is not complete"),
        (
            __("Nobody has sent this link, or a part of it is missing, or it is older than sixty days."),
            __("Open it from the mail again, or copy all of it. If that does not help, ask who invited you."),
        ),
        "alert",
        NOT_FOUND,
    ),
    Opening.EXPIRED: Closed(
        __("This invitation has expired"),
        (
            __("It was good for thirty days, and nobody used it."),
            __("Ask who invited you to send it again; the new mail has a new link."),
        ),
        "jobs",
        GONE,
    ),
    Opening.REVOKED: Closed(
        __("This invitation was taken back"),
        (
            __("Whoever invited you has revoked it, perhaps because it was sent to a wrong address."),
            __("Nothing was registered with it. Ask them if you still expect one."),
        ),
        "lock",
        GONE,
    ),
    Opening.USED: Closed(
        __("This invitation was used already"),
        (
            __("It is good once. If it was you who used it, sign in to see how your application stands."),
            __("If it was not you, tell who invited you: they see which account used it, and can reject it."),
        ),
        "check",
        GONE,
    ),
    OF_OTHER: Closed(
        __("This invitation is for another address"),
        (
            __("It was sent to one address and cannot be used with another, also when somebody has forwarded it."),
            __("Ask who invited you for an invitation of your own; it takes them a minute."),
        ),
        "mail",
        FORBIDDEN,
    ),
}


def closed(request: HttpRequest, why: str = Opening.UNKNOWN) -> HttpResponse:
    """The page of a link that does not open."""
    page = CLOSED[why]
    values = {
        "title": page.title,
        "lines": page.lines,
        "mark": page.mark,
        "signed_in": isinstance(request.user, User),
    }
    return render(request, "console/joining/closed.html", values, status=page.status)


def too_many(request: HttpRequest) -> HttpResponse:
    """The page for a source that has tried too often."""
    values = {
        "title": _("Too many attempts"),
        "lines": (_("From where you are, there were too many attempts. Try again in an hour."),),
        "mark": "jobs",
        "signed_in": isinstance(request.user, User),
    }
    return render(request, "console/joining/closed.html", values, status=429)
