"""The rules every door shares: who gets in, who is locked out, and what is written down about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from openpartner.core.access import throttle
from openpartner.core.access.models import User
from openpartner.core.access.operators import operator
from openpartner.core.access.second_factor import accepts_code, accepts_recovery_code, has_second_factor
from openpartner.core.access.users import caller_of
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed, NotVisible
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.kit import clock

FAILED_SIGN_INS_MAX = 5
LOCKED_FOR = timedelta(minutes=15)
FAILURES = "failed-sign-ins"
NOBODY = "nobody"


class SignInRefused(NotAllowed):
    """Wrong name, password or second factor, a disabled or a locked user, a barred source: told the same way."""


class Proof(Enum):
    """What somebody has shown."""

    NONE = 0
    HALF = 1
    """The password is right and the second factor is still to come."""
    WHOLE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where somebody knocks."""

    via: str
    source: str = ""
    """The address they come from; empty where it is unknown, and then nothing is counted for it."""
    request_id: str = ""


def sign_in(
    user: User | None, password: str, passcode: str | None, *, via: str, source: str = "", request_id: str = ""
) -> User:
    """The user, when password and code are right at once; SignInRefused otherwise. For doors without pages.

    The caller found the user by its own naming; None means nobody has that name. A user whose only second factor
    is a passkey cannot show it here and is refused.
    """
    door = Door(via=via, source=source, request_id=request_id)
    refuse_barred(door)
    right = _is_password(user, password)

    def weigh(user: User) -> Proof:
        second = not has_second_factor(user) or (passcode is not None and accepts_code(user, passcode))
        return Proof.WHOLE if right and second else Proof.NONE

    return settle(user, door, weigh, by="password")[0]


def begin_sign_in(user: User | None, password: str, door: Door) -> tuple[User, Proof]:
    """The user, and whether the password was all it takes; SignInRefused otherwise."""
    refuse_barred(door)
    right = _is_password(user, password)

    def weigh(user: User) -> Proof:
        if not right:
            return Proof.NONE
        return Proof.HALF if has_second_factor(user) else Proof.WHOLE

    return settle(user, door, weigh, by="password")


def finish_sign_in(user: User, code: str, door: Door) -> User:
    """The user whose password was right, when a one-time or recovery code is too; SignInRefused otherwise."""
    refuse_barred(door)

    def weigh(user: User) -> Proof:
        return Proof.WHOLE if accepts_code(user, code) or accepts_recovery_code(user, code) else Proof.NONE

    return settle(user, door, weigh, by="code")[0]


def confirm(user: User, door: Door, *, password: str = "", code: str = "") -> None:
    """Let somebody who is signed in show again who they are, by password or by code; SignInRefused otherwise."""
    refuse_barred(door)
    right = bool(password) and _is_password(user, password)

    def weigh(user: User) -> Proof:
        return Proof.WHOLE if right or (bool(code) and accepts_code(user, code)) else Proof.NONE

    settle(user, door, weigh, by="password" if password else "code", action=Action.CONFIRMED)


def settle(
    user: User | None,
    door: Door,
    weigh: Callable[[User], Proof],
    *,
    by: str,
    action: Action = Action.SIGNED_IN,
) -> tuple[User, Proof]:
    """The one decision: the user and what it has shown, which is never nothing; SignInRefused otherwise.

    Five failures in a row lock the user for fifteen minutes, whichever door they came through, and some more lock
    their source out. Both outcomes are audited. `weigh` is asked inside the transaction, with the user's row held,
    and only for somebody who may sign in at all: a locked user's codes are not used up.
    """
    with transaction.atomic():
        proof = Proof.NONE
        if user is None:
            who = _stranger(door)
        else:
            user = _held(user)
            who = caller_of(user, via=door.via, request_id=door.request_id)
            locked = user.locked_until is not None and user.locked_until > clock.now()
            if user.is_active and not locked:
                proof = weigh(user)
            _count(user, proof, who, door, locked=locked)
        if proof is Proof.NONE:
            _count_source(door)
        if proof is not Proof.HALF and who is not None:
            outcome = action if proof is Proof.WHOLE else Action.SIGN_IN_REFUSED
            record(who, outcome, user=who.user_name, by=by, source=door.source)
    if user is None or proof is Proof.NONE:
        raise SignInRefused("wrong name or password")
    return user, proof


def refuse_barred(door: Door) -> None:
    """SignInRefused for a source that has failed too often; asked before anything that costs time."""
    limit = settings.OPENPARTNER.failed_sign_ins_per_source
    if limit and door.source and throttle.counted(FAILURES, throttle.network_of(door.source)) >= limit:
        raise SignInRefused("wrong name or password")


def _count(user: User, proof: Proof, who: Caller, door: Door, *, locked: bool) -> None:
    """Keep the user's failures: a whole proof forgets them, half of one does not."""
    if proof is Proof.WHOLE:
        user.failed_sign_ins, user.locked_until = 0, None
    elif proof is Proof.NONE and not locked:
        user.failed_sign_ins += 1
        if user.failed_sign_ins >= FAILED_SIGN_INS_MAX:
            user.failed_sign_ins, user.locked_until = 0, clock.now() + LOCKED_FOR
            _tell_locked(user)
            record(who, Action.USER_LOCKED, user=user.name, source=door.source)
    user.save(update_fields=["failed_sign_ins", "locked_until", "totp_last_step"])


def _tell_locked(user: User) -> None:
    values = {
        "name": user.name,
        "account": user.account.account_name,
        "attempts": str(FAILED_SIGN_INS_MAX),
        "time": clock.now().strftime("%Y-%m-%d %H:%M UTC"),
        "minutes": str(int(LOCKED_FOR.total_seconds()) // 60),
    }
    post(Template.SIGN_IN_LOCKED, values, to=user.email, language=user.language, account=user.account_id, user=user.pk)


def _count_source(door: Door) -> None:
    limit = settings.OPENPARTNER.failed_sign_ins_per_source
    if not limit or not door.source:
        return
    failures = throttle.count(FAILURES, throttle.network_of(door.source), window=LOCKED_FOR)
    if failures == limit and (provider := _stranger(door)) is not None:
        # The provider runs the installation: which source is barred is its business, not that of the last victim.
        record(provider, Action.SOURCE_BARRED, source=door.source, failures=failures)


def _held(user: User) -> User:
    rows = User.objects.everything(reason="sign-in").select_for_update(of=("self",)).select_related("account")
    return rows.get(pk=user.pk)


def _stranger(door: Door) -> Caller | None:
    """Nobody, written down by the provider; None before there is one."""
    try:
        caller = operator(via=door.via, request_id=door.request_id)
    except NotVisible:
        return None
    return replace(caller, user_name=NOBODY, permissions=frozenset())


def _is_password(user: User | None, password: str) -> bool:
    """Whether it is the user's. Outside any transaction: it takes tens of milliseconds, also for nobody."""
    return check_password(password, user.password if user is not None else _nobodys()) and user is not None


@cache
def _nobodys() -> str:
    """Checked when no user has the name, so that a wrong name costs what a wrong password costs."""
    return make_password("nobody has this password")
