"""What the browser asks and answers in JSON when a passkey is made or shown. The pages' side is passkeys.js."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from openpartner.console.identity.forms import PasskeyNameForm, told
from openpartner.console.identity.freshness import mark_fresh
from openpartner.console.identity.recovery import show_once
from openpartner.console.identity.sessions import door_of, open_session
from openpartner.console.identity.sign_in import complete, half_of
from openpartner.console.own_path import as_own_path
from openpartner.console.page import action, page
from openpartner.core.access import passkeys
from openpartner.core.access.models import User
from openpartner.core.access.passkeys import Asked
from openpartner.core.access.signing_in import SignInRefused
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, LimitReached, NotVisible
from openpartner.kit import clock

CHALLENGE = "passkey_challenge"
CHALLENGE_SECONDS = 300
SIGN_IN, SECOND_STEP, CONFIRM, ADD = "sign-in", "second-step", "confirm", "add"


@never_cache
@require_POST
def ask_passkey(request: HttpRequest) -> JsonResponse:
    """What to ask the browser of somebody who signs in: any passkey, or one of whoever has shown the password."""
    half = half_of(request)
    return _ask(request, SIGN_IN if half is None else SECOND_STEP, passkeys.ask_to_show(half.user if half else None))


@never_cache
@require_POST
def show_passkey(request: HttpRequest) -> JsonResponse:
    """Sign in whoever has shown a passkey; answers where to go."""
    half = half_of(request)
    answer, challenge = _answer(request), _take(request, SIGN_IN if half is None else SECOND_STEP)
    try:
        if half is None:
            user = passkeys.sign_in_with_passkey(answer, challenge, door_of(request))
            open_session(request, user)
            onward = as_own_path(_text(request, "next"), request.get_host()) or reverse("home")
        else:
            user = passkeys.finish_with_passkey(half.user, answer, challenge, door_of(request))
            onward = complete(request, user, half)
    except SignInRefused:
        return _refused(_("This passkey was not accepted, or sign-in is paused for a while."))
    return JsonResponse({"next": onward})


@action("confirm/passkey/ask/", None)
def ask_to_confirm(request: HttpRequest, _caller: Caller) -> HttpResponse:
    """What to ask the browser of somebody who shows again who they are."""
    return _ask(request, CONFIRM, passkeys.ask_to_show(_person(request)))


@action("confirm/passkey/", None)
def confirm_passkey(request: HttpRequest, _caller: Caller) -> HttpResponse:
    """Remember that somebody has just shown a passkey; answers where to go."""
    try:
        passkeys.finish_with_passkey(
            _person(request), _answer(request), _take(request, CONFIRM), door_of(request), again=True
        )
    except SignInRefused:
        return _refused(_("This passkey was not accepted, or there were too many attempts."))
    mark_fresh(request)
    return JsonResponse({"next": as_own_path(_text(request, "next"), request.get_host()) or reverse("home")})


@page("profile/passkeys/new/", None, fresh=True)
def new_passkey(request: HttpRequest, _caller: Caller) -> HttpResponse:
    """The page on which a passkey is made."""
    values = {"form": PasskeyNameForm(), "available": passkeys.are_available()}
    return render(request, "console/identity/new_passkey.html", values)


@action("profile/passkeys/ask/", None, fresh=True)
def ask_to_register(request: HttpRequest, _caller: Caller) -> HttpResponse:
    """What to ask the browser that is to make a passkey."""
    return _ask(request, ADD, passkeys.ask_to_register(_person(request)))


@action("profile/passkeys/add/", None, fresh=True)
def add_passkey(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Keep the passkey that the browser has made; answers where to go."""
    try:
        codes = passkeys.add_passkey(
            caller, answer=_answer(request), challenge=_take(request, ADD), name=_text(request, "name")
        )
    except Invalid as error:
        return _refused(_("This passkey could not be added. Try again.") if error.field == "answer" else told(error))
    except LimitReached:
        return _refused(_("You have twenty passkeys already. Remove one first."))
    return JsonResponse({"next": show_once(request, codes) or reverse("security")})


@action("profile/passkeys/<str:passkey>/rename/", None)
def rename_passkey(request: HttpRequest, caller: Caller, passkey: str) -> HttpResponse:
    """Give a passkey another name."""
    passkeys.rename_passkey(caller, passkey=_key(passkey), name=request.POST.get("name", ""))
    return redirect("security")


@action("profile/passkeys/<str:passkey>/remove/", None, fresh=True)
def remove_passkey(_request: HttpRequest, caller: Caller, passkey: str) -> HttpResponse:
    """Remove a passkey."""
    passkeys.remove_passkey(caller, passkey=_key(passkey))
    return redirect("security")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _ask(request: HttpRequest, purpose: str, asked: Asked) -> JsonResponse:
    request.session[CHALLENGE] = {"for": purpose, "challenge": asked.challenge, "at": clock.epoch_seconds()}
    return JsonResponse(json.loads(asked.options))


def _take(request: HttpRequest, purpose: str) -> str:
    """The challenge that was asked for this purpose, good once and for five minutes; else one nobody can answer."""
    kept = request.session.pop(CHALLENGE, None)
    if not isinstance(kept, dict) or kept["for"] != purpose:
        return ""
    return str(kept["challenge"]) if clock.epoch_seconds() - kept["at"] < CHALLENGE_SECONDS else ""


def _body(request: HttpRequest) -> dict[str, object]:
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError, RawPostDataException):  # the last: it came as a form, which was read already
        return {}
    return found if isinstance(found, dict) else {}


def _answer(request: HttpRequest) -> str:
    return json.dumps(_body(request).get("answer"))


def _text(request: HttpRequest, name: str) -> str:
    found = _body(request).get(name)
    return found if isinstance(found, str) else ""


def _key(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotVisible("passkey")
    return int(text)


def _refused(sentence: str) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=422)
