"""Taking on the role of a customer: whom a request names, by which agency, and whether it has authorized the caller.

The vendor calls what a customer delegates to its partner an agency; here it is the authorization (huawei:B10).
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from openpartner.core.access.temporary import NOT_AUTHORIZED
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotAllowed
from openpartner.core.on_behalf.models import Authorization
from openpartner.core.on_behalf.queries import find_giver
from openpartner.huawei.base import HuaweiRequest, Text64, Text128
from openpartner.huawei.iam.bodies import ASSUME_ROLE

AGENCY = "partner"
"""vendor doc silent: how the agency of an authorization that was given in the console is called. The page of the token
names the partner's platform (xaccount_type), which is taken where the customer was created with one."""
READER, ADMINISTRATOR = "readonly", "te_admin"
"""bpconsole_apifaq_00001: what the roles of a customer's token are called."""
DURATION_MIN, DURATION_MAX = 900, 86_400


class SessionUser(HuaweiRequest):
    """A name that the partner gives whoever uses the key; it is not kept."""

    name: Text64 | None = None


class AssumeRole(HuaweiRequest):
    """Whose role, and by which agency."""

    domain_name: Text128 | None = None
    domain_id: Text64 | None = None
    agency_name: Text128 | None = None
    xrole_name: Text128 | None = None  # what older pages call the agency
    duration_seconds: Annotated[int, Meta(ge=DURATION_MIN, le=DURATION_MAX)] | None = None
    session_user: SessionUser | None = None


class AgencyIdentity(HuaweiRequest):
    """The one method, and its member."""

    methods: Annotated[list[str], Meta(min_length=1, max_length=4)]
    assume_role: AssumeRole | None = None
    policy: Any = None


def taken_on(caller: Caller, identity: AgencyIdentity) -> Authorization:
    """The authorization that a request takes on.

    Invalid for what is malformed; NotAllowed, told the same way, for an account that is not there, that is another's,
    that has not authorized the caller and that has no such agency.
    """
    if identity.methods != [ASSUME_ROLE]:
        raise Invalid("auth.identity.methods", f'is ["{ASSUME_ROLE}"] by itself')
    if identity.policy is not None:
        # Left out it would open more than was asked for.
        raise Invalid("auth.identity.policy", "is not available")
    role = identity.assume_role
    if role is None:
        raise Invalid("auth.identity.assume_role", "is missing")
    if role.domain_id is None and role.domain_name is None:
        raise Invalid("auth.identity.assume_role", "has a domain_id or a domain_name")
    agency = role.agency_name if role.agency_name is not None else role.xrole_name
    if agency is None:
        raise Invalid("auth.identity.assume_role.agency_name", "is missing")
    found = find_giver(caller, account_id=role.domain_id, account_name=role.domain_name)
    if found is None or not agency or agency not in {AGENCY, found.customer.external_platform}:
        raise NotAllowed(NOT_AUTHORIZED)
    return found
