"""Temporary access keys: a pair and its security token, good for minutes to a day, of a user or of whoever it acts for.

The secret is sealed and the token hashed, like those of other keys and tokens.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from openpartner.core.access.acting import acting_as
from openpartner.core.access.models import AccessKey, AuthToken, User
from openpartner.core.access.sealing import seal
from openpartner.core.access.tokens import TOKEN_BYTES, VALID_FOR, token_hash
from openpartner.core.access.users import caller_of
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, LimitReached, NotAllowed
from openpartner.core.base.permissions import Permission
from openpartner.core.command import command
from openpartner.kit import clock
from openpartner.kit.ids import mint_access_key, mint_secret

SECONDS_MIN, SECONDS_MAX = 15 * 60, 24 * 3600
"""huawei:C4: fifteen minutes to a day; fifteen minutes unless asked for more."""
LIVE_MAX = 500
"""Of one user at a time."""
SECURITY_TOKEN_BYTES = 192
WHY = "of the caller's own user"


@dataclass(frozen=True, slots=True)
class TemporaryKey:
    """A temporary key at the one moment its secrets are readable."""

    access_key: str
    secret_key: str
    security_token: str
    expires_at: datetime


@command(Action.TEMPORARY_KEY_ISSUED, permission=None)
def issue_temporary_key(caller: Caller, *, seconds: int = SECONDS_MIN) -> TemporaryKey:
    """A temporary key of the calling user.

    Invalid outside fifteen minutes to a day; NotAllowed when the caller signed with such a key itself; LimitReached
    with too many that have not expired.
    """
    made = _issue(caller, None, seconds)
    record(caller, Action.TEMPORARY_KEY_ISSUED, user=caller.user_name, access_key=made.access_key, seconds=seconds)
    return made


@command(Action.TEMPORARY_KEY_ISSUED, permission=Permission.ON_BEHALF)
def issue_acting_key(caller: Caller, *, delegation: int, seconds: int = SECONDS_MIN) -> TemporaryKey:
    """The same, to act in the name of the account of a delegation; NotAllowed when the caller may not."""
    acting = acting_as(caller, delegation)
    if acting is None:
        raise NotAllowed(NOT_AUTHORIZED)
    made = _issue(caller, delegation, seconds)
    record(acting, Action.TEMPORARY_KEY_ISSUED, access_key=made.access_key, seconds=seconds)
    return made


@command(Action.TOKEN_ISSUED, permission=Permission.ON_BEHALF)
def issue_acting_token(caller: Caller, *, delegation: int) -> tuple[str, datetime, datetime]:
    """A token to act in the name of the account of a delegation, and when it was issued and expires (UTC).

    NotAllowed when the caller may not.
    """
    acting = acting_as(caller, delegation)
    if acting is None or caller.user is None:
        raise NotAllowed(NOT_AUTHORIZED)
    token, issued = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    AuthToken.objects.filter(user=caller.user, expires_at__lt=issued).delete()
    AuthToken.objects.create(
        user_id=caller.user,
        token_hash=token_hash(token),
        issued_at=issued,
        expires_at=issued + VALID_FOR,
        delegation_id=delegation,
    )
    record(acting, Action.TOKEN_ISSUED, user=caller.user_name)
    return token, issued, issued + VALID_FOR


def own_caller(caller: Caller) -> Caller:
    """Who a caller is itself, when it acts in the name of another."""
    if caller.acting is None:
        return caller
    user = User.objects.everything(reason=WHY).select_related("account").get(pk=caller.user or 0)
    own = caller_of(user, via=caller.via, request_id=caller.request_id, language=caller.language)
    return replace(own, key=caller.key)


NOT_AUTHORIZED = "You are not authorized to perform the requested action: there is no such agency."
"""The same for an account that is not there, that is another's and that has not authorized anybody."""


def _issue(caller: Caller, delegation: int | None, seconds: int) -> TemporaryKey:
    if not SECONDS_MIN <= seconds <= SECONDS_MAX:
        raise Invalid("duration_seconds", f"is {SECONDS_MIN} to {SECONDS_MAX}")
    own = AccessKey.objects.everything(reason=WHY).filter(user=caller.user, slot__isnull=True)
    if caller.user is None or (caller.key is not None and own.filter(pk=caller.key).exists()):
        raise NotAllowed("a temporary key does not make another one")
    now = clock.now()
    if own.filter(expires_at__gt=now).count() >= LIVE_MAX:
        raise LimitReached(f"a user has at most {LIVE_MAX} temporary keys at a time")
    made = TemporaryKey(
        mint_access_key(),
        mint_secret(),
        secrets.token_urlsafe(SECURITY_TOKEN_BYTES),
        now + timedelta(seconds=seconds),
    )
    AccessKey.objects.create(
        user_id=caller.user,
        access_key=made.access_key,
        secret=seal(made.secret_key),
        token_hash=token_hash(made.security_token),
        created_at=now,
        expires_at=made.expires_at,
        delegation_id=delegation,
    )
    return made
