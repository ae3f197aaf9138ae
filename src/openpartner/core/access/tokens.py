"""Huawei tokens: issued by password, kept as hashes, valid a day."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from openpartner.core.access.models import AuthToken, User
from openpartner.core.access.signing_in import sign_in
from openpartner.core.access.users import caller_of
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.kit import clock

VALID_FOR = timedelta(hours=24)
"""huawei:C4: about 24 hours."""
TOKEN_BYTES = 48


def token_hash(token: str) -> str:
    """What is stored of a token: its SHA-256. A token is random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_iam_user(
    *,
    user_id: int | None = None,
    user_name: str | None = None,
    account_name: str | None = None,
    account_id: str | None = None,
) -> User | None:
    """The user that Huawei's token request names: by key, or by user name within an account (domain)."""
    assert user_id is not None or (user_name is not None and (account_name, account_id) != (None, None))
    named = {"pk": user_id, "name": user_name, "account__account_name": account_name, "account__account_id": account_id}
    return (
        User.objects.everything(reason="sign-in knows no scope yet")
        .select_related("account")
        .filter(**{column: value for column, value in named.items() if value is not None})
        .first()
    )


def issue_token(
    user: User | None, password: str, passcode: str | None, *, source: str = "", request_id: str = ""
) -> tuple[str, User, datetime, datetime]:
    """A new token, its user, and when it was issued and expires (UTC). SignInRefused when anything is wrong."""
    user = sign_in(user, password, passcode, via="huawei", source=source, request_id=request_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    issued = clock.now()
    with transaction.atomic():
        AuthToken.objects.filter(user=user, expires_at__lt=issued).delete()
        AuthToken.objects.create(
            user=user, token_hash=token_hash(token), issued_at=issued, expires_at=issued + VALID_FOR
        )
        record(caller_of(user, via="huawei", request_id=request_id), Action.TOKEN_ISSUED, user=user.name)
    return token, user, issued, issued + VALID_FOR
