"""Signed-in browsers: opened, watched, and ended when they have lasted long enough."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse

from openpartner.apikit.call import Call
from openpartner.console.identity.freshness import mark_fresh
from openpartner.core.access.models import User
from openpartner.core.access.sessions import begin_session, forget_session, move_session, note_seen
from openpartner.core.access.signing_in import Door
from openpartner.kit import clock
from openpartner.kit.ids import mint_request_id

BACKEND = "openpartner.console.backend.SessionBackend"
BEGAN, SEEN = "began", "seen"
SEEN_EVERY_SECONDS = 60
LASTS_AT_MOST = timedelta(days=7)

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
"""What a browser's own description contains, and whose it is; the first that fits, since they imitate each other."""
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
DEVICE_MAX = 120


def watch_sessions(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that keeps when a session was last used, ends it after a week, and forbids storing its pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        signed_in = isinstance(request.user, User)
        if signed_in:
            _watch(request)
        response = get_response(request)
        if signed_in and "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store, private"
        return response

    return middleware


def open_session(request: HttpRequest, user: User) -> None:
    """Sign the browser in under a new session key. The person has just shown who they are."""
    login(request, user, backend=BACKEND)
    _begin(request, user)
    mark_fresh(request)


def close_session(request: HttpRequest) -> None:
    """Sign the browser out."""
    forget_session(request.session.session_key or "")
    logout(request)


def keep_session(request: HttpRequest, user: User) -> None:
    """Keep this session, under a new key, when a new password has ended all others."""
    before = request.session.session_key or ""
    update_session_auth_hash(request, user)
    move_session(before, request.session.session_key or "")
    mark_fresh(request)


def door_of(request: HttpRequest) -> Door:
    """Where the request comes from, for the rules of sign-in."""
    return Door(via="console", source=source_of(request), request_id=mint_request_id())


def source_of(request: HttpRequest) -> str:
    """The address of the person; a trusted proxy's word counts, nobody else's."""
    # Django has put the decoded path into the environment, which a gateway expects as bytes.
    return Call({**request.META, "PATH_INFO": "/"}).source


def device_of(request: HttpRequest) -> str:
    """What the browser says it is, in two words such as `Firefox, Linux`."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in BROWSERS if f"{mark}/" in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return (", ".join(part for part in (browser, system) if part) or agent)[:DEVICE_MAX]


def _begin(request: HttpRequest, user: User) -> None:
    if request.session.session_key is None:
        request.session.create()
    now = clock.epoch_seconds()
    request.session[BEGAN] = request.session[SEEN] = now
    begin_session(
        user, session_key=request.session.session_key or "", device=device_of(request), source=source_of(request)
    )


def _watch(request: HttpRequest) -> None:
    assert isinstance(request.user, User)
    session, now = request.session, clock.epoch_seconds()
    if BEGAN not in session:
        _begin(request, request.user)
    elif now - session[BEGAN] > LASTS_AT_MOST.total_seconds():
        close_session(request)
    elif now - session[SEEN] >= SEEN_EVERY_SECONDS:
        # Writing the session also moves its expiry, so that it ends after twelve hours of doing nothing.
        session[SEEN] = now
        note_seen(session.session_key or "", source=source_of(request))
