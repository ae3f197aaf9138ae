"""Signed-in browsers: listed for their user, and ended by them, by a new password or by disabling the user."""

from __future__ import annotations

from django.contrib.sessions.models import Session

from openpartner.core.access.models import User, UserSession
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.command import command
from openpartner.kit import clock

WHY = "the browser holds the key of its session"


def begin_session(user: User, *, session_key: str, device: str, source: str) -> None:
    """Remember that a browser signed in."""
    now = clock.now()
    UserSession.objects.create(
        user=user, session_key=session_key, device=device, source=source[:64], signed_in_at=now, last_seen_at=now
    )


def note_seen(session_key: str, *, source: str) -> None:
    """Remember that a browser was here; its caller asks at most once a minute."""
    UserSession.objects.everything(reason=WHY).filter(session_key=session_key).update(
        last_seen_at=clock.now(), source=source[:64]
    )


def move_session(old_key: str, new_key: str) -> None:
    """Follow a session that was given another key."""
    UserSession.objects.everything(reason=WHY).filter(session_key=old_key).update(session_key=new_key)


def forget_session(session_key: str) -> None:
    """Drop the row of a browser that signed out by itself."""
    UserSession.objects.everything(reason=WHY).filter(session_key=session_key).delete()


def list_sessions(user: User) -> list[UserSession]:
    """The user's sessions that are still good, the one seen last first."""
    rows = UserSession.objects.everything(reason="a user's own").filter(user=user).order_by("-last_seen_at", "-id")
    good = set(
        Session.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=clock.now()
        ).values_list("session_key", flat=True)
    )
    return [row for row in rows if row.session_key in good]


@command(Action.SESSIONS_ENDED, permission=None)
def end_session(caller: Caller, *, session: int) -> None:
    """End one of the caller's own sessions; NotVisible when it is nobody's or somebody else's."""
    row = UserSession.objects.within(caller.scope).filter(pk=session, user_id=caller.user or 0).first()
    if row is None:
        raise NotVisible("session")
    _end([row])
    record(caller, Action.SESSIONS_ENDED, user=caller.user_name, sessions=1)


@command(Action.SESSIONS_ENDED, permission=None)
def end_other_sessions(caller: Caller, *, keep: str) -> int:
    """End the caller's own sessions except the one with this key; returns how many."""
    rows = UserSession.objects.within(caller.scope).filter(user_id=caller.user or 0).exclude(session_key=keep)
    ended = _end(list(rows))
    record(caller, Action.SESSIONS_ENDED, user=caller.user_name, sessions=ended)
    return ended


def end_sessions(user: User, *, keep: str = "") -> None:
    """End the user's sessions, for commands that record why."""
    _end(
        list(UserSession.objects.everything(reason="the user was reached").filter(user=user).exclude(session_key=keep))
    )


def _end(rows: list[UserSession]) -> int:
    # Django's row goes first: without it the browser's cookie names nothing.
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    UserSession.objects.everything(reason="read through a scope").filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
