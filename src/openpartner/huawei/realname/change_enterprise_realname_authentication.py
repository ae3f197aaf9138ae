"""From an authenticated person to a company: PUT /v2/customers/realname-auths/enterprise (huawei:D1, mc_00019)."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR
from openpartner.huawei.realname.create_enterprise_realname_authentication import CreateEnterpriseRealnameAuthentication
from openpartner.huawei.realname.create_personal_realname_auth import RealnameAuthResponse
from openpartner.huawei.realname.given import applied, company
from openpartner.huawei.registry import PER_SECOND, operation


class ChangeEnterpriseRealnameAuthentication(CreateEnterpriseRealnameAuthentication, kw_only=True):
    """The body."""

    change_type: int


@operation(
    "ChangeEnterpriseRealnameAuthentication",
    route="PUT /v2/customers/realname-auths/enterprise",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00019",
    writes=True,
)
def change_enterprise_realname_authentication(
    caller: Caller, request: ChangeEnterpriseRealnameAuthentication
) -> RealnameAuthResponse:
    """Submit the change of a direct customer of the caller, who is authenticated as a person until it passes."""
    given = company(request, change_type=request.change_type)
    return RealnameAuthResponse(applied(caller, request, given))
