"""DescribeCustomerBillDetail: the lines of a customer's month."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.kit.slices import Slice
from openpartner.tencent.base import DSR, PageNumber, TencentRequest, TencentResponse, Uin
from openpartner.tencent.bills.amounts import Month
from openpartner.tencent.bills.conditions import ActionType, IsConfirmed, PayMode, is_nothing, of_customer
from openpartner.tencent.bills.details import BillDetailData, partner_page
from openpartner.tencent.bills.whose import direct_customer
from openpartner.tencent.errors import NOT_MY_CUSTOMER
from openpartner.tencent.registry import operation


class DescribeCustomerBillDetail(TencentRequest):
    """Whose month, which of its lines, and which page of them."""

    customer_uin: Uin
    month: Month
    page_size: Annotated[int, Meta(ge=1, le=200)]
    page: PageNumber
    pay_mode: PayMode = None
    action_type: ActionType = None
    is_confirmed: IsConfirmed = None


class DescribeCustomerBillDetailResponse(TencentResponse):
    """A page of lines and how many there are."""

    total: int
    detail_set: list[BillDetailData]


@operation(
    "DescribeCustomerBillDetail",
    kinds=DSR,
    permission=Permission.BILL_READ,
    per_second=5,
    docs="",
    raises={NotVisible: NOT_MY_CUSTOMER},
)
def describe_customer_bill_detail(
    caller: Caller, request: DescribeCustomerBillDetail
) -> DescribeCustomerBillDetailResponse:
    """Lines by cloud and day."""
    scope, customer = caller.own(), direct_customer(caller, request.customer_uin)
    if is_nothing(caller, request.is_confirmed, customer, request.month):
        return DescribeCustomerBillDetailResponse(0, [])
    where = of_customer(scope, request.month, customer, request.pay_mode, request.action_type)
    window = Slice.page(request.page, request.page_size)
    rows, total = partner_page(scope, where, request.customer_uin, window)
    return DescribeCustomerBillDetailResponse(total, rows)
