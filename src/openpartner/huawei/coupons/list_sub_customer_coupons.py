"""One's own coupons: GET /v2/promotions/benefits/coupons (huawei:D6, mp_02001)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import BARE_IS_ABSENT, BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.queries import VoucherFilter, VoucherRow, list_vouchers
from openpartner.core.vouchers.vocabulary import Form, VoucherKind
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, CUSTOMER, HuaweiRequest, HuaweiResponse, Text64, instant
from openpartner.huawei.bills.wire import NULL_OR_BARE_IS_ABSENT
from openpartner.huawei.coupons.shapes import (
    ELECTRONIC,
    ISSUED_ONLINE,
    MAJOR_UNIT,
    REUSABLE,
    SINGLE,
    STATUS_OF,
    TYPE_OF,
    Code,
    Limit,
    Offset,
    Time,
    UseLimit,
    kept_since,
    money,
    status,
    told,
    use_limits,
)
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.clock import utc_second
from openpartner.kit.slices import Slice

PARTNERS_OWN = frozenset({VoucherKind.PARTNER, VoucherKind.TRIAL})
TYPES = {1: Form.VOUCHER, 2: Form.DISCOUNT, 3: Form.PICKUP, 4: Form.CASH}


class ListSubCustomerCoupons(HuaweiRequest):
    """The query; every parameter is optional."""

    coupon_id: Annotated[Code | None, BLANK_IS_ABSENT] = None
    order_id: Annotated[Code | None, BLANK_IS_ABSENT] = None
    promotion_plan_id: Annotated[Code | None, BLANK_IS_ABSENT] = None
    coupon_type: Annotated[int | None, NULL_OR_BARE_IS_ABSENT] = None
    status: Annotated[int | None, NULL_OR_BARE_IS_ABSENT] = None
    active_start_time: Annotated[Time | None, BARE_IS_ABSENT] = None
    active_end_time: Annotated[Time | None, BARE_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10
    source_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class UserCoupon(HuaweiResponse, kw_only=True):
    """One coupon, as whoever has it sees it."""

    coupon_id: str
    coupon_code: str
    status: int
    customer_id: str
    coupon_type: int
    measure_id: int
    face_value: Decimal
    valid_time: str
    expire_time: str
    promotion_plan_id: str | None = None
    plan_name: str | None = None
    plan_desc: str | None = None
    media_type: int
    fetch_method: int
    use_limits: list[UseLimit]
    active_time: str
    reserve_time: str | None = None
    create_time: str
    coupon_version: int
    balance: Decimal | None = None
    coupon_usage: str | None = None
    is_frozen: str
    currency: str
    source_id: str

    @classmethod
    def of(cls, row: VoucherRow, caller: Caller) -> UserCoupon:
        voucher, template = row.voucher, row.voucher.template
        is_issued = voucher.kind == VoucherKind.CUSTOMER and voucher.quota_id is not None
        issuer = voucher.partner if is_issued else voucher.provider
        return cls(
            coupon_id=voucher.code,
            coupon_code=voucher.code,
            status=STATUS_OF[row.standing],
            customer_id=caller.account_id,
            coupon_type=TYPE_OF[Form(voucher.form)],
            measure_id=MAJOR_UNIT,
            face_value=money(voucher.face_micros),
            valid_time=utc_second(voucher.valid_from),
            expire_time=utc_second(voucher.valid_until),
            promotion_plan_id=str(template.pk) if template else None,
            plan_name=template.name if template else None,
            plan_desc=template.description if template else None,
            media_type=ELECTRONIC,
            fetch_method=ISSUED_ONLINE,
            use_limits=use_limits(voucher),
            active_time=utc_second(voucher.issued_at),
            reserve_time=told(voucher.used_at),
            create_time=utc_second(voucher.issued_at),
            coupon_version=REUSABLE if voucher.is_reusable else SINGLE,
            balance=money(row.left_micros) if voucher.is_reusable else None,
            coupon_usage=voucher.reason or None,
            is_frozen="0",
            currency=voucher.currency,
            source_id=issuer.account_id,
        )


class ListSubCustomerCouponsResponse(HuaweiResponse):
    """A page of coupons and how many there are."""

    count: int
    user_coupons: list[UserCoupon]


@operation(
    "ListSubCustomerCoupons",
    route="GET /v2/promotions/benefits/coupons",
    kinds=CSP_OR_DISTRIBUTOR | CUSTOMER,
    permission=Permission.VOUCHER_READ,
    per_second=PER_SECOND,
    docs="oce/mp_02001",
    pending=tuple(f"user_coupons[].{name}" for name in ("order_id", "promotion_id", "lock_order_id", "extend_param1")),
    language="zh",
)
def list_sub_customer_coupons(caller: Caller, request: ListSubCustomerCoupons) -> ListSubCustomerCouponsResponse:
    """A customer's coupons, or those that the provider gave a partner for its own cost; the newest first."""
    if request.coupon_type is not None and request.coupon_type not in TYPES:
        raise Invalid("coupon_type", "must be 1 to 4")
    plan = request.promotion_plan_id
    if plan is not None and not (plan.isascii() and plan.isdigit() and len(plan) < len(str(2**63))):
        return ListSubCustomerCouponsResponse(0, [])
    is_customer = caller.kind is AccountKind.CUSTOMER
    times = []
    for name, lookup in (("active_start_time", "issued_at__gte"), ("active_end_time", "issued_at__lte")):
        text = getattr(request, name)
        if text is not None:
            times.append((lookup, instant(name, text)))
    where = VoucherFilter(
        partner=None if is_customer else caller.account,
        customer=caller.account if is_customer else None,
        kinds=frozenset({VoucherKind.CUSTOMER}) if is_customer else PARTNERS_OWN,
        code=request.coupon_id,
        order_id=request.order_id,
        template=int(plan) if plan is not None else None,
        form=TYPES[request.coupon_type] if request.coupon_type is not None else None,
        standings=status(request.status) or frozenset(STATUS_OF),
        ended_since=kept_since(),
        issuer=request.source_id,
        times=tuple(times),
    )
    found = list_vouchers(caller.scope, where, Slice(request.offset, request.limit))
    return ListSubCustomerCouponsResponse(found.total, [UserCoupon.of(row, caller) for row in found.items])
