"""Applying with an invitation, by somebody who has signed in; and how that stands (tencent:A.2)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openpartner.console.asked import posted
from openpartner.console.audiences import is_customer
from openpartner.console.form_page import Ask, done, form_page
from openpartner.console.identity.forms import PlainForm
from openpartner.console.identity.sessions import source_of
from openpartner.console.joining.closed import OF_OTHER, closed
from openpartner.console.joining.opening import heading_of, name_of, needs_new_account, opened
from openpartner.console.joining.papers import Paper, accept_papers, keys_of, papers, refuse_unread
from openpartner.console.languages import speak
from openpartner.console.page import FORM, page
from openpartner.console.preferences import zone_of
from openpartner.console.refusals import to_sign_in
from openpartner.core.access.models import User
from openpartner.core.access.users import caller_of
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotAllowed
from openpartner.core.base.kinds import AccountKind, Verification
from openpartner.core.base.permissions import Permission
from openpartner.core.eligibility.causes import CAUSES, Barred, Cause
from openpartner.core.onboarding.applying import CLOSED, CONTACT_MAX, Facts, application_of, apply, withdraw
from openpartner.core.onboarding.models import LINK_MAX, Application, Invitation
from openpartner.core.onboarding.vocabulary import ApplicationState
from openpartner.kit.addresses import is_https_link
from openpartner.kit.ids import mint_request_id
from openpartner.listings.onboarding_words import APPLICATION_STATES, APPLICATION_TONES
from openpartner.listings.words import CUSTOMER_TYPES

PAGES_OF_CAUSES = {cause: opening for opening, cause in CLOSED.items()} | {Cause.LINK_OF_OTHER: OF_OTHER}


class ApplyForm(PlainForm):
    """Whom the partner can ask, and for a reseller where its papers are."""

    contact = forms.CharField(
        label=__("Contact person"),
        max_length=CONTACT_MAX,
        help_text=__("Whom your partner asks for."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    material_url = forms.CharField(
        label=__("Your material"),
        max_length=LINK_MAX,
        required=False,
        help_text=__("The https address of what shows your qualification, if you were asked for it."),
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://", "autocomplete": "off"}),
    )
    agreed = forms.BooleanField(
        label=__("I have read this and agree to it, for whom I apply."),
        error_messages={"required": __("Without your agreement the application cannot be sent.")},
    )

    def clean_material_url(self) -> str:
        """An https address, or nothing."""
        given = str(self.cleaned_data["material_url"])
        if given and not is_https_link(given):
            raise forms.ValidationError(_("Give a whole address that begins with https://."))
        return given


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply_page(request: HttpRequest, token: str) -> HttpResponse:
    """The application: what the partner sees, what is left to tell, and what is agreed to."""
    user = request.user
    if not isinstance(user, User):
        return to_sign_in(request)
    speak(user.language)
    found = opened(request, token)
    if isinstance(found, HttpResponse):
        return found
    if found.email and found.email not in {user.email, user.account.email.casefold()}:
        return closed(request, OF_OTHER)
    caller = caller_of(user, via="console", request_id=mint_request_id(), language=user.language)
    texts = papers(user) if Permission.CONSENT in caller.permissions else []
    form = _form(request, found, user, texts)
    if request.method == "POST" and form.is_valid():
        refuse_unread(form, texts, request.POST.get("read", ""))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        facts = Facts(contact=given["contact"], material_url=given.get("material_url", ""))
        try:
            apply(caller, token, facts)
        except Barred as error:
            if error.cause in PAGES_OF_CAUSES:
                return closed(request, PAGES_OF_CAUSES[error.cause])
            form.add_error(None, _(CAUSES[error.cause].sentence))
        except Invalid as error:
            form.add_error(error.field if error.field in form.fields else None, _(error.why))
        except NotAllowed:
            form.add_error(None, _("Only an administrator of your account can apply for it."))
        else:
            accept_papers(user, texts, source=source_of(request))
            messages.success(request, _("Your application was sent."))
            return redirect("own_application")
    return _shown(request, found, token, user, form, texts)


@page("application/", None, is_for=is_customer)
def own_application(request: HttpRequest, caller: Caller) -> HttpResponse:
    """How the account's newest application stands."""
    return render(request, "console/joining/own_application.html", standing(request, caller))


