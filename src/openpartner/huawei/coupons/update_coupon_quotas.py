"""Giving quotas to resellers: POST /v2/partners/coupon-quotas/indirect-partner-adjust (huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.quotas import QUOTAS_AT_ONCE, share_quota
from openpartner.huawei.base import DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.coupons.shapes import RAISES, Code, ErrorDetail, failure
from openpartner.huawei.errors import NOT_MY_RESELLER
from openpartner.huawei.registry import PER_SECOND, operation


class UpdateCouponQuotas(HuaweiRequest):
    """The body; the amount is what each of them gets."""

    quota_id: Code
    indirect_partner_ids: Annotated[list[Text64], Meta(min_length=1, max_length=QUOTAS_AT_ONCE)]
    quota_amount: Decimal


class GivenQuota(HuaweiResponse):
    """A reseller and its new quota."""

    id: str
    quota_id: str


class UpdateCouponQuotasResponse(HuaweiResponse):
    """Who got none and why, and who got which."""

    error_details: list[ErrorDetail]
    simple_quota_infos: list[GivenQuota]


@operation(
    "UpdateCouponQuotas",
    route="POST /v2/partners/coupon-quotas/indirect-partner-adjust",
    kinds=DISTRIBUTOR,
    permission=Permission.VOUCHER_WRITE,
    per_second=PER_SECOND,
    docs="",
    writes=True,
    raises=RAISES,
    language="zh",
)
def update_coupon_quotas(caller: Caller, request: UpdateCouponQuotas) -> UpdateCouponQuotasResponse:
    """Give each reseller a quota of its own out of the caller's."""
    results = share_quota(
        caller, quota=request.quota_id, resellers=request.indirect_partner_ids, amount=request.quota_amount
    )
    return UpdateCouponQuotasResponse(
        [failure(one.id, one.error, NOT_MY_RESELLER) for one in results if one.error is not None],
        [GivenQuota(one.id, one.quota.code) for one in results if one.quota is not None],
    )
