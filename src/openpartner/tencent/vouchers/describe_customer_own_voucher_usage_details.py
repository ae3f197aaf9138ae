"""DescribeCustomerOwnVoucherUsageDetails: what one of the caller's vouchers paid."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.queries import VoucherFilter, find_voucher, list_uses, uses_of
from openpartner.kit.slices import Slice
from openpartner.tencent.base import C, PageNumber, PageSize, TencentRequest, TencentResponse
from openpartner.tencent.credit.amounts import number
from openpartner.tencent.registry import operation
from openpartner.tencent.vouchers.shapes import Blank, Use, VoucherNumber, month_span, uses

NOTHING = Decimal(0)


class DescribeCustomerOwnVoucherUsageDetails(TencentRequest):
    """Which page, of which voucher, and of which month."""

    page: PageNumber
    page_size: PageSize
    voucher_id: VoucherNumber
    month: Annotated[Annotated[str, Meta(max_length=7)] | None, Blank] = None


class DescribeCustomerOwnVoucherUsageDetailsResponse(TencentResponse):
    """A page of uses, the voucher's amounts, and how many uses there are: in all, and in the month."""

    data: list[Use]
    voucher_id: int
    total_amount: Decimal
    remain_amount: Decimal
    total_records_count: int
    month: str
    records_count_by_month: int


@operation(
    "DescribeCustomerOwnVoucherUsageDetails", kinds=C, permission=Permission.VOUCHER_READ, per_second=20, docs=""
)
def describe_customer_own_voucher_usage_details(
    caller: Caller, request: DescribeCustomerOwnVoucherUsageDetails
) -> DescribeCustomerOwnVoucherUsageDetailsResponse:
    """The uses of a voucher of the caller's, the newest first; an unknown one answers zeros (tencent:D.4)."""
    since, until = month_span(request.month)
    row = find_voucher(caller.scope, VoucherFilter(customer=caller.account, number=request.voucher_id))
    month = request.month or ""
    if row is None:
        return DescribeCustomerOwnVoucherUsageDetailsResponse([], request.voucher_id, NOTHING, NOTHING, 0, month, 0)
    window = Slice.page(request.page, request.page_size)
    found = list_uses(caller.scope, row.voucher, window, since=since, until=until)
    return DescribeCustomerOwnVoucherUsageDetailsResponse(
        uses(found.items, caller.uin),
        row.voucher.pk,
        number(row.voucher.face_micros),
        number(row.shown_micros),
        uses_of(caller.scope, row.voucher).count(),
        month,
        found.total,
    )
