"""Taking a coupon back from a member: POST /v2/enterprises/multi-accounts/retrieve-coupon (huawei:D7a)."""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.sharing import take_coupon_back
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.coupons.enterprise import RAISES
from openpartner.huawei.coupons.shapes import Code
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.money import plain


class ReclaimEnterpriseMultiAccountCoupon(HuaweiRequest):
    """The body; the serial number keeps a repeat from happening."""

    customer_id: Text64
    coupon_id: Code
    sub_coupon_id: Code
    trans_id: Annotated[Code | None, BLANK_IS_ABSENT] = None


class ReclaimEnterpriseMultiAccountCouponResponse(HuaweiResponse):
    """How much came back; the misspelt name is the wire's."""

    real_retrieve_amout: str


@operation(
    "ReclaimEnterpriseMultiAccountCoupon",
    route="POST /v2/enterprises/multi-accounts/retrieve-coupon",
    kinds=CUSTOMER,
    permission=Permission.MEMBER_MANAGE,
    per_second=PER_SECOND,
    docs="",
    writes=True,
    raises=RAISES,
    language="zh",
)
def reclaim_enterprise_multi_account_coupon(
    caller: Caller, request: ReclaimEnterpriseMultiAccountCoupon
) -> ReclaimEnterpriseMultiAccountCouponResponse:
    """Take back all that is left of a coupon that a member got from the calling master."""
    _given, micros = take_coupon_back(
        caller,
        member=request.customer_id,
        coupon=request.coupon_id,
        sub_coupon=request.sub_coupon_id,
        key=f"{caller.account}:{request.trans_id}" if request.trans_id else None,
    )
    return ReclaimEnterpriseMultiAccountCouponResponse(plain(micros))
