"""Coupons that a partner issued: GET /v2/promotions/benefits/partner-coupons (huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import BARE_IS_ABSENT, BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.queries import VoucherFilter, VoucherRow, list_vouchers
from openpartner.core.vouchers.vocabulary import Form
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.wire import EMPTY_AND_NULL_FILTER, NULL_FILTERS, NULL_OR_BARE_IS_ABSENT
from openpartner.huawei.coupons.shapes import (
    ELECTRONIC,
    ISSUED_ONLINE,
    MAJOR_UNIT,
    STATUS_OF,
    TYPE_OF,
    Code,
    Limit,
    Offset,
    Time,
    UseLimit,
    kept_since,
    money,
    seller_key,
    spans,
    status,
    told,
    use_limits,
)
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.clock import utc_second
from openpartner.kit.slices import Slice

SPANS = {"create_time": "issued_at", "effective_time": "valid_from", "expire_time": "valid_until"}
TYPES = {1: Form.VOUCHER, 3: Form.PICKUP, 4: Form.CASH}


class ListIssuedPartnerCoupons(HuaweiRequest):
    """The query; which blanks filter is as the SDK's model says."""

    coupon_id: Annotated[Code | None, NULL_FILTERS] = None
    customer_id: Annotated[Text64 | None, EMPTY_AND_NULL_FILTER] = None
    order_id: Annotated[Code | None, NULL_FILTERS] = None
    coupon_type: Annotated[int | None, NULL_OR_BARE_IS_ABSENT] = None
    status: Annotated[int | None, NULL_OR_BARE_IS_ABSENT] = None
    create_time_begin: Annotated[Time | None, BARE_IS_ABSENT] = None
    create_time_end: Annotated[Time | None, BARE_IS_ABSENT] = None
    effective_time_begin: Annotated[Time | None, BARE_IS_ABSENT] = None
    effective_time_end: Annotated[Time | None, BARE_IS_ABSENT] = None
    expire_time_begin: Annotated[Time | None, BARE_IS_ABSENT] = None
    expire_time_end: Annotated[Time | None, BARE_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class PartnerCoupon(HuaweiResponse, kw_only=True):
    """One coupon, as its issuer sees it."""

    coupon_id: str
    status: int
    customer_id: str
    coupon_type: int
    measure_id: int
    face_value: Decimal
    effective_time: str
    expire_time: str
    promotion_plan_id: str | None = None
    promotion_plan_name: str | None = None
    promotion_plan_desc: str | None = None
    media_type: int
    fetch_method: int
    use_limits: list[UseLimit]
    active_time: str
    last_used_time: str | None = None
    create_time: str
    balance: Decimal
    is_frozen: str

    @classmethod
    def of(cls, row: VoucherRow) -> PartnerCoupon:
        voucher, customer, template = row.voucher, row.customer, row.voucher.template
        assert customer is not None, "issued to a customer"
        return cls(
            coupon_id=voucher.code,
            status=STATUS_OF[row.standing],
            customer_id=customer.account_id,
            coupon_type=TYPE_OF[Form(voucher.form)],
            measure_id=MAJOR_UNIT,
            face_value=money(voucher.face_micros),
            effective_time=utc_second(voucher.valid_from),
            expire_time=utc_second(voucher.valid_until),
            promotion_plan_id=str(template.pk) if template else None,
            promotion_plan_name=template.name if template else None,
            promotion_plan_desc=template.description if template else None,
            media_type=ELECTRONIC,
            fetch_method=ISSUED_ONLINE,
            use_limits=use_limits(voucher),
            active_time=utc_second(voucher.issued_at),
            last_used_time=told(voucher.used_at),
            create_time=utc_second(voucher.issued_at),
            balance=money(row.left_micros),
            is_frozen="0",
        )


class ListIssuedPartnerCouponsResponse(HuaweiResponse):
    """A page of coupons and how many there are."""

    total_count: int
    user_coupons: list[PartnerCoupon]


@operation(
    "ListIssuedPartnerCoupons",
    route="GET /v2/promotions/benefits/partner-coupons",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.VOUCHER_READ,
    per_second=PER_SECOND,
    docs="",
    pending=("user_coupons[].order_id", "user_coupons[].lock_order_id", "user_coupons[].promotion_id"),
    language="zh",
)
def list_issued_partner_coupons(caller: Caller, request: ListIssuedPartnerCoupons) -> ListIssuedPartnerCouponsResponse:
    """Coupons to the caller's customers, or those of a distributor's reseller, the newest first; of twelve months."""
    if request.coupon_type is not None and request.coupon_type not in TYPES:
        raise Invalid("coupon_type", "must be 1 or 4")
    where = VoucherFilter(
        partner=seller_key(caller, request.indirect_partner_id),
        code=request.coupon_id,
        customer_account_id=request.customer_id,
        order_id=request.order_id,
        form=TYPES[request.coupon_type] if request.coupon_type is not None else None,
        standings=status(request.status),
        ended_since=kept_since(),
        times=spans(request, SPANS),
        is_own=True,
    )
    found = list_vouchers(caller.scope, where, Slice(request.offset, request.limit))
    return ListIssuedPartnerCouponsResponse(found.total, [PartnerCoupon.of(row) for row in found.items])
