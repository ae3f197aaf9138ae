"""What a token of IAM stands for, on the wire: whose it is, until when, and what it may do (huawei:C4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import Site
from openpartner.huawei.base import HuaweiRequest, HuaweiResponse, Text64, Text128
from openpartner.huawei.iam.base import Named
from openpartner.huawei.iam.identifiers import REGIONS, project_id, role_id


class Name(HuaweiRequest):
    """An account or a project, by id or by name."""

    id: Text64 | None = None
    name: Text128 | None = None


class Scope(HuaweiRequest):
    """What the token is for: the account, or its project."""

    domain: Name | None = None
    project: Name | None = None


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


class Assumer(HuaweiResponse):
    """Who took on the role that a token is about."""

    user: TokenUser


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
    assumed_by: Assumer | None = None


class TokenBody(HuaweiResponse):
    """The answer's body."""

    token: TokenFacts


def is_of(account: Account, scope: Scope) -> bool:
    """Whether a scope is this account or its project; without one it is the account.

    vendor doc silent: a scope without id and name is taken as the account's own, as an absent one is.
    """
    if scope.domain is not None:
        return scope.domain.id in {None, account.account_id} and scope.domain.name in {None, account.account_name}
    if scope.project is not None:
        region = REGIONS[Site(account.site)]
        own = project_id(account.account_id, region)
        return scope.project.id in {None, own} and scope.project.name in {None, region}
    return True


def target(account: Account, scope: Scope) -> dict[str, Any]:
    """The member `domain` or `project` of a token for this scope of an account."""
    domain, region = Named(account.account_id, account.account_name), REGIONS[Site(account.site)]
    if scope.project is None:
        return {"domain": domain}
    return {"project": TokenProject(project_id(account.account_id, region), region, domain)}


def catalog() -> list[Service]:
    """Both services stand at one address, the configured one and never the Host the request named."""
    return [_service(kind) for kind in ("iam", "bss")]


def _service(kind: str) -> Service:
    endpoint = Endpoint(role_id("endpoint", kind), "public", "*", "*", settings.OPENPARTNER.api_url)
    return Service(role_id("service", kind), kind, kind, [endpoint])


def keystone_time(moment: datetime) -> str:
    """Keystone's spelling, UTC: 2026-01-01T00:00:00.000000Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
