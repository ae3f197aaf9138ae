"""Whether a customer may register: POST /v2/partners/sub-customers/users/check-identity.

By contract it tells what exists in other tenants: a name that is taken is taken for everybody.
"""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.customers.identities import check_identity
from openpartner.huawei.registry import PER_SECOND, operation


class CheckUserIdentity(HuaweiRequest):
    """The body; both are mandatory."""

    search_type: Annotated[str, BLANK_IS_INVALID]
    search_value: Annotated[Text64, BLANK_IS_INVALID]


class CheckUserIdentityResponse(HuaweiResponse):
    """The answer; `mobile_remain_available_num` for mobile numbers alone, `error_code` and `error_msg` on failure."""

    check_result: str
    mobile_remain_available_num: int | None = None


@operation(
    "CheckUserIdentity",
    route="POST /v2/partners/sub-customers/users/check-identity",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00023",
)
def check_user_identity(caller: Caller, request: CheckUserIdentity) -> CheckUserIdentityResponse:
    """Whether a name, e-mail address or mobile number can register."""
    found = check_identity(
        request.search_type, request.search_value, kind_field="search_type", value_field="search_value"
    )
    return CheckUserIdentityResponse("available" if found.is_free else "used_by_user", found.remaining)
