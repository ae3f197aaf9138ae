"""Registering an account on an invitation: an address is shown to be one's own first, then the account is made."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openpartner.console.identity.sessions import door_of, open_session, source_of
from openpartner.console.joining.closed import OF_OTHER, closed
from openpartner.console.joining.forms import EmailForm, RegisterForm
from openpartner.console.joining.opening import opened
from openpartner.console.joining.papers import accept_papers, keys_of, papers, refuse_unread
from openpartner.core.access.codes import LIFE, Verdict
from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.base.errors import Invalid, LimitReached, TooSoon
from openpartner.core.base.kinds import CustomerType, Site
from openpartner.core.eligibility.causes import CAUSES, Barred
from openpartner.core.onboarding.models import Invitation
from openpartner.core.onboarding.proving import mail_code, register_by_code
from openpartner.core.onboarding.registering import NewAccount
from openpartner.core.onboarding.tokens import hash_of
from openpartner.kit.masks import mask_email
from openpartner.kit.wording import spoken

PROVING = "joining"
"""What the session keeps of somebody who registers: the link, and the address that was mailed to."""
SEND, OTHER, REGISTER = "send", "other", "register"
PASSWORD_LEAST = 10
CODE_REFUSED = {
    Verdict.WRONG: __("This is not the code that was mailed. Look again."),
    Verdict.EXHAUSTED: __("Too many wrong codes. Have another one mailed."),
    Verdict.EXPIRED: __("This is not the code that was mailed, or it is too old. Have another one mailed."),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, token: str) -> HttpResponse:
    """First the address, then the account; afterwards one is signed in and applies.

    What is said of an address does not tell whether anybody has it.
    """
    found = opened(request, token)
    if isinstance(found, HttpResponse):
        return found
    if isinstance(request.user, User):
        return HttpResponseRedirect(reverse("join-apply", args=[token]))
    step = request.POST.get("step", "")
    if step == OTHER:
        request.session.pop(PROVING, None)
        if found.email:
            return closed(request, OF_OTHER)
        return HttpResponseRedirect(request.path)
    address = _proving(request, token)
    if step == REGISTER and address:
        return _register(request, found, token, address)
    if step == SEND:
        return _send(request, found, token, address)
    if address:
        return _details(request, found, address, RegisterForm())
    return _ask_address(request, found, token, _address_form(found))


def _send(request: HttpRequest, found: Invitation, token: str, address: str) -> HttpResponse:
    """Mail a code, to the address of the invitation where it has one."""
    form = _address_form(found, None if address else request.POST)
    if not found.email and not address:
        if not form.is_valid():
            return _ask_address(request, found, token, form)
        address = form.cleaned_data["email"]
    address = found.email or address
    path = reverse("join", args=[token])
    try:
        mail_code(address, found.partner, door_of(request), path=path, language=spoken(get_language() or "en"))
    except TooSoon as error:
        if _proving(request, token) != address:
            _keep(request, token, address)  # as if it had been mailed now: the one before is as good
        n = error.retry_after_seconds
        told = ngettext(
            "A mail was sent a moment ago. Another can be sent in %(n)s second.",
            "A mail was sent a moment ago. Another can be sent in %(n)s seconds.",
            n,
        )
        messages.warning(request, told % {"n": n})
    except LimitReached:
        form = _address_form(found, {"email": address})
        form.is_valid()
        form.add_error(None, _("There were too many attempts. Try again in an hour."))
        return _ask_address(request, found, token, form)
    else:
        _keep(request, token, address)
        messages.success(request, _("A mail is on its way."))
    return HttpResponseRedirect(request.path)


def _register(request: HttpRequest, found: Invitation, token: str, address: str) -> HttpResponse:
    """Make the account, sign its person in, and go on to the application."""
    form = RegisterForm(request.POST)
    texts = papers()
    if not texts:
        form.fields.pop("agreed")
    if form.is_valid():
        refuse_unread(form, texts, request.POST.get("read", ""))
    if not form.is_valid():
        return _details(request, found, address, form)
    try:
        made = register_by_code(
            _new_account(found, form, address),
            code=form.cleaned_data["code"],
            password=form.cleaned_data["password"],
            partner=found.partner,
            door=door_of(request),
        )
    except (Barred, Invalid, LimitReached) as error:
        _refuse(form, error)
        return _details(request, found, address, form)
    if not isinstance(made, Account):
        form.add_error("code", CODE_REFUSED[made])
        return _details(request, found, address, form)
    request.session.pop(PROVING, None)
    user = User.objects.everything(reason="whoever has just registered").select_related("account").get(account=made)
    open_session(request, user)
    accept_papers(user, texts, source=source_of(request))
    messages.success(request, _("Your account was registered. Now apply."))
    return HttpResponseRedirect(reverse("join-apply", args=[token]))


def _new_account(found: Invitation, form: RegisterForm, address: str) -> NewAccount:
    given = form.cleaned_data
    return NewAccount(
        account_name=given["account_name"],
        legal_name=given["legal_name"],
        email=address,
        country_code=f"00{given['country_code']}",
        mobile=given["number"],
        region=given["region"],
        customer_type=CustomerType(given["customer_type"]),
        site=Site(found.partner.site),
        language=spoken(get_language() or "en"),
    )


def _refuse(form: forms.Form, error: Barred | Invalid | LimitReached) -> None:
    """Say beside its field why there is no account."""
    if isinstance(error, Barred):
        told = CAUSES[error.cause]
        form.add_error(told.field if told.field in form.fields else None, _(told.sentence))
    elif isinstance(error, Invalid):
        form.add_error(error.field if error.field in form.fields else None, _(error.why))
    else:
        form.add_error(None, _(error.message))


def _details(request: HttpRequest, found: Invitation, address: str, form: RegisterForm) -> HttpResponse:
    texts = papers()
    if not texts:
        form.fields.pop("agreed", None)
    values = {
        "form": form,
        "email": address if not found.email else mask_email(address),
        "is_bound": bool(found.email),
        "minutes": int(LIFE.total_seconds()) // 60,
        "least": PASSWORD_LEAST,
        "before": [form[name] for name in ("code", "customer_type", "legal_name", "account_name")],
        "pair": [form[name] for name in ("region", "mobile")],
        "papers": texts,
        "papers_read": keys_of(texts),
    }
    return render(request, "console/joining/register.html", values, status=422 if form.errors else 200)


def _ask_address(request: HttpRequest, found: Invitation, token: str, form: forms.Form) -> HttpResponse:
    name = found.partner.called
    lead = (
        _("This invitation of %(partner)s is for %(address)s. A code goes there, to show that the address is yours.")
        if found.email
        else _("To accept the invitation of %(partner)s. A code goes to your address, to show that it is yours.")
    )
    values = {
        "form": form,
        "lead": lead % {"partner": name, "address": mask_email(found.email)},
        "is_bound": bool(found.email),
        "back": reverse("join", args=[token]),
    }
    return render(request, "console/joining/address.html", values, status=422 if form.errors else 200)


def _address_form(found: Invitation, given: Mapping[str, str] | None = None) -> forms.Form:
    return forms.Form(given) if found.email else EmailForm(given)


def _proving(request: HttpRequest, token: str) -> str:
    """The address that was mailed to for this link; empty when none was."""
    kept = request.session.get(PROVING)
    return str(kept["email"]) if isinstance(kept, dict) and kept.get("token") == hash_of(token) else ""


def _keep(request: HttpRequest, token: str, address: str) -> None:
    request.session[PROVING] = {"token": hash_of(token), "email": address}
