"""Who signed: the one row read on every signed request, turned into a caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.utils.crypto import constant_time_compare

from openpartner.core.access.acting import acting_as
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
        .values_list(
            "id",
            "secret",
            "is_active",
            Epoch(F("last_used_at")),
            Epoch(F("expires_at")),
            "token_hash",
            "delegation",
            *_columns("user__"),
        )
    )


def _token_row(hashed: str) -> QuerySet[Any, Any]:
    return AuthToken.objects.filter(token_hash=hashed, revoked_at__isnull=True).values_list(
        "id", Epoch(F("expires_at")), "delegation", *_columns("user__")
    )


_find_key = Compiled(_key_row, MARK)
_find_token = Compiled(_token_row, MARK)


@dataclass(frozen=True, slots=True)
class Signer:
    """An access key with its secret in clear, and what is needed to become a caller."""

    key: int
    secret: str
    is_active: bool
    last_used: int
    expires: int
    token: str
    """The hash of the security token; empty for a key that is not temporary."""
    delegation: int | None
    user: tuple[Any, ...]

    @property
    def usable(self) -> bool:
        """Whether it signs by itself."""
        return self.is_usable_beside(None)

    def is_usable_beside(self, security_token: str | None) -> bool:
        """Whether it signs beside this security token: a temporary key with its own, any other without one."""
        if not self.is_active:
            return False
        if not self.token:
            return security_token is None
        given = token_hash(security_token or "")
        return constant_time_compare(self.token, given) and self.expires > clock.epoch_seconds()

    def caller(self, *, via: str, request_id: str, language: str = "en") -> Caller:
        """The caller this key stands for, as itself."""
        return _caller(self.user, via, request_id, language, self.key)

    def signed_by(self, *, via: str, request_id: str, language: str = "en") -> Caller | None:
        """The same; for a key that was made to act for another account that caller, None when it may not any more."""
        own = self.caller(via=via, request_id=request_id, language=language)
        return own if self.delegation is None else acting_as(own, self.delegation)


def find_signer(access_key: str) -> Signer | None:
    """The signer with this public key, or None. The row is read each time, so disabling works at once."""
    rows = _find_key(access_key)
    if not rows:
        return None
    key, secret, key_active, last_used, expires, token, delegation, *user = rows[0]
    is_active = bool(key_active and user[2])
    return Signer(key, opened(secret), is_active, last_used, expires, token, delegation, tuple(user))


def caller_by_token(token: str, *, via: str, request_id: str, language: str = "en") -> Caller | None:
    """The caller behind a Huawei token; None when it is unknown, revoked, expired or its user disabled.

    One that was made to act for another account is that caller, and None once it may not any more.
    """
    rows = _find_token(token_hash(token))
    if not rows:
        return None
    _, expires, delegation, *user = rows[0]
    if expires <= clock.epoch_seconds() or not user[2]:
        return None
    own = _caller(tuple(user), via, request_id, language, None)
    return own if delegation is None else acting_as(own, delegation)


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
