"""Taking quotas back from resellers: POST /v2/partners/coupon-quotas/indirect-partner-reclaim (huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import On, Presence
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.quotas import QUOTAS_AT_ONCE, take_quotas_back
from openpartner.huawei.base import DISTRIBUTOR, HuaweiRequest, HuaweiResponse
from openpartner.huawei.coupons.shapes import QUOTA_STATE, RAISES, Code, ErrorDetail, failure, money
from openpartner.huawei.registry import PER_SECOND, operation

EMPTY_IS_KEPT = Presence(null=On.ABSENT, empty=On.KEEP)


class ReclaimCouponQuotas(HuaweiRequest):
    """The body."""

    quota_ids: Annotated[list[Code], Meta(min_length=1, max_length=QUOTAS_AT_ONCE)]
    remark: Annotated[Annotated[str, Meta(max_length=255)], EMPTY_IS_KEPT] = ""


class ReclaimedQuota(HuaweiResponse):
    """A quota and what is left of it."""

    quota_id: str
    quota_balance: Decimal


class ReclaimCouponQuotasResponse(HuaweiResponse):
    """What failed and why, and what was taken back."""

    error_details: list[ErrorDetail]
    simple_quota_infos: list[ReclaimedQuota]


@operation(
    "ReclaimCouponQuotas",
    route="POST /v2/partners/coupon-quotas/indirect-partner-reclaim",
    kinds=DISTRIBUTOR,
    permission=Permission.VOUCHER_WRITE,
    per_second=PER_SECOND,
    docs="",
    writes=True,
    raises=RAISES,
    language="zh",
)
def reclaim_coupon_quotas(caller: Caller, request: ReclaimCouponQuotas) -> ReclaimCouponQuotasResponse:
    """Take back all that is left of quotas that the caller gave."""
    results = take_quotas_back(caller, quotas=request.quota_ids, remark=request.remark)
    return ReclaimCouponQuotasResponse(
        [failure(one.id, one.error, QUOTA_STATE) for one in results if one.error is not None],
        [ReclaimedQuota(one.id, money(one.left_micros)) for one in results if one.error is None],
    )
