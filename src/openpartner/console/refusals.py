"""What people see when something was refused: why, and what to do. One page for every kind of refusal."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import (
    ChannelError,
    Conflict,
    Invalid,
    LimitReached,
    NotAllowed,
    NotVisible,
    TooSoon,
    Unavailable,
)

STATUS: dict[type[ChannelError], int] = {
    Invalid: 422,
    NotVisible: 404,
    NotAllowed: 403,
    Conflict: 409,
    LimitReached: 409,
    TooSoon: 429,
    Unavailable: 503,
}


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and from there back to where they wanted to go. For htmx, the whole page goes there."""
    back = request.get_full_path() if request.method == "GET" and "HX-Request" not in request.headers else "/"
    address = reverse("sign-in") + (f"?{urlencode({'next': back})}" if back != "/" else "")
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def refused(request: HttpRequest, caller: Caller, error: ChannelError) -> HttpResponse:
    """The page that says so."""
    title, advice = _words(error)
    if caller.acting is not None and isinstance(error, NotAllowed):
        advice = _("You act on behalf of a customer, who has not authorized this. Switch back for your own work.")
    values = {
        "caller": caller,
        "title": title,
        "message": _told(error),
        "advice": advice,
        "kind": type(error).__name__,
    }
    return render(
        request, "console/refused.html", values, status=STATUS[type(error)] if type(error) in STATUS else _status(error)
    )


def _status(error: ChannelError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 409)


def _words(error: ChannelError) -> tuple[str, str]:
    match error:
        case NotAllowed():
            return _("You may not do this"), _("Ask an administrator of your organization for a role that allows it.")
        case NotVisible():
            return _("Nothing here"), _(
                "It may have been removed, or it belongs to somebody else. Search for it instead."
            )
        case TooSoon():
            return _("Too soon"), _("Wait a moment and try again.")
        case Unavailable():
            return _("This cannot be shown now"), _("Try again later. Whoever runs this installation can see why.")
        case Invalid():
            return _("Something is wrong with what was sent"), _("Go back, correct it and try again.")
    return _("This cannot be done now"), _("Go back and look at the present state.")


def _told(error: ChannelError) -> str:
    """The core's own sentence, in the reader's language where it is one of the fixed ones."""
    if isinstance(error, NotVisible):
        return ""  # the title says it
    return _(error.why if isinstance(error, Invalid) else error.message)
