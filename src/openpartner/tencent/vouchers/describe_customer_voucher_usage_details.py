"""DescribeCustomerVoucherUsageDetails: what one voucher of a customer paid."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.queries import VoucherFilter, find_voucher, list_uses, uses_of
from openpartner.kit.slices import Slice
from openpartner.tencent.base import DSR, PageNumber, PageSize, TencentRequest, TencentResponse, Uin
from openpartner.tencent.credit.amounts import number
from openpartner.tencent.registry import operation
from openpartner.tencent.vouchers.shapes import Blank, Use, VoucherNumber, month_span, uses

NOTHING = Decimal(0)


class DescribeCustomerVoucherUsageDetails(TencentRequest):
    """Which page, of which voucher of whom, and of which month."""

    page: PageNumber
    page_size: PageSize
    customer_uin: Uin
    voucher_id: VoucherNumber
    month: Annotated[Annotated[str, Meta(max_length=7)] | None, Blank] = None


class DescribeCustomerVoucherUsageDetailsResponse(TencentResponse):
    """A page of uses, the voucher's amounts, and how many uses there are: in all, and in the month."""

    data: list[Use]
    customer_uin: int
    voucher_id: int
    total_amount: Decimal
    remain_amount: Decimal
    total_records_count: int
    month: str
    records_count_by_month: int


@operation(
    "DescribeCustomerVoucherUsageDetails",
    kinds=DSR,
    permission=Permission.VOUCHER_READ,
    per_second=20,
    docs="product/1085/78773",
)
def describe_customer_voucher_usage_details(
    caller: Caller, request: DescribeCustomerVoucherUsageDetails
) -> DescribeCustomerVoucherUsageDetailsResponse:
    """The uses of one of the caller's own vouchers, the newest first; an unknown one answers zeros (tencent:D.4)."""
    since, until = month_span(request.month)
    scope = caller.own()
    where = VoucherFilter(partner=caller.account, customer_uin=request.customer_uin, number=request.voucher_id)
    row = find_voucher(scope, where)
    head = request.customer_uin, request.voucher_id
    month = request.month or ""
    if row is None:
        return DescribeCustomerVoucherUsageDetailsResponse([], *head, NOTHING, NOTHING, 0, month, 0)
    window = Slice.page(request.page, request.page_size)
    found = list_uses(scope, row.voucher, window, since=since, until=until)
    return DescribeCustomerVoucherUsageDetailsResponse(
        uses(found.items, request.customer_uin),
        *head,
        number(row.voucher.face_micros),
        number(row.shown_micros),
        uses_of(scope, row.voucher).count(),
        month,
        found.total,
    )
