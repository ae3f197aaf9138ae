"""Setting a password through a mailed link: for who forgot it, and for who was invited."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openpartner.console.identity.forms import AddressForm, NewPasswordForm
from openpartner.console.identity.sessions import door_of
from openpartner.core.access.passwords import RESET_VALID_FOR, ask_for_reset, find_link, set_password_by_link
from openpartner.core.base.errors import Invalid, NotVisible


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the answer is the same whether or not anybody has the address."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ask_for_reset(form.cleaned_data["email"], door_of(request), language=get_language() or "en")
        minutes = int(RESET_VALID_FOR.total_seconds()) // 60
        return render(request, "console/identity/link_sent.html", {"minutes": minutes})
    values = {"form": form}
    return render(request, "console/identity/forgotten_password.html", values, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password_link(request: HttpRequest, token: str) -> HttpResponse:
    """The form behind a mailed link. Opening it uses nothing up: programs open links in mails as well."""
    user = find_link(token)
    if user is None:
        return _gone(request)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            set_password_by_link(token, form.cleaned_data["new"], door_of(request))
        except NotVisible:
            return _gone(request)
        except Invalid as error:
            form.refuse(error, "new")
        else:
            messages.success(request, _("The password was set. Sign in with it."))
            return redirect("sign-in")
    values = {"form": form, "email": user.email}
    return render(request, "console/identity/set_password.html", values, status=422 if form.errors else 200)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "console/identity/link_gone.html", status=404)
