"""Authenticating a person, old: POST /v1.0/{partner_id}/partner/customer-mgr/realname-auth/individual (mc_00004)."""

from __future__ import annotations

from typing import Annotated

from msgspec import field

from openpartner.apikit.presence import BLANK_IS_INVALID, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, LegacyResponse, Text64
from openpartner.huawei.realname.given import Files, Name, Number, Platform, applied, person
from openpartner.huawei.registry import PER_SECOND, operation


class LegacyCreateIndividualRealnameAuth(HuaweiRequest, rename="camel"):
    """The body; `partner_id` is not verified (huawei:F22)."""

    customer_id: Annotated[Text64, BLANK_IS_INVALID]
    identify_type: int
    verified_file_url: Files = field(name="verifiedFileURL")
    name: Name
    verified_number: Number
    xaccount_type: Platform
    verified_type: Annotated[int | None, NULL_IS_ABSENT] = None
    change_type: Annotated[int | None, NULL_IS_ABSENT] = None


class LegacyRealnameAuthResponse(LegacyResponse, rename={"is_review": "isReview"}):
    """Whether somebody has to review it."""

    is_review: int


@operation(
    "LegacyCreateIndividualRealnameAuth",
    route="POST /v1.0/{partner_id}/partner/customer-mgr/realname-auth/individual",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00004",
    writes=True,
)
def legacy_create_individual_realname_auth(
    caller: Caller, request: LegacyCreateIndividualRealnameAuth
) -> LegacyRealnameAuthResponse:
    """Submit a direct customer of the caller as a person."""
    return LegacyRealnameAuthResponse(is_review=applied(caller, request, person(caller, request)))
