"""Who signed: the one row read on every signed request, turned into a caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from openpartner.core.access.models import AccessKey, AuthToken
from openpartner.core.access.roles import granted
from openpartner.core.access.scopes import scope_for
from openpartner.core.access.sealing import opened
from openpartner.core.access.tokens import token_hash
from openpartner.core.base.caller import Caller
from openpartner.core.base.compiled import Compiled
from openpartner.core.base.kinds import AccountKind, Site
from openpartner.core.base.sqltext import Epoch
from openpartner.kit import clock

MARK = "\x00mark"


ACCOUNT_COLUMNS = (
    "account_id",
    "account__uin",
    "account__account_id",
    "account__account_name",
    "account__kind",
    "account__site",
)
USER_COLUMNS = ("id", "name", "is_active", "permissions", "only_assigned")


def _columns(prefix: str) -> list[str]:
    return [f"{prefix}{name}" for name in (*USER_COLUMNS, *ACCOUNT_COLUMNS)]


def _key_row(access_key: str) -> QuerySet[Any, Any]:
    return (
        AccessKey.objects.everything(reason="who signed is not known yet")
        .filter(access_key=access_key)
        .values_list("id", "secret", "is_active", Epoch(F("last_used_at")), *_columns("user__"))
    )


def _token_row(hashed: str) -> QuerySet[Any, Any]:
    return AuthToken.objects.filter(token_hash=hashed, revoked_at__isnull=True).values_list(
        "id", Epoch(F("expires_at")), *_columns("user__")
    )


_find_key = Compiled(_key_row, MARK)
_find_token = Compiled(_token_row, MARK)


@dataclass(frozen=True, slots=True)
class Signer:
    """An access key with its secret in clear, and what is needed to become a caller."""

    key: int
    secret: str
    usable: bool
    last_used: int
    user: tuple[Any, ...]

    def caller(self, *, via: str, request_id: str, language: str = "en") -> Caller:
        """The caller this key stands for."""
        return _caller(self.user, via, request_id, language, self.key)


def find_signer(access_key: str) -> Signer | None:
    """The signer with this public key, or None. The row is read each time, so disabling works at once."""
    rows = _find_key(access_key)
    if not rows:
        return None
    key, secret, key_active, last_used, *user = rows[0]
    return Signer(key, opened(secret), bool(key_active and user[2]), last_used, tuple(user))


def caller_by_token(token: str, *, via: str, request_id: str, language: str = "en") -> Caller | None:
    """The caller behind a Huawei token; None when it is unknown, revoked, expired or its user disabled."""
    rows = _find_token(token_hash(token))
    if not rows:
        return None
    _, expires, *user = rows[0]
    if expires <= clock.epoch_seconds() or not user[2]:
        return None
    return _caller(tuple(user), via, request_id, language, None)


def _caller(user: tuple[Any, ...], via: str, request_id: str, language: str, key: int | None) -> Caller:
    user_id, name, _, permissions, only_assigned, account, uin, account_id, account_name, kind_code, site = user
    kind = _KINDS[kind_code]
    return Caller(
        account=account,
        uin=uin,
        account_id=account_id,
        account_name=account_name,
        kind=kind,
        site=_SITES[site],
        user=user_id,
        user_name=name,
        permissions=granted(permissions, kind),
        scope=scope_for(account=account, kind=kind, manager=user_id if only_assigned else None),
        via=via,
        key=key,
        request_id=request_id,
        language=language,
    )


_KINDS = {kind.value: kind for kind in AccountKind}
_SITES = {site.value: site for site in Site}
