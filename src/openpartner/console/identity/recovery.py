"""Recovery codes on the page: told once, right after they were made."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from openpartner.console.page import action, page
from openpartner.core.access.sealing import opened, seal
from openpartner.core.access.second_factor import make_recovery_codes
from openpartner.core.base.caller import Caller

CODES = "new_recovery_codes"


def show_once(request: HttpRequest, codes: list[str]) -> str:
    """Keep new codes for the page that tells them, and return its path; empty when there are none."""
    if not codes:
        return ""
    request.session[CODES] = seal(json.dumps(codes))  # sealed: sessions stand in the database
    return reverse("recovery_codes")


@page("profile/recovery-codes/", None)
def recovery_codes(request: HttpRequest, _caller: Caller) -> HttpResponse:
    """The codes that were just made; a second look shows none."""
    kept = request.session.pop(CODES, "")
    if not kept:
        return render(request, "console/identity/recovery_codes.html", {"codes": []})
    return render(request, "console/identity/recovery_codes.html", {"codes": json.loads(opened(kept))})


@action("profile/recovery-codes/make/", None, fresh=True)
def new_recovery_codes(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Make new codes; the old ones are void."""
    path = show_once(request, make_recovery_codes(caller))
    return HttpResponseRedirect(path) if path else redirect("security")
