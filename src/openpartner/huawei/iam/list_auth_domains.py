"""Who am I, by IAM: GET /v3/auth/domains. The SDK asks it when it is given no domain id (huawei:C2)."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.huawei.base import HuaweiResponse
from openpartner.huawei.iam.base import EVERYBODY, Links, Nothing
from openpartner.huawei.registry import PER_SECOND, operation


class AuthDomain(HuaweiResponse):
    """An account, which IAM calls a domain."""

    id: str
    name: str
    enabled: bool
    description: str
    links: Links


class AuthDomains(HuaweiResponse):
    """The one account the caller's user belongs to."""

    domains: list[AuthDomain]
    links: Links


@operation(
    "KeystoneListAuthDomains",
    route="GET /v3/auth/domains",
    kinds=EVERYBODY,
    permission=None,
    per_second=PER_SECOND,
    docs="iam/iam_07_0001",
)
def list_auth_domains(caller: Caller, request: Nothing) -> AuthDomains:
    """The caller's account."""
    domain = AuthDomain(caller.account_id, caller.account_name, enabled=True, description="", links=Links())
    return AuthDomains([domain], Links())
