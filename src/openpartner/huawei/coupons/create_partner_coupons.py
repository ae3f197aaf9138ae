"""Issuing coupons to customers: POST /v2/promotions/benefits/partner-coupons (huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT, NULL_IS_ABSENT, On, Presence
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.issuing import CUSTOMERS_MAX, Terms, issue_vouchers
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64, instant
from openpartner.huawei.coupons.shapes import RAISES, Code, ErrorDetail, Time, failure, seller_named
from openpartner.huawei.registry import PER_SECOND, operation

LIMITS_MAX = 10
"""Services and products of one coupon (huawei:E4)."""
MEMO_MAX = 255  # vendor doc silent: how long a remark may be; 255 characters.
EMPTY_IS_KEPT = Presence(null=On.ABSENT, empty=On.KEEP)
Codes = Annotated[list[Code], Meta(max_length=LIMITS_MAX)]


class CreatePartnerCoupons(HuaweiRequest):
    """The body."""

    quota_id: Code
    customer_ids: Annotated[list[Text64], Meta(min_length=1, max_length=CUSTOMERS_MAX)]
    face_value: Decimal
    valid_time: Annotated[Time | None, NULL_IS_ABSENT] = None
    expire_time: Annotated[Time | None, NULL_IS_ABSENT] = None
    cloud_service_types: Annotated[Codes, NULL_IS_ABSENT] = []
    product_ids: Annotated[Codes, NULL_IS_ABSENT] = []
    memo: Annotated[Annotated[str, Meta(max_length=MEMO_MAX)], EMPTY_IS_KEPT] = ""
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class IssuedCoupon(HuaweiResponse):
    """A customer and its coupon."""

    id: str
    coupon_id: str


class CreatePartnerCouponsResponse(HuaweiResponse):
    """Who got none and why, and who got which."""

    error_details: list[ErrorDetail]
    coupon_infos: list[IssuedCoupon]


@operation(
    "CreatePartnerCoupons",
    route="POST /v2/promotions/benefits/partner-coupons",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.VOUCHER_WRITE,
    per_second=PER_SECOND,
    docs="",
    writes=True,
    raises=RAISES,
    language="zh",
)
def create_partner_coupons(caller: Caller, request: CreatePartnerCoupons) -> CreatePartnerCouponsResponse:
    """Issue a coupon to each customer, out of the caller's quota or, for a distributor, one of its reseller's."""
    begin, end = request.valid_time, request.expire_time
    terms = Terms(
        valid_from=instant("valid_time", begin) if begin is not None else None,
        valid_until=instant("expire_time", end) if end is not None else None,
        services=request.cloud_service_types,
        products=request.product_ids,
        reason=request.memo,
    )
    results = issue_vouchers(
        caller,
        customers=request.customer_ids,
        amount=request.face_value,
        terms=terms,
        quota=request.quota_id,
        seller=seller_named(caller, request.indirect_partner_id),
    )
    return CreatePartnerCouponsResponse(
        [failure(one.account_id, one.error) for one in results if one.error is not None],
        [IssuedCoupon(one.account_id, one.voucher.code) for one in results if one.voucher is not None],
    )
