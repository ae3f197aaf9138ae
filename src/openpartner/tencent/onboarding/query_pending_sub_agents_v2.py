"""QueryPendingSubAgentsV2: who has applied to become the distributor's second-level reseller."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.kit.clock import beijing_second
from openpartner.kit.masks import mask_mobile
from openpartner.kit.slices import Slice
from openpartner.tencent.base import D, PageNumber, PageSize, TencentRequest, TencentResponse
from openpartner.tencent.customers.statuses import AUTH_STATUSES
from openpartner.tencent.onboarding.query_pending_clients_v2 import REVIEWING, page_of
from openpartner.tencent.registry import operation


class QueryPendingSubAgentsV2(TencentRequest):
    """Which page."""

    page: PageNumber
    page_size: PageSize


class QueryPendingSubAgentsV2ResponseData(TencentResponse):
    """One application, and how far the applicant's verification is."""

    sub_agent_uin: int
    name: str
    mobile: str
    email: str
    apply_time: str
    status: str
    material_url: str
    auth_state: int


class QueryPendingSubAgentsV2Response(TencentResponse):
    """A page of applications and how many there are."""

    total: int
    data: list[QueryPendingSubAgentsV2ResponseData]


@operation(
    "QueryPendingSubAgentsV2", kinds=D, permission=Permission.PARTNER_READ, per_second=20, docs="product/1085/69795"
)
def query_pending_sub_agents_v2(caller: Caller, request: QueryPendingSubAgentsV2) -> QueryPendingSubAgentsV2Response:
    """The applications in review, newest first."""
    window = Slice.page(request.page, request.page_size)
    total, rows = page_of(caller, AccountKind.SECOND_LEVEL_RESELLER, window)
    return QueryPendingSubAgentsV2Response(
        total,
        [
            QueryPendingSubAgentsV2ResponseData(
                row.account.uin,
                row.legal_name or row.contact,
                mask_mobile(row.mobile),
                row.email,
                beijing_second(row.applied_at),
                REVIEWING,
                row.material_url,
                int(AUTH_STATUSES[row.account.verification]),
            )
            for row in rows
        ],
    )
