"""For whom a session acts: a mark of its own in the session, weighed anew with each request.

Who switches role goes on with its own session. The mark names the delegation and the user who switched; what it opens
is read with every request, so that it ends in the instant the customer revokes.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from openpartner.console.once import FORM_KEY
from openpartner.core.access.acting import acting_as
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict

MARK = "acting"
FIELD = "acting_for"
"""What forms carry: for whom the page that shows them acted."""
FOUND = "openpartner.acting"
ONESELF = ("profile/", "confirm/", "appearance/", "keep/", "switch-back/")
"""Pages about the person at the browser: they stay its own, whomever it acts for."""
SWITCHED = gettext_noop("you have switched role since this page was opened; open it anew")


def begin_acting(request: HttpRequest, acting: Caller) -> None:
    """Let the session act for a customer from the next request on."""
    assert acting.acting is not None
    request.session[MARK] = {"delegation": acting.acting.delegation, "user": acting.user}


def cease_acting(request: HttpRequest) -> None:
    """Let the session be its user's own again."""
    request.session.pop(MARK, None)
    request.META.pop(FOUND, None)


def mark_of(request: HttpRequest) -> int | None:
    """The delegation that the session acts by; None when it acts for nobody else."""
    session = getattr(request, "session", None)
    kept = session.get(MARK) if session is not None else None
    if not isinstance(kept, dict) or kept.get("user") != request.user.pk:
        return None
    return int(kept["delegation"])


def weighed(request: HttpRequest, own: Caller) -> Caller | None:
    """The caller that the session acts as now: its own, a customer's, or None when it may act for that one no more."""
    delegation = mark_of(request)
    if delegation is None:
        return own
    acting = acting_as(own, delegation)
    if acting is not None:
        request.META[FOUND] = acting
    return acting


def acting_in(request: HttpRequest) -> Caller | None:
    """Whom the request acts for, once it is weighed; None for oneself."""
    found = request.META.get(FOUND)
    return found if isinstance(found, Caller) else None


def ended(request: HttpRequest) -> HttpResponse:
    """What is answered when the authorization has ended: nothing is done for anybody, and the session is one's own."""
    cease_acting(request)
    messages.error(
        request,
        _("The authorization has ended: you act for yourself again. What you just asked for was not done."),
    )
    address = reverse("home")
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def refuse_other_role(request: HttpRequest) -> None:
    """Conflict for a form of a page that acted for somebody else than the session does now: another tab switched."""
    if request.method != "POST" or FORM_KEY not in request.POST:
        return
    delegation = mark_of(request)
    if request.POST.get(FIELD, "") != ("" if delegation is None else str(delegation)):
        raise Conflict(SWITCHED)
