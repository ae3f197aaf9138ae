"""Signing in and out of the console."""

from __future__ import annotations

from django import forms
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from openpartner.core.access.models import User
from openpartner.core.access.users import SignInRefused, sign_in

BACKEND = "openpartner.console.backend.SessionBackend"


class SignInForm(forms.Form):
    """E-mail, password and, for those who use one, the code of the second factor."""

    email = forms.EmailField(
        label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    passcode = forms.CharField(
        label="Code",
        required=False,
        max_length=10,
        help_text="Only if your account uses a second factor.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """The form; a right answer opens a session, a wrong one says nothing about which part was wrong."""
    if isinstance(request.user, User):
        return redirect("customers")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        known = (
            User.objects.everything(reason="sign-in knows no scope yet")
            .select_related("account")
            .filter(email=given["email"].casefold())
            .first()
        )
        try:
            user = sign_in(known, given["password"], given["passcode"] or None, via="console")
        except SignInRefused:
            form.add_error(None, "The e-mail, the password or the code is wrong, or the account is locked for a while.")
        else:
            login(request, user, backend=BACKEND)
            return redirect("customers")
    return render(request, "console/sign_in.html", {"form": form}, status=200 if not form.errors else 422)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")
