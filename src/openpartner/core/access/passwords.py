"""Passwords: changed by their owner, or set once through a mailed link by whoever forgot theirs or was invited."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from openpartner.core.access import throttle
from openpartner.core.access.models import PasswordLink, User
from openpartner.core.access.roles import Preset
from openpartner.core.access.sessions import end_sessions
from openpartner.core.access.signing_in import Door, SignInRefused
from openpartner.core.access.users import caller_of, create_user, get_user, revoke_tokens
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.kit import clock

RESET_VALID_FOR = timedelta(minutes=30)
INVITATION_VALID_FOR = timedelta(days=7)
RESET_WINDOW = timedelta(hours=1)
RESETS_PER_SOURCE, RESETS_PER_ADDRESS = 20, 3
LINK_PATH = "/password/{token}/"
"""The console's page behind a link; a test asks it whether it has it."""
TOKEN_BYTES = 32


@command(Action.PASSWORD_CHANGED, permission=None)
def change_password(caller: Caller, *, old: str, new: str, keep: str = "") -> User:
    """Change the caller's own password, end its other sessions and revoke its tokens; returns the user.

    A user without a password gets its first. `keep` is the key of the session that stays. SignInRefused when the
    old password is wrong, Invalid when the new one is too easily guessed.
    """
    user = get_user(caller.scope, caller.user or 0)
    if user.has_usable_password() and not check_password(old, user.password):
        raise SignInRefused("the old password is wrong")
    _set(user, new, keep=keep)
    _tell_changed(user)
    record(caller, Action.PASSWORD_CHANGED, user=user.name)
    return user


def ask_for_reset(email: str, door: Door, *, language: str) -> None:
    """Mail a link to whoever has this address, and say nothing about whether anybody has.

    A source may ask twenty times an hour, an address is mailed three times an hour; beyond that nothing happens.
    """
    address = email.strip().casefold()
    source = throttle.network_of(door.source)
    asked = throttle.count("resets-by-source", source, window=RESET_WINDOW) if source else 0
    mailed = throttle.count("resets-of-address", address, window=RESET_WINDOW)
    user = (
        User.objects.everything(reason="a forgotten password knows no scope")
        .select_related("account")
        .filter(email=address, is_active=True)
        .first()
    )
    if user is None or asked > RESETS_PER_SOURCE or mailed > RESETS_PER_ADDRESS:
        return
    with transaction.atomic():
        values = {
            "name": user.name,
            "account": user.account.account_name,
            "minutes": str(int(RESET_VALID_FOR.total_seconds()) // 60),
            "link": _link(user, RESET_VALID_FOR),
        }
        _mail(user, Template.PASSWORD_RESET, values, language=user.language or language)
        who = caller_of(user, via=door.via, request_id=door.request_id)
        record(who, Action.PASSWORD_RESET_ASKED, user=user.name, source=door.source)


@command(Action.USER_CREATED, permission=Permission.MEMBER_MANAGE)
def invite_user(
    caller: Caller, *, name: str, email: str, presets: Sequence[Preset], custom: Sequence[int] = (), language: str = ""
) -> User:
    """Create a user of the caller's own account who sets the password through a mailed link within a week.

    Raises what `create_user` raises.
    """
    user = create_user(caller, name=name, email=email, password=None, presets=presets, custom=custom)
    if language:
        user.language = language
        user.save(update_fields=["language"])
    _mail_invitation(caller, user)
    return user


@command(Action.USER_INVITED, permission=Permission.MEMBER_MANAGE)
def invite_again(caller: Caller, *, user_id: int) -> User:
    """Mail a new link to somebody who has not set a password yet. Conflict when there is one."""
    user = get_user(caller.scope, user_id)
    if user.has_usable_password() or not user.is_active:
        raise Conflict("the user has a password already, or is disabled")
    _mail_invitation(caller, user)
    record(caller, Action.USER_INVITED, user=user.name)
    return user


def find_link(token: str) -> User | None:
    """The active user whose link this is, while it is good; None for any other."""
    link = _good(token)
    return link.user if link is not None and link.user.is_active else None


def set_password_by_link(token: str, new: str, door: Door) -> User:
    """Set the password of the link's user and use the link up; all sessions and tokens end, and a lock is lifted.

    NotVisible when the link is unknown, used or expired; Invalid when the password is too easily guessed.
    """
    with transaction.atomic():
        link = _good(token, held=True)
        if link is None or not link.user.is_active:
            raise NotVisible("link")
        user = link.user
        _set(user, new)
        PasswordLink.objects.filter(user=user, used_at__isnull=True).update(used_at=clock.now())
        user.failed_sign_ins, user.locked_until = 0, None
        user.save(update_fields=["failed_sign_ins", "locked_until"])
        _tell_changed(user)
        who = caller_of(user, via=door.via, request_id=door.request_id)
        record(who, Action.PASSWORD_CHANGED, user=user.name, by="link", source=door.source)
    return user


def check_new_password(password: str, user: User | None = None) -> None:
    """Invalid, with the validators' own sentences, when a password is too easily guessed."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid("password", " ".join(error.messages)) from error


def _set(user: User, new: str, *, keep: str = "") -> None:
    check_new_password(new, user)
    user.set_password(new)
    user.save(update_fields=["password"])
    end_sessions(user, keep=keep)
    revoke_tokens(user)


def _link(user: User, valid_for: timedelta) -> str:
    token, now = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    PasswordLink.objects.create(user=user, token_hash=_hash(token), issued_at=now, expires_at=now + valid_for)
    return settings.OPENPARTNER.url + LINK_PATH.format(token=token)


def _good(token: str, *, held: bool = False) -> PasswordLink | None:
    links = PasswordLink.objects.select_for_update(of=("self",)) if held else PasswordLink.objects
    return (
        links.select_related("user", "user__account")
        .filter(token_hash=_hash(token), used_at__isnull=True, expires_at__gt=clock.now())
        .first()
    )


def _mail_invitation(caller: Caller, user: User) -> None:
    values = {
        "name": user.name,
        "account": caller.account_name,
        "inviter": caller.user_name,
        "days": str(INVITATION_VALID_FOR.days),
        "link": _link(user, INVITATION_VALID_FOR),
    }
    _mail(user, Template.INVITATION, values, language=user.language)


def _tell_changed(user: User) -> None:
    values = {
        "name": user.name,
        "account": user.account.account_name,
        "time": clock.now().strftime("%Y-%m-%d %H:%M UTC"),
    }
    _mail(user, Template.PASSWORD_CHANGED, values, language=user.language)


def _mail(user: User, template: Template, values: dict[str, str], *, language: str) -> None:
    post(template, values, to=user.email, language=language, account=user.account_id, user=user.pk)


def _hash(token: str) -> str:
    """What is stored of a token: its SHA-256. A token is random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
