"""Coupons for an order that waits for payment: GET /v2/orders/customer-orders/order-coupons (huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.queries import VoucherFilter, VoucherRow, list_vouchers
from openpartner.core.vouchers.vocabulary import Form, PaymentMode, Standing, VoucherKind
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse
from openpartner.huawei.coupons.shapes import (
    MAJOR_UNIT,
    REUSABLE,
    SINGLE,
    STATUS_OF,
    TYPE_OF,
    Code,
    UseLimit,
    money,
    told,
    use_limits,
)
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.clock import utc_second
from openpartner.kit.slices import Slice

COUPONS_MAX = 3
"""How many coupons pay one order (huawei:C11)."""
SHOWN_MAX = 1000
CLOUD_COUPONS = 0
"""The group of coupons for services of the cloud."""
ABLE = frozenset({Standing.INACTIVE, Standing.USABLE})


class ListOrderCouponsByOrderId(HuaweiRequest):
    """The query."""

    order_id: Code


class OrderCoupon(HuaweiResponse, kw_only=True):
    """One coupon that may pay."""

    coupon_id: str
    coupon_code: str
    status: int
    coupon_type: int
    measure_id: int
    face_value: Decimal
    effective_time: str
    expire_time: str
    plan_name: str | None = None
    plan_desc: str | None = None
    use_limits: list[UseLimit]
    active_time: str
    last_used_time: str | None = None
    create_time: str
    coupon_version: int
    balance: Decimal
    coupon_usage: str | None = None
    coupon_group: int

    @classmethod
    def of(cls, row: VoucherRow) -> OrderCoupon:
        voucher, template = row.voucher, row.voucher.template
        return cls(
            coupon_id=voucher.code,
            coupon_code=voucher.code,
            status=STATUS_OF[row.standing],
            coupon_type=TYPE_OF[Form(voucher.form)],
            measure_id=MAJOR_UNIT,
            face_value=money(voucher.face_micros),
            effective_time=utc_second(voucher.valid_from),
            expire_time=utc_second(voucher.valid_until),
            plan_name=template.name if template else None,
            plan_desc=template.description if template else None,
            use_limits=use_limits(voucher),
            active_time=utc_second(voucher.issued_at),
            last_used_time=told(voucher.used_at),
            create_time=utc_second(voucher.issued_at),
            coupon_version=REUSABLE if voucher.is_reusable else SINGLE,
            balance=money(row.left_micros),
            coupon_usage=voucher.reason or None,
            coupon_group=CLOUD_COUPONS,
        )


class MostOfType(HuaweiResponse):
    """How many coupons of a type and group may pay together."""

    coupon_type: int
    coupon_group: int
    use_quantity_value: int


class ListOrderCouponsByOrderIdResponse(HuaweiResponse):
    """The coupons, how many there are, and how many may pay together."""

    count: int
    user_coupons: list[OrderCoupon]
    coupon_max_use_quantity: list[MostOfType]


@operation(
    "ListOrderCouponsByOrderId",
    route="GET /v2/orders/customer-orders/order-coupons",
    kinds=CUSTOMER,
    permission=Permission.VOUCHER_READ,
    per_second=PER_SECOND,
    docs="",
    pending=("user_coupons[].used_by_order_id",),
    language="zh",
)
def list_order_coupons_by_order_id(
    caller: Caller,
    request: ListOrderCouponsByOrderId,  # orders are the cloud's, so none is looked up
) -> ListOrderCouponsByOrderIdResponse:
    """The caller's coupons that pay orders. Orders are not kept here, so limits to products are told, not applied."""
    where = VoucherFilter(customer=caller.account, kinds=frozenset({VoucherKind.CUSTOMER}), standings=ABLE)
    found = list_vouchers(caller.scope, where, Slice(0, SHOWN_MAX))
    able = [row for row in found.items if row.voucher.payment_mode != PaymentMode.POSTPAID]
    coupons = [OrderCoupon.of(row) for row in able]
    types = sorted({one.coupon_type for one in coupons})
    most = [MostOfType(one, CLOUD_COUPONS, COUPONS_MAX) for one in types]
    return ListOrderCouponsByOrderIdResponse(len(coupons), coupons, most)
