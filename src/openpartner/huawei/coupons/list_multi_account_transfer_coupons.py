"""Coupons that a master may give: GET /v2/enterprises/multi-accounts/transfer-coupons (huawei:D7a)."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.queries import transferable
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse
from openpartner.huawei.coupons.enterprise import SharedCoupon, facts
from openpartner.huawei.coupons.shapes import Limit, Offset
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.slices import Slice


class ListMultiAccountTransferCoupons(HuaweiRequest):
    """The query."""

    offset: Offset = 0
    limit: Limit = 10


class ListMultiAccountTransferCouponsResponse(HuaweiResponse):
    """A page of coupons and how many there are."""

    total_count: int
    avail_transfer_coupons: list[SharedCoupon]


@operation(
    "ListMultiAccountTransferCoupons",
    route="GET /v2/enterprises/multi-accounts/transfer-coupons",
    kinds=CUSTOMER,
    permission=Permission.VOUCHER_READ,
    per_second=PER_SECOND,
    docs="",
    language="zh",
)
def list_multi_account_transfer_coupons(
    caller: Caller, request: ListMultiAccountTransferCoupons
) -> ListMultiAccountTransferCouponsResponse:
    """The caller's own usable coupons, the one that runs out first at the top."""
    found = transferable(caller.account, Slice(request.offset, request.limit))
    return ListMultiAccountTransferCouponsResponse(found.total, [facts(row) for row in found.items])
