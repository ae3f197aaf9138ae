"""A token by password: POST /v3/auth/tokens (huawei:C4). It is answered in the header X-Subject-Token."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from django.conf import settings
from msgspec import Meta

from openpartner.apikit.operation import Answer, Stranger
from openpartner.core.access.models import User
from openpartner.core.access.signing_in import SignInRefused
from openpartner.core.access.tokens import find_iam_user, issue_token
from openpartner.core.access.users import role_names
from openpartner.core.base.errors import Invalid, NotAllowed
from openpartner.core.base.kinds import Site
from openpartner.huawei.base import HuaweiRequest, HuaweiResponse, Text64, Text128
from openpartner.huawei.errors import UNAUTHORIZED
from openpartner.huawei.iam.base import Named
from openpartner.huawei.iam.identifiers import REGIONS, project_id, role_id, user_id, user_key
from openpartner.huawei.registry import PER_SECOND, operation

PASSWORD, TOTP, ASSUME_ROLE = "password", "totp", "assume_role"


class Name(HuaweiRequest):
    """An account or a project, by id or by name."""

    id: Text64 | None = None
    name: Text128 | None = None


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


class Scope(HuaweiRequest):
    """What the token is for: the account, or its project."""

    domain: Name | None = None
    project: Name | None = None


class Auth(HuaweiRequest):
    """The one member of the body."""

    identity: Identity
    scope: Scope | None = None


class CreateToken(HuaweiRequest):
    """The body."""

    auth: Auth


class TokenUser(HuaweiResponse):
    """The user of a token."""

    id: str
    name: str
    domain: Named
    password_expires_at: str


class TokenProject(HuaweiResponse):
    """The project a token is for."""

    id: str
    name: str
    domain: Named


class Endpoint(HuaweiResponse):
    """Where a service is."""

    id: str
    interface: str
    region: str
    region_id: str
    url: str


class Service(HuaweiResponse):
    """A service of the catalog."""

    id: str
    type: str
    name: str
    endpoints: list[Endpoint]


class TokenFacts(HuaweiResponse):
    """What a token stands for; either a domain or a project."""

    expires_at: str
    issued_at: str
    methods: list[str]
    user: TokenUser
    roles: list[Named]
    catalog: list[Service]
    domain: Named | None = None
    project: TokenProject | None = None


class TokenBody(HuaweiResponse):
    """The answer's body."""

    token: TokenFacts


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
    if user is not None and not _is_own(user, scope):
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
    if ASSUME_ROLE in methods:
        raise NotAllowed("assume_role is not available in this release: a partner cannot act as its customer.")
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


def _is_own(user: User, scope: Scope) -> bool:
    """Whether the scope is the user's account or its project; without one it is the account.

    vendor doc silent: a scope without id and name is taken as the user's own, as an absent one is.
    """
    account = user.account
    if scope.domain is not None:
        return scope.domain.id in {None, account.account_id} and scope.domain.name in {None, account.account_name}
    if scope.project is not None:
        region = REGIONS[Site(account.site)]
        own = project_id(account.account_id, region)
        return scope.project.id in {None, own} and scope.project.name in {None, region}
    return True


def _facts(user: User, scope: Scope, methods: list[str], issued: datetime, expires: datetime) -> TokenFacts:
    account = user.account
    domain = Named(account.account_id, account.account_name)
    region = REGIONS[Site(account.site)]
    own: dict[str, Any] = {"domain": domain}
    if scope.project is not None:
        own = {"project": TokenProject(project_id(account.account_id, region), region, domain)}
    return TokenFacts(
        expires_at=_keystone_time(expires),
        issued_at=_keystone_time(issued),
        methods=methods,
        user=TokenUser(user_id(user.pk), user.name, domain, ""),
        roles=[Named(role_id(account.account_id, name), name) for name in role_names(user)],
        catalog=[_service(kind) for kind in ("iam", "bss")],
        **own,
    )


def _service(kind: str) -> Service:
    """Both services stand at one address, the configured one and never the Host the request named."""
    endpoint = Endpoint(role_id("endpoint", kind), "public", "*", "*", settings.OPENPARTNER.api_url)
    return Service(role_id("service", kind), kind, kind, [endpoint])


def _keystone_time(moment: datetime) -> str:
    """Keystone's spelling, UTC: 2026-01-01T00:00:00.000000Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
