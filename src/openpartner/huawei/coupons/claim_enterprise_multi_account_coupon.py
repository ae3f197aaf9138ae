"""Giving a coupon to a member: POST /v2/enterprises/multi-accounts/transfer-coupon (huawei:D7a)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.sharing import transfer_coupon
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.coupons.enterprise import RAISES, amount
from openpartner.huawei.coupons.shapes import Code
from openpartner.huawei.registry import PER_SECOND, operation


class ClaimEnterpriseMultiAccountCoupon(HuaweiRequest):
    """The body; the serial number keeps a repeat from happening."""

    customer_id: Text64
    coupon_id: Code
    amount: Annotated[str, Meta(max_length=32)]
    trans_id: Annotated[Code | None, BLANK_IS_ABSENT] = None


class ClaimEnterpriseMultiAccountCouponResponse(HuaweiResponse):
    """The member's coupon."""

    sub_coupon_id: str


@operation(
    "ClaimEnterpriseMultiAccountCoupon",
    route="POST /v2/enterprises/multi-accounts/transfer-coupon",
    kinds=CUSTOMER,
    permission=Permission.MEMBER_MANAGE,
    per_second=PER_SECOND,
    docs="",
    writes=True,
    raises=RAISES,
    language="zh",
)
def claim_enterprise_multi_account_coupon(
    caller: Caller, request: ClaimEnterpriseMultiAccountCoupon
) -> ClaimEnterpriseMultiAccountCouponResponse:
    """Give a part of one of the calling master's coupons to a member."""
    given = transfer_coupon(
        caller,
        member=request.customer_id,
        coupon=request.coupon_id,
        amount=amount(request.amount),
        key=f"{caller.account}:{request.trans_id}" if request.trans_id else None,
    )
    return ClaimEnterpriseMultiAccountCouponResponse(given.code)
