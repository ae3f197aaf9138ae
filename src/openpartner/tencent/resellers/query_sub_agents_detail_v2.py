"""QuerySubAgentsDetailV2: a distributor lists its second-level resellers."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import On, Presence
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.queries import NONE, Credit, pools_of
from openpartner.core.partners.queries import PartnerFilter, search_partners
from openpartner.core.vouchers import queries as vouchers
from openpartner.kit.clock import beijing_second
from openpartner.kit.ids import UIN_MAX
from openpartner.kit.masks import mask_mobile
from openpartner.kit.slices import Slice
from openpartner.tencent.base import D, PageNumber, PageSize, TencentRequest, TencentResponse
from openpartner.tencent.credit.amounts import number
from openpartner.tencent.registry import operation

Blank = Presence(null=On.REJECT, empty=On.ABSENT)
"""What the SDK omits, a form sends empty."""
NO_QUOTA = vouchers.Pool()
RESELLERS = partial(PartnerFilter, kinds=frozenset({AccountKind.SECOND_LEVEL_RESELLER}))
NEWEST_FIRST = {"desc": True, "asc": False, "acs": False}
"""tencent:D.2: ascending is printed as `acs`; both spellings are taken in any case."""


class QuerySubAgentsDetailV2(TencentRequest):
    """Which page, of which resellers, in which order."""

    page: PageNumber
    page_size: PageSize
    filter_type: Annotated[str | None, Blank] = None
    filter: Annotated[Annotated[str, Meta(max_length=200)] | None, Blank] = None
    order: Annotated[str | None, Blank] = None


class SecondLevelReseller(TencentResponse):
    """One reseller, with its pools of credit and of vouchers."""

    sub_agent_uin: int
    name: str
    remark: str
    mobile: str
    email: str
    count_of_customers: int
    bind_time: str
    credit: Decimal
    remaining_credit: Decimal
    voucher: Decimal
    remaining_voucher: Decimal


class QuerySubAgentsDetailV2Response(TencentResponse):
    """A page of resellers and how many there are."""

    total: int
    data: list[SecondLevelReseller]


@operation(
    "QuerySubAgentsDetailV2",
    kinds=D,
    permission=Permission.PARTNER_READ,
    per_second=20,
    docs="product/1085/69497",
)
def query_sub_agents_detail_v2(caller: Caller, request: QuerySubAgentsDetailV2) -> QuerySubAgentsDetailV2Response:
    """The caller's second-level resellers, by time of binding, newest first unless asked otherwise."""
    newest_first = NEWEST_FIRST.get((request.order or "desc").casefold())
    if newest_first is None:
        raise Invalid("Order", "must be desc or acs")
    window = Slice.page(request.page, request.page_size)
    found = search_partners(caller.scope, _filter(request), window, oldest_first=not newest_first)
    keys = [account.pk for account in found.items]
    pools, quotas = pools_of(caller.account, keys), vouchers.pools_of(keys)
    return QuerySubAgentsDetailV2Response(
        found.total,
        [_reseller(one, pools.get(one.pk, NONE), quotas.get(one.pk, NO_QUOTA)) for one in found.items],
    )


def _filter(request: QuerySubAgentsDetailV2) -> PartnerFilter:
    # vendor doc silent: a kind without a value, or a value without a kind, filters nothing.
    if request.filter_type is None:
        return RESELLERS()
    make = FILTERS.get(request.filter_type)
    if make is None:
        raise Invalid("FilterType", f"must be one of {', '.join(FILTERS)}")
    return make(request.filter) if request.filter is not None else RESELLERS()


def _uin(text: str) -> int:
    if not re.fullmatch("[0-9]{1,18}", text) or not 1 <= int(text) <= UIN_MAX:
        raise Invalid("Filter", "is not a uin")
    return int(text)


FILTERS: dict[str, Callable[[str], PartnerFilter]] = {
    "Name": lambda text: RESELLERS(legal_name_contains=text),
    "SubAgentUin": lambda text: RESELLERS(uin=_uin(text)),
    "Remark": lambda text: RESELLERS(remark_contains=text),
    "Mobile": lambda text: RESELLERS(mobile_contains=text),
    "Email": lambda text: RESELLERS(email=text),
    "ClientUin": lambda text: RESELLERS(customer_uin=_uin(text)),
}
"""tencent:D.2: uins and the e-mail match exactly, the others anywhere. Names match whatever their case."""


def _reseller(account: Account, pool: Credit, quota: vouchers.Pool) -> SecondLevelReseller:
    assert account.associated_at is not None
    return SecondLevelReseller(
        sub_agent_uin=account.uin,
        name=account.legal_name,
        remark=account.remark,
        mobile=mask_mobile(account.mobile),
        email=account.email,
        count_of_customers=account.customer_count,  # type: ignore[attr-defined]  # annotated by search_partners
        bind_time=beijing_second(account.associated_at),
        credit=number(pool.total),
        remaining_credit=number(pool.available),
        voucher=number(quota.total_micros),
        remaining_voucher=number(quota.left_micros),
    )