@page("application/withdraw/", Permission.CONSENT, methods=FORM, is_for=is_customer)
def withdraw_application(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Take the application back while it is in review."""
    found = application_of(caller)
    form = forms.Form(posted(request))
    back = reverse("own_application")
    if request.method == "POST":
        withdraw(caller)
        return done(request, _("Your application was taken back."), back)
    ask = Ask(
        title=_("Take the application back"),
        lead=partner_of(found) if found else "",
        effects=[
            _("Your partner can no longer accept it. Your account stays as it is."),
            _("You may apply again with the same link while that is good."),
        ],
        submit=_("Take it back"),
        back=back,
        back_label=_("Your application"),
        is_dangerous=True,
    )
    return form_page(request, caller, form, ask)


def is_waiting(request: HttpRequest, caller: Caller) -> bool:
    """Whether the caller's account is registered and bound to no partner: its home is where it stands."""
    user = request.user
    return isinstance(user, User) and caller.kind is AccountKind.CUSTOMER and user.account.partner_id is None


def standing(request: HttpRequest, caller: Caller) -> dict[str, Any]:
    """Where an account stands that has applied, or has not, for the template of the same words."""
    found = application_of(caller)
    user = request.user
    assert isinstance(user, User)
    return {
        "caller": caller,
        "application": found,
        "partner": partner_of(found) if found else "",
        "state": (APPLICATION_STATES[found.state], APPLICATION_TONES[found.state]) if found else ("", ""),
        "is_waiting": found is not None and found.state == ApplicationState.REVIEWING,
        "is_rejected": found is not None and found.state == ApplicationState.REJECTED,
        "is_passed": found is not None and found.state == ApplicationState.PASSED,
        "is_bound": user.account.partner_id is not None,
        "may_withdraw": Permission.CONSENT in caller.permissions,
        "needs_verification": found is not None
        and found.role == AccountKind.SECOND_LEVEL_RESELLER
        and user.account.verification != Verification.VERIFIED,
        "zone": zone_of(request),
    }


def partner_of(found: Application) -> str:
    """What the partner is called that was applied to."""
    return found.partner.called


def _form(request: HttpRequest, found: Invitation, user: User, texts: list[Paper]) -> ApplyForm:
    form = ApplyForm(posted(request), initial={"contact": "" if user.name == user.account.account_name else user.name})
    if found.role != AccountKind.SECOND_LEVEL_RESELLER:
        del form.fields["material_url"]
    if not texts:
        del form.fields["agreed"]
    return form


def _shown(
    request: HttpRequest, found: Invitation, token: str, user: User, form: ApplyForm, texts: list[Paper]
) -> HttpResponse:
    account, partner = user.account, name_of(found)
    number = f"+{account.country_code[2:]} {account.mobile}" if account.mobile else ""
    effects = [
        _("%(partner)s decides about it. You are told by mail, and see here how it stands.") % {"partner": partner},
        _("While it waits you can take it back."),
    ]
    if found.role == AccountKind.SECOND_LEVEL_RESELLER:
        effects.append(_("Have your company's real name verified meanwhile; it cannot be accepted before."))
    if needs_new_account(found):
        effects.append(_("Only an account counts that was registered for this invitation."))
    values = {
        "partner": partner,
        "heading": heading_of(found),
        "account": account,
        "facts": [
            (_("Account name"), account.account_name),
            (_("Name"), account.legal_name),
            (_("Type"), CUSTOMER_TYPES[account.customer_type]),
            (_("E-mail"), account.email or user.email),
            (_("Mobile number"), number),
        ],
        "effects": effects,
        "form": form,
        "papers": texts,
        "papers_read": keys_of(texts),
        "back": reverse("join", args=[token]),
    }
    return render(request, "console/joining/apply.html", values, status=422 if form.errors else 200)
