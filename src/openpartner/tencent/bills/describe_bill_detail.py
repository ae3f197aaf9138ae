"""DescribeBillDetail: the lines of a customer's own month."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.kit.slices import Slice
from openpartner.tencent.base import C, PageNumber, TencentRequest, TencentResponse
from openpartner.tencent.bills.amounts import Month
from openpartner.tencent.bills.conditions import ActionType, PayMode, of_customer
from openpartner.tencent.bills.details import CustomerBillDetailData, customer_page
from openpartner.tencent.bills.whose import own_bills
from openpartner.tencent.registry import operation


class DescribeBillDetail(TencentRequest):
    """Which month, which of its lines, and which page of them."""

    month: Month
    page_size: Annotated[int, Meta(ge=1, le=200)]
    page: PageNumber
    pay_mode: PayMode = None
    action_type: ActionType = None


class DescribeBillDetailResponse(TencentResponse):
    """A page of lines and how many there are."""

    detail_set: list[CustomerBillDetailData]
    total: int


@operation(
    "DescribeBillDetail",
    kinds=C,
    permission=Permission.BILL_READ,
    per_second=1,
    docs="product/1085/56135",
)
def describe_bill_detail(caller: Caller, request: DescribeBillDetail) -> DescribeBillDetailResponse:
    """Lines by cloud and day, of every partner the customer had in the month."""
    scope = own_bills(caller)
    where = of_customer(scope, request.month, None, request.pay_mode, request.action_type)
    rows, total = customer_page(scope, where, caller.uin, Slice.page(request.page, request.page_size))
    return DescribeBillDetailResponse(rows, total)
