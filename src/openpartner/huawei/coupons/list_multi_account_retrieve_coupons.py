"""Coupons that a master may take back: GET /v2/enterprises/multi-accounts/retrieve-coupons (huawei:D7a)."""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.queries import VoucherRow, retrievable
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.coupons.enterprise import SharedCoupon, facts
from openpartner.huawei.coupons.shapes import Limit, Offset
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.slices import Slice


class ListMultiAccountRetrieveCoupons(HuaweiRequest):
    """The query."""

    sub_customer_id: Annotated[Text64, BLANK_IS_INVALID]
    offset: Offset = 0
    limit: Limit = 10


class RetrievableCoupon(SharedCoupon, kw_only=True):
    """The master's coupon, the member's that came out of it, and what is left of that one."""

    sub_coupon_id: str

    @classmethod
    def of(cls, row: VoucherRow) -> RetrievableCoupon:
        told, parent = facts(row), row.voucher.parent
        assert parent is not None, "asked for"
        return cls(
            coupon_id=parent.code,
            sub_coupon_id=told.coupon_id,
            plan_name=told.plan_name,
            balance=told.balance,
            effective_time=told.effective_time,
            expire_time=told.expire_time,
            use_limits=told.use_limits,
        )


class ListMultiAccountRetrieveCouponsResponse(HuaweiResponse):
    """A page of coupons and how many there are."""

    total_count: int
    avail_retrieve_coupons: list[RetrievableCoupon]


@operation(
    "ListMultiAccountRetrieveCoupons",
    route="GET /v2/enterprises/multi-accounts/retrieve-coupons",
    kinds=CUSTOMER,
    permission=Permission.VOUCHER_READ,
    per_second=PER_SECOND,
    docs="",
    language="zh",
)
def list_multi_account_retrieve_coupons(
    caller: Caller, request: ListMultiAccountRetrieveCoupons
) -> ListMultiAccountRetrieveCouponsResponse:
    """What the caller gave to a member and can take back; somebody who got nothing is an empty list."""
    found = retrievable(caller.account, request.sub_customer_id, Slice(request.offset, request.limit))
    return ListMultiAccountRetrieveCouponsResponse(found.total, [RetrievableCoupon.of(row) for row in found.items])
