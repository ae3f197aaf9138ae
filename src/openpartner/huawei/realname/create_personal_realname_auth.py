"""Authenticating a person: POST /v2/customers/realname-auths/individual (huawei:D1, mc_00017)."""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_INVALID, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.realname.given import Files, Name, Number, Platform, applied, person
from openpartner.huawei.registry import PER_SECOND, operation


class CreatePersonalRealnameAuth(HuaweiRequest):
    """The body."""

    customer_id: Annotated[Text64, BLANK_IS_INVALID]
    identify_type: int
    verified_file_url: Files
    name: Name
    verified_number: Number
    xaccount_type: Platform
    verified_type: Annotated[int | None, NULL_IS_ABSENT] = None
    change_type: Annotated[int | None, NULL_IS_ABSENT] = None


class RealnameAuthResponse(HuaweiResponse):
    """Whether somebody has to review it."""

    is_review: int


@operation(
    "CreatePersonalRealnameAuth",
    route="POST /v2/customers/realname-auths/individual",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00017",
    writes=True,
)
def create_personal_realname_auth(caller: Caller, request: CreatePersonalRealnameAuth) -> RealnameAuthResponse:
    """Submit a direct customer of the caller as a person."""
    return RealnameAuthResponse(applied(caller, request, person(caller, request)))
