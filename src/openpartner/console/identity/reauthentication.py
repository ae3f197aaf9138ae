"""Showing again who one is: before keys, roles, second factors and unmasked files are touched."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from openpartner.console.identity.forms import ConfirmForm
from openpartner.console.identity.freshness import is_fresh, mark_fresh
from openpartner.console.identity.sessions import door_of
from openpartner.console.own_path import own_path
from openpartner.console.page import FORM, page
from openpartner.core.access import passkeys
from openpartner.core.access import signing_in as rules
from openpartner.core.access.models import User
from openpartner.core.access.second_factor import has_passkeys
from openpartner.core.base.caller import Caller

__all__ = ["confirm", "is_fresh"]


@page("confirm/", None, methods=FORM)
def confirm(request: HttpRequest, _caller: Caller) -> HttpResponse:
    """Ask for password, code or passkey, and go on to where it was needed. It is good for fifteen minutes."""
    user = request.user
    assert isinstance(user, User)
    onward = own_path(request)
    form = ConfirmForm(request.POST or None)
    if not user.has_usable_password():
        del form.fields["password"]
    if not user.totp_secret:
        del form.fields["code"]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            rules.confirm(user, door_of(request), password=given.get("password", ""), code=given.get("code", ""))
        except rules.SignInRefused:
            form.add_error(None, _("This was wrong, or there were too many attempts. Try again in a while."))
        else:
            mark_fresh(request)
            return HttpResponseRedirect(onward)
    values = {
        "form": form,
        "next": onward,
        "has_passkeys": passkeys.are_available() and has_passkeys(user),
        "provider": settings.OPENPARTNER.oidc_label or _("Single sign-on") if is_linked(user) else "",
    }
    return render(request, "console/identity/confirm.html", values, status=422 if form.errors else 200)


def is_linked(user: User) -> bool:
    """Whether the user can be confirmed by the configured provider."""
    issuer = settings.OPENPARTNER.oidc_issuer
    return bool(issuer) and bool(user.identity_subject) and user.identity_issuer == issuer
