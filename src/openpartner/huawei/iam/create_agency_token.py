"""A customer's token for its partner: POST /v3/auth/tokens with assume_role (huawei:C4)."""

from __future__ import annotations

from http import HTTPStatus

from openpartner.apikit.operation import Answer
from openpartner.core.access.temporary import NOT_AUTHORIZED, issue_acting_token
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotAllowed
from openpartner.core.base.kinds import PARTNER_KINDS
from openpartner.core.base.permissions import Permission
from openpartner.core.on_behalf.models import Authorization
from openpartner.core.on_behalf.vocabulary import permissions_for
from openpartner.huawei.base import HuaweiRequest
from openpartner.huawei.iam.agencies import ADMINISTRATOR, AGENCY, READER, AgencyIdentity, taken_on
from openpartner.huawei.iam.base import Named
from openpartner.huawei.iam.bodies import ASSUME_ROLE, is_by_agency
from openpartner.huawei.iam.facts import (
    Assumer,
    Scope,
    TokenBody,
    TokenFacts,
    TokenUser,
    catalog,
    is_of,
    keystone_time,
    target,
)
from openpartner.huawei.iam.identifiers import role_id, user_id
from openpartner.huawei.registry import PER_SECOND, operation


class Auth(HuaweiRequest):
    """The one member of the body."""

    identity: AgencyIdentity
    scope: Scope | None = None


class CreateAgencyToken(HuaweiRequest):
    """The body."""

    auth: Auth


@operation(
    "KeystoneCreateAgencyToken",
    route="POST /v3/auth/tokens",
    kinds=PARTNER_KINDS,
    permission=Permission.ON_BEHALF,
    per_second=PER_SECOND,
    docs="iam/iam_30_0003",
    writes=True,
    keeps_secret=True,
    only_for=is_by_agency,
)
def create_agency_token(caller: Caller, request: CreateAgencyToken) -> Answer[TokenBody]:
    """A token that is good for 24 hours, and no longer than the authorization that it stands on."""
    scope = request.auth.scope or Scope()
    if scope.domain is not None and scope.project is not None:
        raise Invalid("auth.scope", "is a domain or a project, not both")
    found = taken_on(caller, request.auth.identity)
    if not is_of(found.customer, scope):
        raise NotAllowed(NOT_AUTHORIZED)
    assert found.delegation_id is not None, "granted without a delegation"
    token, issued, expires = issue_acting_token(caller, delegation=found.delegation_id)
    facts = _facts(caller, found, scope)
    facts.issued_at, facts.expires_at = keystone_time(issued), keystone_time(expires)
    return Answer(TokenBody(facts), HTTPStatus.CREATED, (("X-Subject-Token", token),))


def _facts(caller: Caller, found: Authorization, scope: Scope) -> TokenFacts:
    customer = found.customer
    domain = Named(customer.account_id, customer.account_name)
    own = Named(caller.account_id, caller.account_name)
    roles = [READER]
    if Permission.ORDER_WRITE in permissions_for(found.allowed) & caller.permissions:
        roles.append(ADMINISTRATOR)
    agency = role_id(customer.account_id, "agency")
    return TokenFacts(
        expires_at="",
        issued_at="",
        methods=[ASSUME_ROLE],
        user=TokenUser(agency, f"{customer.account_name}/{AGENCY}", domain, ""),
        roles=[Named(role_id(customer.account_id, name), name) for name in roles],
        catalog=catalog(),
        assumed_by=Assumer(TokenUser(user_id(caller.user or 0), caller.user_name, own, "")),
        **target(customer, scope),
    )
