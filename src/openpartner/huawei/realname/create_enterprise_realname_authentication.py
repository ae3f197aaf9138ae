"""Authenticating a company: POST /v2/customers/realname-auths/enterprise (huawei:D1, mc_00018)."""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, Text64
from openpartner.huawei.realname.create_personal_realname_auth import RealnameAuthResponse
from openpartner.huawei.realname.given import (
    Address,
    EnterprisePerson,
    Files,
    Name,
    Number,
    Platform,
    Region,
    applied,
    company,
)
from openpartner.huawei.registry import PER_SECOND, operation


class CreateEnterpriseRealnameAuthentication(HuaweiRequest):
    """The body."""

    customer_id: Annotated[Text64, BLANK_IS_INVALID]
    identify_type: int
    verified_file_url: Files
    corp_name: Name
    verified_number: Number
    xaccount_type: Platform
    certificate_type: Annotated[int | None, NULL_IS_ABSENT] = None
    reg_country: Annotated[Region | None, BLANK_IS_ABSENT] = None
    reg_address: Annotated[Address | None, BLANK_IS_ABSENT] = None
    enterprise_person: Annotated[EnterprisePerson | None, NULL_IS_ABSENT] = None


@operation(
    "CreateEnterpriseRealnameAuthentication",
    route="POST /v2/customers/realname-auths/enterprise",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00018",
    writes=True,
)
def create_enterprise_realname_authentication(
    caller: Caller, request: CreateEnterpriseRealnameAuthentication
) -> RealnameAuthResponse:
    """Submit a direct customer of the caller as a company."""
    given = company(request)
    return RealnameAuthResponse(applied(caller, request, given))
