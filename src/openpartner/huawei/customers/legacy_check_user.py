"""Whether a customer may register, as v1.0 asks it: POST /v1.0/{partner_id}/partner/customer-mgr/check-user."""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, LegacyResponse, Text64
from openpartner.huawei.customers.identities import check_identity
from openpartner.huawei.registry import PER_SECOND, operation


class LegacyCheckUser(HuaweiRequest, rename="camel"):
    """The body; both are mandatory."""

    search_type: Annotated[str, BLANK_IS_INVALID]
    search_key: Annotated[Text64, BLANK_IS_INVALID]


class LegacyCheckUserResponse(LegacyResponse):
    """`status` 0 free, 1 exists; `uplimit` 1 when the number has registered as many accounts as it may."""

    status: str
    uplimit: str


@operation(
    "LegacyCheckUser",
    route="POST /v1.0/{partner_id}/partner/customer-mgr/check-user",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=PER_SECOND,
    docs="bpconsole/zh-cn_topic_0083753561",
)
def legacy_check_user(caller: Caller, request: LegacyCheckUser) -> LegacyCheckUserResponse:
    """Whether a name, e-mail address or mobile number can register."""
    found = check_identity(request.search_type, request.search_key, kind_field="searchType", value_field="searchKey")
    # vendor doc silent: whether a number that is used but has room left "exists"; the newer page calls it available.
    return LegacyCheckUserResponse(
        status="0" if found.is_free else "1",
        uplimit="1" if found.remaining == 0 else "0",
    )
