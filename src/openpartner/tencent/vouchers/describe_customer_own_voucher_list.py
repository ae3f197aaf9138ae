"""DescribeCustomerOwnVoucherList: a customer's vouchers."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.queries import VoucherFilter, VoucherRow, list_vouchers
from openpartner.core.vouchers.vocabulary import PaymentMode, Reach
from openpartner.kit.slices import Slice
from openpartner.tencent.base import C, TencentResponse
from openpartner.tencent.credit.amounts import number
from openpartner.tencent.registry import operation
from openpartner.tencent.vouchers.shapes import (
    MODE_OF,
    MODES,
    REACH_OF,
    REACHES,
    STATUS_OF,
    STATUSES,
    VoucherPage,
    effective,
    said,
)


class DescribeCustomerOwnVoucherList(VoucherPage):
    """Which page, of which vouchers."""


class OwnVoucher(TencentResponse):
    """One voucher, as its customer sees it: without usage and reason."""

    voucher_id: int
    customer_uin: int
    voucher_status: str
    remaining_amount: Decimal
    total_amount: Decimal
    payment_mode: str
    product_scope: str
    effective_time: str
    expire_time: str

    @classmethod
    def of(cls, row: VoucherRow, uin: int) -> OwnVoucher:
        voucher = row.voucher
        begin, end = effective(row)
        return cls(
            voucher.pk,
            uin,
            STATUS_OF[row.standing],
            number(row.shown_micros),
            number(voucher.face_micros),
            MODE_OF[PaymentMode(voucher.payment_mode)],
            REACH_OF[Reach(voucher.reach)],
            begin,
            end,
        )


class DescribeCustomerOwnVoucherListResponse(TencentResponse):
    """A page of vouchers and how many there are."""

    total_count: int
    data: list[OwnVoucher]


@operation("DescribeCustomerOwnVoucherList", kinds=C, permission=Permission.VOUCHER_READ, per_second=20, docs="")
def describe_customer_own_voucher_list(
    caller: Caller, request: DescribeCustomerOwnVoucherList
) -> DescribeCustomerOwnVoucherListResponse:
    """The caller's vouchers, the newest first, whoever issued them."""
    where = VoucherFilter(
        customer=caller.account,
        number=request.voucher_id,
        standings=said("VoucherStatus", STATUSES, request.voucher_status),
        payment_mode=said("PaymentMode", MODES, request.payment_mode),
        reach=said("ProductScope", REACHES, request.product_scope),
    )
    found = list_vouchers(caller.scope, where, Slice.page(request.page, request.page_size))
    return DescribeCustomerOwnVoucherListResponse(found.total, [OwnVoucher.of(row, caller.uin) for row in found.items])
