"""A token by password: POST /v3/auth/tokens (huawei:C4). It is answered in the header X-Subject-Token."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.operation import Answer, Stranger
from openpartner.core.access.models import User
from openpartner.core.access.signing_in import SignInRefused
from openpartner.core.access.tokens import find_iam_user, issue_token
from openpartner.core.access.users import role_names
from openpartner.core.base.errors import Invalid
from openpartner.huawei.base import HuaweiRequest, Text64
from openpartner.huawei.errors import UNAUTHORIZED
from openpartner.huawei.iam.base import Named
from openpartner.huawei.iam.facts import (
    Name,
    Scope,
    TokenBody,
    TokenFacts,
    TokenUser,
    catalog,
    is_of,
    keystone_time,
    target,
)
from openpartner.huawei.iam.identifiers import role_id, user_id, user_key
from openpartner.huawei.registry import PER_SECOND, operation

PASSWORD, TOTP = "password", "totp"


class PasswordUser(HuaweiRequest):
    """Who signs in, by id, or by name within an account, and the password."""

    password: Annotated[str, Meta(max_length=256)]
    id: Text64 | None = None
    name: Text64 | None = None
    domain: Name | None = None


class Password(HuaweiRequest):
    """The first factor."""

    user: PasswordUser


class TotpUser(HuaweiRequest):
    """The same user again, and the code of the moment."""

    passcode: Annotated[str, Meta(max_length=16)]
    id: Text64 | None = None
    name: Text64 | None = None


class Totp(HuaweiRequest):
    """The second factor."""

    user: TotpUser


class Identity(HuaweiRequest):
    """Which factors, and the factors."""

    methods: Annotated[list[str], Meta(min_length=1, max_length=4)]
    password: Password | None = None
    totp: Totp | None = None


class Auth(HuaweiRequest):
    """The one member of the body."""

    identity: Identity
    scope: Scope | None = None


class CreateToken(HuaweiRequest):
    """The body."""

    auth: Auth


@operation(
    "KeystoneCreateUserTokenByPassword",
    route="POST /v3/auth/tokens",
    kinds=(),
    permission=None,
    per_second=PER_SECOND,
    docs="iam/iam_30_0001",
    writes=True,
    raises={SignInRefused: UNAUTHORIZED},
    anonymous=True,
)
def create_token(stranger: Stranger, request: CreateToken) -> Answer[TokenBody]:
    """A token that is good for 24 hours; 401 told the same way whatever is wrong with who signs in."""
    identity, scope = request.auth.identity, request.auth.scope or Scope()
    _check_methods(identity)
    if scope.domain is not None and scope.project is not None:
        raise Invalid("auth.scope", "is a domain or a project, not both")
    assert identity.password is not None
    first = identity.password.user
    user = _find(first)
    passcode = None
    if TOTP in identity.methods:
        assert identity.totp is not None
        passcode = identity.totp.user.passcode
        if not _is_same(user, identity.totp.user):
            user = None
    if user is not None and not is_of(user.account, scope):
        user = None  # a scope of somebody else's: as wrong as a wrong name, and told no different
    token, user, issued, expires = issue_token(
        user, first.password, passcode, source=stranger.source, request_id=stranger.request_id
    )
    # vendor doc silent: a second method from a user without a second factor; the code, which nobody checked, is not
    # vouched for, and the token says password alone.
    methods = [PASSWORD, TOTP] if user.totp_secret else [PASSWORD]
    return Answer(
        TokenBody(_facts(user, scope, methods, issued, expires)),
        HTTPStatus.CREATED,
        (("X-Subject-Token", token),),
    )


def _check_methods(identity: Identity) -> None:
    methods = set(identity.methods)
    if len(methods) < len(identity.methods) or not methods <= {PASSWORD, TOTP} or PASSWORD not in methods:
        raise Invalid("auth.identity.methods", 'is ["password"], or ["password", "totp"]')
    if identity.password is None:
        raise Invalid("auth.identity.password", "is missing")
    if TOTP in methods and identity.totp is None:
        raise Invalid("auth.identity.totp", "is missing")


def _find(first: PasswordUser) -> User | None:
    if first.id is not None:
        key = user_key(first.id)
        return None if key is None else find_iam_user(user_id=key)
    domain = first.domain or Name()
    if first.name is None or (domain.name is None and domain.id is None):
        raise Invalid("auth.identity.password.user", "has an id, or a name and a domain")
    return find_iam_user(user_name=first.name, account_name=domain.name, account_id=domain.id)


def _is_same(user: User | None, second: TotpUser) -> bool:
    """Whether the second factor names the user of the first; it may leave the name out."""
    return user is not None and second.id in {None, user_id(user.pk)} and second.name in {None, user.name}


def _facts(user: User, scope: Scope, methods: list[str], issued: datetime, expires: datetime) -> TokenFacts:
    account = user.account
    return TokenFacts(
        expires_at=keystone_time(expires),
        issued_at=keystone_time(issued),
        methods=methods,
        user=TokenUser(user_id(user.pk), user.name, Named(account.account_id, account.account_name), ""),
        roles=[Named(role_id(account.account_id, name), name) for name in role_names(user)],
        catalog=catalog(),
        **target(account, scope),
    )
