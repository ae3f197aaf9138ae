"""DescribeCustomerVoucherList: the vouchers that the caller issued to its customers."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.queries import VoucherFilter, VoucherRow, list_vouchers
from openpartner.core.vouchers.vocabulary import PaymentMode, Reach, Usage
from openpartner.kit.slices import Slice
from openpartner.tencent.base import DSR, TencentResponse, Uin
from openpartner.tencent.credit.amounts import number
from openpartner.tencent.registry import operation
from openpartner.tencent.vouchers.shapes import (
    MODE_OF,
    MODES,
    REACH_OF,
    REACHES,
    STATUS_OF,
    STATUSES,
    USAGE_OF,
    USAGES,
    Named,
    VoucherPage,
    effective,
    said,
)


class DescribeCustomerVoucherList(VoucherPage):
    """Which page, of whose vouchers, and of which."""

    customer_uin: Uin | None = None
    usage: Named = None


class CustomerVoucher(TencentResponse):
    """One voucher, as its issuer sees it."""

    voucher_id: int
    customer_uin: int
    voucher_status: str
    remaining_amount: Decimal
    total_amount: Decimal
    usage: str
    payment_mode: str
    product_scope: str
    effective_time: str
    expire_time: str
    apply_reason: str

    @classmethod
    def of(cls, row: VoucherRow) -> CustomerVoucher:
        voucher, customer = row.voucher, row.customer
        assert customer is not None, "a customer voucher has a customer"
        begin, end = effective(row)
        return cls(
            voucher.pk,
            customer.uin,
            STATUS_OF[row.standing],
            number(row.shown_micros),
            number(voucher.face_micros),
            USAGE_OF[Usage(voucher.usage)],
            MODE_OF[PaymentMode(voucher.payment_mode)],
            REACH_OF[Reach(voucher.reach)],
            begin,
            end,
            voucher.reason,
        )


class DescribeCustomerVoucherListResponse(TencentResponse):
    """A page of vouchers and how many there are."""

    total_count: int
    data: list[CustomerVoucher]


@operation("DescribeCustomerVoucherList", kinds=DSR, permission=Permission.VOUCHER_READ, per_second=20, docs="")
def describe_customer_voucher_list(
    caller: Caller, request: DescribeCustomerVoucherList
) -> DescribeCustomerVoucherListResponse:
    """The caller's own vouchers, the newest first; somebody else's customer is a condition that none meets."""
    where = VoucherFilter(
        partner=caller.account,
        customer_uin=request.customer_uin,
        number=request.voucher_id,
        standings=said("VoucherStatus", STATUSES, request.voucher_status),
        payment_mode=said("PaymentMode", MODES, request.payment_mode),
        reach=said("ProductScope", REACHES, request.product_scope),
        usage=said("Usage", USAGES, request.usage),
    )
    found = list_vouchers(caller.own(), where, Slice.page(request.page, request.page_size))
    return DescribeCustomerVoucherListResponse(found.total, [CustomerVoucher.of(row) for row in found.items])
