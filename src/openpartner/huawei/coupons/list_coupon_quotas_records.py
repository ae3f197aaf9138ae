"""What a distributor gave and took back: GET /v2/partners/coupon-quotas/records (huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from django.db.models import Q

from openpartner.apikit.presence import BARE_IS_ABSENT, BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.models import VoucherRecord
from openpartner.core.vouchers.queries import QUOTA_OPERATIONS, RecordFilter, list_records
from openpartner.huawei.base import DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.wire import EMPTY_AND_NULL_FILTER
from openpartner.huawei.coupons.shapes import Code, Limit, Offset, Time, money, seller_named, spans
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.clock import utc_second
from openpartner.kit.slices import Slice

TYPES = {str(one.value): one for one in QUOTA_OPERATIONS}


class ListCouponQuotasRecords(HuaweiRequest):
    """The query; a type that is none filters nothing, as the SDK's model says."""

    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    quota_id: Annotated[Code | None, BLANK_IS_ABSENT] = None
    operation_time_begin: Annotated[Time | None, BARE_IS_ABSENT] = None
    operation_time_end: Annotated[Time | None, BARE_IS_ABSENT] = None
    parent_quota_id: Annotated[Code | None, EMPTY_AND_NULL_FILTER] = None
    operation_type: Annotated[Code | None, BLANK_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10


class QuotaRecord(HuaweiResponse):
    """One grant or reclaim."""

    id: str
    operator: str
    operation_type: str
    quota_id: str
    parent_quota_id: str
    amount: Decimal
    operation_time: str
    result: str
    indirect_partner_account_name: str
    indirect_partner_id: str
    indirect_partner_name: str
    remark: str

    @classmethod
    def of(cls, one: VoucherRecord) -> QuotaRecord:
        assert one.quota is not None, "asked for"
        assert one.parent_quota is not None, "asked for"
        return cls(
            str(one.pk),
            one.operator,
            str(one.operation),
            one.quota.code,
            one.parent_quota.code,
            money(abs(one.micros)),
            utc_second(one.at),
            "0" if one.is_done else "-1",
            one.partner.account_name,
            one.partner.account_id,
            one.partner.legal_name,
            one.remark,
        )


class ListCouponQuotasRecordsResponse(HuaweiResponse):
    """A page of records and how many there are."""

    total_count: int
    records: list[QuotaRecord]


@operation(
    "ListCouponQuotasRecords",
    route="GET /v2/partners/coupon-quotas/records",
    kinds=DISTRIBUTOR,
    permission=Permission.VOUCHER_READ,
    per_second=PER_SECOND,
    docs="",
    language="zh",
)
def list_coupon_quotas_records(caller: Caller, request: ListCouponQuotasRecords) -> ListCouponQuotasRecordsResponse:
    """Grants to the caller's resellers and what it took back, the newest first."""
    seller = seller_named(caller, request.indirect_partner_id)
    wanted = TYPES.get(request.operation_type or "")
    where = Q(operation__in=[wanted] if wanted is not None else QUOTA_OPERATIONS)
    where &= Q(**dict(spans(request, {"operation_time": "at"})))
    found = list_records(
        caller.scope,
        Slice(request.offset, request.limit),
        where,
        RecordFilter(
            partner=seller.pk if seller is not None else None,
            quota=request.quota_id,
            parent_quota=request.parent_quota_id,
            is_shared=True,
        ),
    )
    return ListCouponQuotasRecordsResponse(found.total, [QuotaRecord.of(one) for one in found.items])
