"""What a partner did with coupons: GET /v2/promotions/benefits/partner-coupons/records/query (huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from django.db.models import Q
from msgspec import Meta

from openpartner.apikit.presence import BARE_IS_ABSENT, BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.models import VoucherRecord
from openpartner.core.vouchers.queries import RecordFilter, list_records
from openpartner.core.vouchers.vocabulary import Operation
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.wire import EMPTY_AND_NULL_FILTER, NULL_OR_BARE_IS_ABSENT
from openpartner.huawei.coupons.shapes import Code, Limit, Offset, Time, money, seller_key, spans
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.clock import utc_second
from openpartner.kit.slices import Slice

TYPES: dict[str, tuple[Operation, ...]] = {
    "1": (Operation.ISSUE,),
    "2": (Operation.RECLAIM, Operation.WITHDRAWAL),
    "3": (Operation.UNBIND,),
    "4": (Operation.EXPIRY,),
    **dict.fromkeys(("5", "6", "7", "8", "9"), ()),
}
"""The log's numbers (huawei:E4); what is withdrawn was reclaimed by hand. The last five do not happen here."""
TYPE_OF = {one: name for name, ones in TYPES.items() for one in ones}
RESULTS = {"0": True, "-1": False}


class ListPartnerCouponsRecord(HuaweiRequest):
    """The query; a result that is none filters nothing, as the SDK's model says."""

    operation_types: Annotated[list[Code], Meta(max_length=10)] = []
    quota_id: Annotated[Code | None, EMPTY_AND_NULL_FILTER] = None
    quota_type: Annotated[int | None, NULL_OR_BARE_IS_ABSENT] = None
    coupon_ids: Annotated[list[Code], Meta(max_length=100)] = []
    customer_id: Annotated[Text64 | None, EMPTY_AND_NULL_FILTER] = None
    operation_time_begin: Annotated[Time | None, BARE_IS_ABSENT] = None
    operation_time_end: Annotated[Time | None, BARE_IS_ABSENT] = None
    result: Annotated[Code | None, BLANK_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class CouponRecord(HuaweiResponse, kw_only=True):
    """One entry of the log; one that failed has no coupon."""

    id: str
    operation_type: str
    quota_id: str
    quota_type: int
    coupon_id: str | None = None
    customer_id: str
    operation_amount: Decimal
    operation_time: str
    result: str
    remark: str

    @classmethod
    def of(cls, one: VoucherRecord) -> CouponRecord:
        assert one.quota is not None, "asked for"
        assert one.customer is not None, "asked for"
        return cls(
            id=str(one.pk),
            operation_type=TYPE_OF[Operation(one.operation)],
            quota_id=one.quota.code,
            quota_type=one.quota.kind,
            coupon_id=one.voucher.code if one.voucher is not None else None,
            customer_id=one.customer.account_id,
            operation_amount=money(one.micros),
            operation_time=utc_second(one.at),
            result="0" if one.is_done else "-1",
            remark=one.remark,
        )


class ListPartnerCouponsRecordResponse(HuaweiResponse):
    """A page of entries and how many there are."""

    total_count: int
    records: list[CouponRecord]


@operation(
    "ListPartnerCouponsRecord",
    route="GET /v2/promotions/benefits/partner-coupons/records/query",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.VOUCHER_READ,
    per_second=PER_SECOND,
    docs="",
    language="zh",
)
def list_partner_coupons_record(caller: Caller, request: ListPartnerCouponsRecord) -> ListPartnerCouponsRecordResponse:
    """The log of the caller's own coupons, or of those of a distributor's reseller, the newest first."""
    if not TYPES.keys() >= set(request.operation_types):
        raise Invalid("operation_types", "must be of 1 to 9")
    asked = request.operation_types or list(TYPES)
    where = Q(operation__in=[one for name in asked for one in TYPES[name]])
    where &= Q(**dict(spans(request, {"operation_time": "at"})))
    if request.result in RESULTS:
        where &= Q(is_done=RESULTS[request.result])
    found = list_records(
        caller.scope,
        Slice(request.offset, request.limit),
        where,
        RecordFilter(
            partner=seller_key(caller, request.indirect_partner_id),
            quota=request.quota_id,
            quota_kind=request.quota_type,
            vouchers=tuple(request.coupon_ids),
            customer=request.customer_id,
            is_of_coupon=True,
        ),
    )
    return ListPartnerCouponsRecordResponse(found.total, [CouponRecord.of(one) for one in found.items])
