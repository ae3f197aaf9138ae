"""QueryPendingClientsV2: who has applied to become the caller's customer."""

from __future__ import annotations

from openpartner.core.accounts.models import Flag
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed
from openpartner.core.base.kinds import AccountKind, CustomerType
from openpartner.core.base.permissions import Permission
from openpartner.core.onboarding.models import Application
from openpartner.core.onboarding.queries import pending
from openpartner.core.partners.queries import has_flag
from openpartner.kit.clock import beijing_second
from openpartner.kit.masks import mask_mobile
from openpartner.kit.slices import Slice
from openpartner.tencent.base import DSR, PageNumber, PageSize, TencentRequest, TencentResponse
from openpartner.tencent.registry import operation

REVIEWING = "Reviewing"
TYPES = {CustomerType.PERSON: "personal", CustomerType.ENTERPRISE: "company", CustomerType.NONE: ""}
"""vendor doc silent: the example says `A`, which nothing explains; these are CreateAccount's words."""


class QueryPendingClientsV2(TencentRequest):
    """Which page."""

    page: PageNumber
    page_size: PageSize


class QueryPendingCustomersItem(TencentResponse):
    """One application."""

    apply_time: str
    client_uin: int
    email: str
    mobile: str
    name: str
    status: str
    type: str


class QueryPendingClientsV2Response(TencentResponse):
    """A page of applications and how many there are."""

    total: int
    data: list[QueryPendingCustomersItem]


# vendor doc silent: the order; newest first. And the code without the feature flag: see QueryPolicyProductListByCode.
@operation("QueryPendingClientsV2", kinds=DSR, permission=Permission.CUSTOMER_READ, per_second=5, docs="")
def query_pending_clients_v2(caller: Caller, request: QueryPendingClientsV2) -> QueryPendingClientsV2Response:
    """The applications in review."""
    if not has_flag(caller, Flag.API_INVITATIONS):
        raise NotAllowed("the account may not review applications by API")
    total, rows = page_of(caller, AccountKind.CUSTOMER, Slice.page(request.page, request.page_size))
    return QueryPendingClientsV2Response(
        total,
        [
            QueryPendingCustomersItem(
                beijing_second(row.applied_at),
                row.account.uin,
                row.email,
                mask_mobile(row.mobile),
                row.legal_name or row.contact,
                REVIEWING,
                TYPES[CustomerType(row.customer_type)],
            )
            for row in rows
        ],
    )


def page_of(caller: Caller, role: AccountKind, window: Slice) -> tuple[int, list[Application]]:
    """How many applications for a role wait for the caller's answer, and those of a page, newest first."""
    rows = pending(caller.own(), role)
    return rows.count(), list(rows[window.offset : window.offset + window.limit])
