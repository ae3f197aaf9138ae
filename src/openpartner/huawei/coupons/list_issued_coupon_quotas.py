"""Quotas that a distributor gave to its resellers: GET /v2/partners/issued-coupon-quotas (huawei:D7a)."""

from __future__ import annotations

from typing import Annotated

from django.db.models import Q

from openpartner.apikit.presence import BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.queries import list_quotas
from openpartner.huawei.base import DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.wire import EVEN_BLANK_FILTERS
from openpartner.huawei.coupons.quotas import Quota
from openpartner.huawei.coupons.shapes import Code, Limit, Offset, seller_named
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.slices import Slice


class ListIssuedCouponQuotas(HuaweiRequest):
    """The query; an empty parent is a value that no quota has."""

    quota_id: Annotated[Code | None, BLANK_IS_ABSENT] = None
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    parent_quota_id: Annotated[Code | None, EVEN_BLANK_FILTERS] = None
    offset: Offset = 0
    limit: Limit = 10


class IssuedQuota(Quota, kw_only=True):
    """One quota, with whose it is and what it was taken out of."""

    indirect_partner_id: str
    indirect_partner_account_name: str
    indirect_partner_name: str
    parent_quota_id: str


class ListIssuedCouponQuotasResponse(HuaweiResponse):
    """A page of quotas and how many there are."""

    total_count: int
    quotas: list[IssuedQuota]


@operation(
    "ListIssuedCouponQuotas",
    route="GET /v2/partners/issued-coupon-quotas",
    kinds=DISTRIBUTOR,
    permission=Permission.VOUCHER_READ,
    per_second=PER_SECOND,
    docs="",
    language="zh",
)
def list_issued_coupon_quotas(caller: Caller, request: ListIssuedCouponQuotas) -> ListIssuedCouponQuotasResponse:
    """Quotas of all of the caller's resellers, or of one of them, the newest first."""
    where = Q(giver_id=caller.account, parent__isnull=False)
    seller = seller_named(caller, request.indirect_partner_id)
    if seller is not None:
        where &= Q(partner=seller)
    if request.quota_id is not None:
        where &= Q(code=request.quota_id)
    found = list_quotas(caller.scope, Slice(request.offset, request.limit), where, parent_code=request.parent_quota_id)
    quotas = []
    for row in found.items:
        reseller, parent = row.quota.partner, row.quota.parent
        assert parent is not None, "asked for"
        quotas.append(
            IssuedQuota.of(
                row,
                indirect_partner_id=reseller.account_id,
                indirect_partner_account_name=reseller.account_name,
                indirect_partner_name=reseller.legal_name,
                parent_quota_id=parent.code,
            )
        )
    return ListIssuedCouponQuotasResponse(found.total, quotas)
