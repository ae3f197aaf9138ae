"""What became of it, old: GET /v1.0/{partner_id}/partner/customer-mgr/realname-auth/result (mc_00007)."""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, LegacyResponse, Text64
from openpartner.huawei.realname.results import result_of
from openpartner.huawei.registry import PER_SECOND, operation

NO_CUSTOMER = "CBC.5002"
"""v1.0's word for a customer that is not the partner's. Its page gives it a 500, which would be our own failure."""


class LegacyShowRealnameAuthResult(HuaweiRequest, rename="camel"):
    """The query; `partner_id` is not verified (huawei:F22)."""

    customer_id: Annotated[Text64, BLANK_IS_INVALID]


class LegacyShowRealnameAuthResultResponse(LegacyResponse, rename={"review_result": "reviewResult"}):
    """0 in review, 1 rejected, 2 passed, once there was an application; the opinion on a rejected one, else null."""

    review_result: int | None
    opinion: str | None


@operation(
    "LegacyShowRealnameAuthResult",
    route="GET /v1.0/{partner_id}/partner/customer-mgr/realname-auth/result",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00007",
    raises={NotVisible: NO_CUSTOMER},
)
def legacy_show_realname_auth_result(
    caller: Caller, request: LegacyShowRealnameAuthResult
) -> LegacyShowRealnameAuthResultResponse:
    """The result for a direct customer of the caller."""
    result, opinion = result_of(caller, request.customer_id)
    return LegacyShowRealnameAuthResultResponse(review_result=result, opinion=opinion)
