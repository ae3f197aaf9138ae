"""Signing in to the console, in two steps where a second factor is kept, and out of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from openpartner.console.identity.forms import CodeForm, SignInForm
from openpartner.console.identity.sessions import close_session, door_of, open_session
from openpartner.console.own_path import own_path
from openpartner.core.access import passkeys
from openpartner.core.access.models import User
from openpartner.core.access.second_factor import has_passkeys
from openpartner.core.access.signing_in import Proof, SignInRefused, begin_sign_in, finish_sign_in
from openpartner.kit import clock

HALF = "half"
HALF_SECONDS = 600
WHY = "sign-in knows no scope yet"


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody whose password was right a moment ago, and who is not signed in."""

    user: User
    next: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """The form; a right answer opens a session or asks for the second factor, a wrong one says no more than that."""
    onward = own_path(request)
    if isinstance(request.user, User):
        return HttpResponseRedirect(onward)
    forget_half(request)
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        users = User.objects.everything(reason=WHY).select_related("account")
        known = users.filter(email=given["email"].casefold()).first()
        try:
            user, proof = begin_sign_in(known, given["password"], door_of(request))
        except SignInRefused:
            form.add_error(None, refusal())
        else:
            if proof is Proof.HALF:
                _keep_half(request, user, onward)
                return redirect("second-step")
            open_session(request, user)
            return HttpResponseRedirect(onward)
    values = {
        "form": form,
        "next": onward,
        "passkeys": passkeys.are_available(),
        "provider": settings.OPENPARTNER.oidc_label or _("Single sign-on") if settings.OPENPARTNER.oidc_issuer else "",
    }
    return render(request, "console/identity/sign_in.html", values, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of somebody whose password was right within the last ten minutes."""
    half = half_of(request)
    if half is None:
        return redirect("sign-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = finish_sign_in(half.user, form.cleaned_data["code"], door_of(request))
        except SignInRefused:
            form.add_error("code", _("This code is wrong or was used before, or sign-in is paused for a while."))
        else:
            return HttpResponseRedirect(complete(request, user, half))
    values = {"form": form, "has_passkeys": passkeys.are_available() and has_passkeys(half.user)}
    return render(request, "console/identity/second_step.html", values, status=422 if form.errors else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    close_session(request)
    return redirect("sign-in")


def refusal() -> str:
    """What everybody is told who is not let in, whatever it was."""
    return _("The e-mail or the password is wrong, or sign-in is paused for a while after too many attempts.")


def half_of(request: HttpRequest) -> Half | None:
    """Whose password was right, while that is good: ten minutes, and until the password is changed."""
    kept = request.session.get(HALF)
    if not isinstance(kept, dict) or isinstance(request.user, User):
        return None
    users = User.objects.everything(reason=WHY).select_related("account")
    user = users.filter(pk=kept["user"], is_active=True).first()
    is_late = not 0 <= clock.epoch_seconds() - kept["at"] < HALF_SECONDS
    if user is None or is_late or user.get_session_auth_hash() != kept["stamp"]:
        forget_half(request)
        return None
    return Half(user, kept["next"])


def complete(request: HttpRequest, user: User, half: Half) -> str:
    """Sign in whoever has shown both factors; returns where to go."""
    forget_half(request)
    open_session(request, user)
    return half.next


def forget_half(request: HttpRequest) -> None:
    """Begin anew."""
    request.session.pop(HALF, None)


def _keep_half(request: HttpRequest, user: User, onward: str) -> None:
    # The session stays anonymous: nothing but the second step reads this note.
    request.session.cycle_key()
    request.session[HALF] = {
        "user": user.pk,
        "at": clock.epoch_seconds(),
        "stamp": user.get_session_auth_hash(),
        "next": onward,
    }
