"""A partner's coupon quotas: POST /v2/partners/coupon-quotas/query (huawei:D7a, mp_02003)."""

from __future__ import annotations

from typing import Annotated

from django.db.models import Q
from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.queries import in_states, list_quotas
from openpartner.core.vouchers.vocabulary import QuotaKind, QuotaState
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.coupons.quotas import Quota
from openpartner.huawei.coupons.shapes import Code, Limit, Offset, Time, seller_key, spans
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.slices import Slice

STATES = frozenset({QuotaState.NORMAL, QuotaState.INVALID, QuotaState.ADJUSTING, QuotaState.FROZEN})
SPANS = {"create_time": "created_at", "effective_time": "valid_from", "expire_time": "valid_until"}
ManyCodes = Annotated[list[Code], Meta(max_length=100)]
ManyStates = Annotated[list[int], Meta(max_length=10)]


class ListQuotaCoupons(HuaweiRequest):
    """The body; every parameter is optional, and empty lists filter nothing."""

    quota_ids: Annotated[ManyCodes, NULL_IS_ABSENT] = []
    quota_status_list: Annotated[ManyStates, NULL_IS_ABSENT] = []
    quota_type: Annotated[int, NULL_IS_ABSENT] = 0
    create_time_begin: Annotated[Time | None, NULL_IS_ABSENT] = None
    create_time_end: Annotated[Time | None, NULL_IS_ABSENT] = None
    effective_time_begin: Annotated[Time | None, NULL_IS_ABSENT] = None
    effective_time_end: Annotated[Time | None, NULL_IS_ABSENT] = None
    expire_time_begin: Annotated[Time | None, NULL_IS_ABSENT] = None
    expire_time_end: Annotated[Time | None, NULL_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class ListQuotaCouponsResponse(HuaweiResponse):
    """A page of quotas and how many there are."""

    total_count: int
    quotas: list[Quota]


@operation(
    "ListQuotaCoupons",
    route="POST /v2/partners/coupon-quotas/query",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.VOUCHER_READ,
    per_second=PER_SECOND,
    docs="bpconsole/mp_02003",
    language="zh",
)
def list_quota_coupons(caller: Caller, request: ListQuotaCoupons) -> ListQuotaCouponsResponse:
    """The caller's own quotas, or those of a distributor's reseller, the newest first; voucher quotas by default."""
    # Pickup quotas are the console's; the number of their kind is ours, and is answered where it is asked for.
    if request.quota_type not in {QuotaKind.VOUCHER, QuotaKind.CASH, QuotaKind.PICKUP}:
        raise Invalid("quota_type", "must be 0 or 1")
    where = Q(partner_id=seller_key(caller, request.indirect_partner_id), kind=request.quota_type)
    if request.quota_ids:
        where &= Q(code__in=request.quota_ids)
    if request.quota_status_list:
        if not set(request.quota_status_list) <= STATES:
            raise Invalid("quota_status_list", "must be of 0, 3, 4 and 5")
        where &= in_states(request.quota_status_list)
    where &= Q(**dict(spans(request, SPANS)))
    found = list_quotas(caller.scope, Slice(request.offset, request.limit), where)
    return ListQuotaCouponsResponse(found.total, [Quota.of(row) for row in found.items])
