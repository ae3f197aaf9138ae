"""Keeping a second factor: enrolling an authenticator app, and letting go of it."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from openpartner.console.identity.forms import EnrolForm
from openpartner.console.identity.recovery import show_once
from openpartner.console.page import FORM, action, page
from openpartner.core.access.models import User
from openpartner.core.access.sealing import opened, seal
from openpartner.core.access.second_factor import address_of, enrol_second_factor, new_secret, set_second_factor
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid

SECRET = "new_second_factor"  # noqa: S105  # a key of the session
GROUP = 4


@page("profile/second-factor/", None, methods=FORM, fresh=True)
def second_factor(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Show a new secret as a QR code, and take it once a code proves that the app has it."""
    user = request.user
    assert isinstance(user, User)
    kept = request.session.get(SECRET, "")
    if not kept:
        kept = request.session[SECRET] = seal(new_secret())  # sealed: sessions stand in the database
    secret = opened(kept)
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = enrol_second_factor(caller, secret=secret, code=form.cleaned_data["code"])
        except Invalid as error:
            form.refuse(error)
        else:
            del request.session[SECRET]
            messages.success(request, _("Sign-in now asks for a code of your app."))
            return HttpResponseRedirect(show_once(request, codes) or reverse("security"))
    drawing = segno.make(address_of(user, secret), micro=False).svg_data_uri(scale=5, border=3, light="white")
    spelt = " ".join(secret[start : start + GROUP] for start in range(0, len(secret), GROUP))
    values = {"form": form, "drawing": drawing, "secret": spelt, "is_set": bool(user.totp_secret)}
    return render(request, "console/identity/second_factor.html", values, status=422 if form.errors else 200)


@action("profile/second-factor/remove/", None, fresh=True)
def remove_second_factor(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Let go of the authenticator app."""
    set_second_factor(caller, secret="")
    messages.success(request, _("Codes of the app are no longer asked for."))
    return redirect("security")
