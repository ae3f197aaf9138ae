"""AllocateCreditPool: giving a second-level reseller credit to allocate, or taking it back."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, LimitReached
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.allocations import allocate_pool
from openpartner.tencent.base import D, TencentRequest, TencentResponse, Uin
from openpartner.tencent.credit.amounts import change_of, number
from openpartner.tencent.errors import VOUCHER_OUT_OF_RANGE
from openpartner.tencent.registry import operation


class AllocateCreditPool(TencentRequest):
    """By how much the pool of which reseller changes: an increment, which may be negative (tencent:F.4)."""

    sub_agent_uin: Uin
    credit: Decimal


class AllocateCreditPoolResponse(TencentResponse):
    """What the reseller has now."""

    remaining_credit: Decimal
    total_credit: Decimal


@operation(
    "AllocateCreditPool",
    kinds=D,
    permission=Permission.CREDIT_WRITE,
    per_second=5,
    docs="product/1085/63257",
    writes=True,
    # The one code of an amount that the page lists speaks of vouchers (tencent:F.4).
    raises={Invalid: VOUCHER_OUT_OF_RANGE, LimitReached: VOUCHER_OUT_OF_RANGE},
)
def allocate_credit_pool(caller: Caller, request: AllocateCreditPool) -> AllocateCreditPoolResponse:
    """Add to the pool of one of the caller's resellers; a negative amount takes back what is not given on."""
    change = change_of(caller, request.credit, "Credit")
    done = allocate_pool(caller, reseller=request.sub_agent_uin, change=change, key=caller.request_id)
    return AllocateCreditPoolResponse(number(done.available.micros), number(done.total.micros))
