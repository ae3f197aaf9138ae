"""What became of an authentication: GET /v2/customers/realname-auths/result (huawei:D1, mc_00020)."""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.realname.results import result_of
from openpartner.huawei.registry import PER_SECOND, operation


class ShowRealnameAuthenticationReviewResult(HuaweiRequest):
    """The query."""

    customer_id: Annotated[Text64, BLANK_IS_INVALID]


class ShowRealnameAuthenticationReviewResultResponse(HuaweiResponse):
    """0 in review, 1 rejected, 2 passed, once there was an application; the opinion on a rejected one."""

    review_result: int | None = None
    opinion: str | None = None


@operation(
    "ShowRealnameAuthenticationReviewResult",
    route="GET /v2/customers/realname-auths/result",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00020",
)
def show_realname_authentication_review_result(
    caller: Caller, request: ShowRealnameAuthenticationReviewResult
) -> ShowRealnameAuthenticationReviewResultResponse:
    """The result for a direct customer of the caller."""
    return ShowRealnameAuthenticationReviewResultResponse(*result_of(caller, request.customer_id))
