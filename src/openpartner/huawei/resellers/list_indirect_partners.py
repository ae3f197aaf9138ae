"""A distributor's resellers: POST /v2/partners/indirect-partners/query."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT, NULL_IS_ABSENT
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.partners.queries import PartnerFilter, search_partners
from openpartner.huawei.base import (
    DISTRIBUTOR,
    OFFSET_MAX,
    HuaweiRequest,
    HuaweiResponse,
    Instant,
    Text64,
    has_space,
    instant,
)
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.clock import utc_second
from openpartner.kit.slices import Slice


class ListIndirectPartners(HuaweiRequest):
    """The body; every parameter is optional (huawei:C9, espp_00003)."""

    account_name: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    # vendor doc silent: an empty time; refused, as the customer query does.
    associated_on_begin: Annotated[Instant | None, NULL_IS_ABSENT] = None
    associated_on_end: Annotated[Instant | None, NULL_IS_ABSENT] = None
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    offset: Annotated[Annotated[int, Meta(ge=0, le=OFFSET_MAX)], NULL_IS_ABSENT] = 0
    limit: Annotated[Annotated[int, Meta(ge=1, le=100)], NULL_IS_ABSENT] = 10


class IndirectPartnerInfo(HuaweiResponse):
    """One second-level reseller."""

    indirect_partner_id: str
    mobile_phone: str
    email: str
    account_name: str
    name: str
    associated_on: str

    @classmethod
    def of(cls, reseller: Account) -> IndirectPartnerInfo:
        assert reseller.associated_at is not None, "a reseller in somebody's scope is bound"
        return cls(
            reseller.account_id,
            reseller.mobile,
            reseller.email,
            reseller.account_name,
            reseller.legal_name,
            utc_second(reseller.associated_at),
        )


class ListIndirectPartnersResponse(HuaweiResponse):
    """A page of resellers and how many there are."""

    count: int
    indirect_partners: list[IndirectPartnerInfo]


@operation(
    "ListIndirectPartners",
    route="POST /v2/partners/indirect-partners/query",
    kinds=DISTRIBUTOR,
    permission=Permission.PARTNER_READ,
    per_second=PER_SECOND,
    docs="bpconsole/espp_00003",
    pending=("account_manager_id", "account_manager_name"),
)
def list_indirect_partners(caller: Caller, request: ListIndirectPartners) -> ListIndirectPartnersResponse:
    """The caller's second-level resellers, newest first.

    vendor doc silent: whether the account name is matched whole or in part, and the order; both as the customer
    query has them. Somebody else's `indirect_partner_id` is one condition that no row meets, as an unknown one.
    """
    begin, end = request.associated_on_begin, request.associated_on_end
    where = PartnerFilter(
        account_name_contains=request.account_name,
        account_id=request.indirect_partner_id,
        associated_from=instant("associated_on_begin", begin) if begin is not None else None,
        associated_until=instant("associated_on_end", end) if end is not None else None,
        kinds=frozenset({AccountKind.SECOND_LEVEL_RESELLER}),
    )
    if has_space(request.account_name):
        return ListIndirectPartnersResponse(0, [])
    found = search_partners(caller.scope, where, Slice(request.offset, request.limit))
    return ListIndirectPartnersResponse(found.total, [IndirectPartnerInfo.of(reseller) for reseller in found.items])
