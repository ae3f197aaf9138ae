"""From a person to a company, old: PUT /v1.0/{partner_id}/partner/customer-mgr/realname-auth/enterprise (mc_00006)."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR
from openpartner.huawei.realname.given import applied, company
from openpartner.huawei.realname.legacy_create_enterprise_realname_auth import LegacyCreateEnterpriseRealnameAuth
from openpartner.huawei.realname.legacy_create_individual_realname_auth import LegacyRealnameAuthResponse
from openpartner.huawei.registry import PER_SECOND, operation


class LegacyChangeEnterpriseRealnameAuth(LegacyCreateEnterpriseRealnameAuth, kw_only=True, rename="camel"):
    """The body; `partner_id` is not verified (huawei:F22)."""

    change_type: int


@operation(
    "LegacyChangeEnterpriseRealnameAuth",
    route="PUT /v1.0/{partner_id}/partner/customer-mgr/realname-auth/enterprise",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00006",
    writes=True,
)
def legacy_change_enterprise_realname_auth(
    caller: Caller, request: LegacyChangeEnterpriseRealnameAuth
) -> LegacyRealnameAuthResponse:
    """Submit the change of a direct customer of the caller, who is authenticated as a person until it passes."""
    given = company(request, change_type=request.change_type)
    return LegacyRealnameAuthResponse(is_review=applied(caller, request, given))
