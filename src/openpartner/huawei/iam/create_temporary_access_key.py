"""Temporary keys: POST /v3.0/OS-CREDENTIAL/securitytokens, by a token and by an agency (huawei:C4, huawei:D7c)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from msgspec import Meta

from openpartner.apikit.operation import Answer
from openpartner.core.access.temporary import (
    TemporaryKey,
    issue_acting_key,
    issue_temporary_key,
    own_caller,
)
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import PARTNER_KINDS
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import HuaweiRequest, HuaweiResponse
from openpartner.huawei.iam.agencies import DURATION_MAX, DURATION_MIN, AgencyIdentity, taken_on
from openpartner.huawei.iam.base import EVERYBODY
from openpartner.huawei.iam.bodies import is_by_agency
from openpartner.huawei.iam.facts import keystone_time
from openpartner.huawei.registry import PER_SECOND, operation

TOKEN = "token"  # noqa: S105  # a method's name


class AgencyAuth(HuaweiRequest):
    """The one member of the body."""

    identity: AgencyIdentity


class CreateByAgency(HuaweiRequest):
    """The body."""

    auth: AgencyAuth


class TokenGiven(HuaweiRequest):
    """The token, where it is not in the header, and how long the key is good."""

    id: Annotated[str, Meta(max_length=4096)] | None = None
    duration_seconds: Annotated[int, Meta(ge=DURATION_MIN, le=DURATION_MAX)] | None = None


class TokenIdentity(HuaweiRequest):
    """The one method, and its member."""

    methods: Annotated[list[str], Meta(min_length=1, max_length=4)]
    token: TokenGiven | None = None
    policy: Any = None


class TokenAuth(HuaweiRequest):
    """The one member of the body."""

    identity: TokenIdentity


class CreateByToken(HuaweiRequest):
    """The body."""

    auth: TokenAuth


class Credential(HuaweiResponse):
    """The pair, its security token, and until when they are good."""

    expires_at: str
    access: str
    secret: str
    securitytoken: str


class CredentialBody(HuaweiResponse):
    """The answer's body."""

    credential: Credential


@operation(
    "CreateTemporaryAccessKeyByAgency",
    route="POST /v3.0/OS-CREDENTIAL/securitytokens",
    kinds=PARTNER_KINDS,
    permission=Permission.ON_BEHALF,
    per_second=PER_SECOND,
    docs="iam/iam_04_0101",
    writes=True,
    keeps_secret=True,
    only_for=is_by_agency,
)
def create_by_agency(caller: Caller, request: CreateByAgency) -> Answer[CredentialBody]:
    """A key to act as a customer that has authorized the caller."""
    identity = request.auth.identity
    found = taken_on(caller, identity)
    assert identity.assume_role is not None
    assert found.delegation_id is not None, "granted without a delegation"
    seconds = identity.assume_role.duration_seconds or DURATION_MIN
    return _told(issue_acting_key(caller, delegation=found.delegation_id, seconds=seconds))


@operation(
    "CreateTemporaryAccessKeyByToken",
    route="POST /v3.0/OS-CREDENTIAL/securitytokens",
    kinds=EVERYBODY,
    permission=None,
    per_second=PER_SECOND,
    docs="iam/iam_04_0002",
    writes=True,
    keeps_secret=True,
)
def create_by_token(caller: Caller, request: CreateByToken) -> Answer[CredentialBody]:
    """A key that stands for what the token stands for: its user, or whoever that acts for."""
    identity = request.auth.identity
    if identity.methods != [TOKEN]:
        raise Invalid("auth.identity.methods", f'is ["{TOKEN}"] or ["assume_role"]')
    if identity.policy is not None:
        raise Invalid("auth.identity.policy", "is not available")
    seconds = (identity.token.duration_seconds if identity.token is not None else None) or DURATION_MIN
    if caller.acting is None:
        return _told(issue_temporary_key(caller, seconds=seconds))
    return _told(issue_acting_key(own_caller(caller), delegation=caller.acting.delegation, seconds=seconds))


def _told(made: TemporaryKey) -> Answer[CredentialBody]:
    told = Credential(keystone_time(made.expires_at), made.access_key, made.secret_key, made.security_token)
    return Answer(CredentialBody(told), HTTPStatus.CREATED)
