"""Authenticating a company, old: POST /v1.0/{partner_id}/partner/customer-mgr/realname-auth/enterprise (mc_00005)."""

from __future__ import annotations

from typing import Annotated

from msgspec import field

from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, Text64
from openpartner.huawei.realname.given import (
    Address,
    Files,
    LegacyEnterprisePerson,
    Name,
    Number,
    Platform,
    Region,
    applied,
    company,
)
from openpartner.huawei.realname.legacy_create_individual_realname_auth import LegacyRealnameAuthResponse
from openpartner.huawei.registry import PER_SECOND, operation


class LegacyCreateEnterpriseRealnameAuth(HuaweiRequest, rename="camel"):
    """The body; `partner_id` is not verified (huawei:F22)."""

    customer_id: Annotated[Text64, BLANK_IS_INVALID]
    identify_type: int
    verified_file_url: Files = field(name="verifiedFileURL")
    corp_name: Name
    verified_number: Number
    xaccount_type: Platform
    certificate_type: Annotated[int | None, NULL_IS_ABSENT] = None
    reg_country: Annotated[Region | None, BLANK_IS_ABSENT] = None
    reg_address: Annotated[Address | None, BLANK_IS_ABSENT] = None
    enterprise_person: Annotated[LegacyEnterprisePerson | None, NULL_IS_ABSENT] = None


@operation(
    "LegacyCreateEnterpriseRealnameAuth",
    route="POST /v1.0/{partner_id}/partner/customer-mgr/realname-auth/enterprise",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00005",
    writes=True,
)
def legacy_create_enterprise_realname_auth(
    caller: Caller, request: LegacyCreateEnterpriseRealnameAuth
) -> LegacyRealnameAuthResponse:
    """Submit a direct customer of the caller as a company."""
    given = company(request)
    return LegacyRealnameAuthResponse(is_review=applied(caller, request, given))
