"""One's own profile: name, language, time zone, theme, the account's name, the password, and where one is signed in."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openpartner.console.identity.forms import AccountNameForm, NewPasswordForm, PasswordForm, PlainForm, ProfileForm
from openpartner.console.identity.freshness import is_fresh, to_confirmation
from openpartner.console.identity.sessions import door_of, keep_session
from openpartner.console.languages import speak
from openpartner.console.page import LISTING, action, page
from openpartner.core.access import passkeys
from openpartner.core.access.critical import demands_codes, switch_codes
from openpartner.core.access.models import User
from openpartner.core.access.passwords import change_password
from openpartner.core.access.profiles import change_account_name, change_profile
from openpartner.core.access.second_factor import count_recovery_codes, has_second_factor
from openpartner.core.access.sessions import end_other_sessions, end_session, list_sessions
from openpartner.core.access.signing_in import SignInRefused
from openpartner.core.access.signing_in import confirm as confirm_who
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission


def _operates(caller: Caller) -> bool:
    """Whether the people of the account have critical operations: a customer's have none."""
    return caller.kind is not AccountKind.CUSTOMER


@page("profile/", None, methods=LISTING)
def profile(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Name, language, time zone and theme; for administrators the account's name too."""
    user = _person(request)
    kept = {"name": user.name, "language": user.language, "time_zone": user.time_zone, "theme": user.theme}
    form = ProfileForm(request.POST or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        try:
            speak(change_profile(caller, **form.cleaned_data).language)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("Your profile was saved."))
            return redirect("profile")
    return _profile_page(request, caller, form=form)


@action("profile/account-name/", Permission.MEMBER_MANAGE)
def account_name(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Change the name of the account."""
    form = AccountNameForm(request.POST)
    if form.is_valid():
        try:
            change_account_name(caller, **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("The account name was changed."))
            return redirect("profile")
    return _profile_page(request, caller, account_form=form)


@action("profile/verification-codes/", Permission.MEMBER_MANAGE, is_for=_operates, fresh=True)
def verification_codes(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Switch verification codes for critical operations on or off, for everybody of the account."""
    is_on = request.POST.get("on") == "1"
    switch_codes(caller, is_on=is_on)
    told = _("Critical operations ask for a code now.") if is_on else _("Critical operations ask for no code any more.")
    messages.success(request, told)
    return redirect("profile")


@page("profile/security/", None)
def security(request: HttpRequest, _caller: Caller) -> HttpResponse:
    """Password, second factors, recovery codes, and where one is signed in."""
    user = _person(request)
    values = {
        "has_password": user.has_usable_password(),
        "has_second_factor": has_second_factor(user),
        "passkeys": passkeys.list_passkeys(user),
        "passkeys_available": passkeys.are_available(),
        "codes_left": count_recovery_codes(user),
        "sessions": list_sessions(user),
        "current": request.session.session_key,
        "provider": settings.OPENPARTNER.oidc_label if user.identity_subject else "",
    }
    return render(request, "console/identity/security.html", values)


@page("profile/password/", None, methods=LISTING)
def password(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Change the password; a user without one, who signs in otherwise, sets the first after a fresh confirmation."""
    user = _person(request)
    has_password = user.has_usable_password()
    if not has_password and not is_fresh(request):
        return to_confirmation(request)
    form = (PasswordForm if has_password else NewPasswordForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        old, new = form.cleaned_data.get("old", ""), form.cleaned_data["new"]
        try:
            if has_password:
                # Counted and locked like a sign-in: an unwatched browser is no place to guess passwords.
                confirm_who(user, door_of(request), password=old)
            changed = change_password(caller, old=old, new=new, keep=request.session.session_key or "")
        except SignInRefused:
            form.add_error("old", _("This is not your password, or there were too many attempts."))
        except Invalid as error:
            form.refuse(error, "new")
        else:
            keep_session(request, changed)
            messages.success(request, _("The password was changed. All other sessions were ended."))
            return redirect("security")
    values = {"form": form, "has_password": has_password}
    return render(request, "console/identity/password.html", values, status=422 if form.errors else 200)


@action("profile/sessions/<str:session>/end/", None)
def end_my_session(request: HttpRequest, caller: Caller, session: str) -> HttpResponse:
    """End one session."""
    if not session.isascii() or not session.isdigit() or len(session) > 18:
        raise NotVisible("session")
    end_session(caller, session=int(session))
    messages.success(request, _("The session was ended."))
    return redirect("security")


@action("profile/other-sessions/end/", None)
def end_my_other_sessions(request: HttpRequest, caller: Caller) -> HttpResponse:
    """End all sessions but this one."""
    end_other_sessions(caller, keep=request.session.session_key or "")
    messages.success(request, _("All other sessions were ended."))
    return redirect("security")


def _profile_page(
    request: HttpRequest, caller: Caller, *, form: PlainForm | None = None, account_form: PlainForm | None = None
) -> HttpResponse:
    user = _person(request)
    kept = {"name": user.name, "language": user.language, "time_zone": user.time_zone, "theme": user.theme}
    may_rename = Permission.MEMBER_MANAGE in caller.permissions
    operates = _operates(caller)
    values = {
        "form": form or ProfileForm(initial=kept),
        "account_form": (account_form or AccountNameForm(initial={"account_name": caller.account_name}))
        if may_rename
        else None,
        "operates": operates,
        "asks_codes": operates and demands_codes(caller.account),
        "may_switch": operates and may_rename,
    }
    wrong = (form is not None and form.errors) or (account_form is not None and account_form.errors)
    return render(request, "console/identity/profile.html", values, status=422 if wrong else 200)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
