"""Enterprise projects: POST /v2/enterprises/enterprise-projects/authority (huawei:D6)."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.organizations import (
    NotVerifiedEnterprise,
    authorize_enterprise_projects,
    enterprise_projects,
)
from openpartner.huawei.base import CUSTOMER, HuaweiRequest
from openpartner.huawei.registry import PER_SECOND, operation

CHECK_FAILED = "CBC.99007004"


class CreateEnterpriseProjectAuth(HuaweiRequest):
    """The body says nothing."""


@operation(
    "CreateEnterpriseProjectAuth",
    route="POST /v2/enterprises/enterprise-projects/authority",
    kinds=CUSTOMER,
    permission=Permission.CONSENT,
    per_second=PER_SECOND,
    docs="oce/ep_00022",
    writes=True,
    raises={NotVerifiedEnterprise: CHECK_FAILED},
)
def create_enterprise_project_auth(caller: Caller, request: CreateEnterpriseProjectAuth) -> None:
    """Authorize the calling customer's enterprise projects; the second time changes nothing.

    vendor doc silent: the second time, which succeeds here; whoever is asked twice wants the same.
    """
    if enterprise_projects(caller.scope) is None:
        authorize_enterprise_projects(caller)
