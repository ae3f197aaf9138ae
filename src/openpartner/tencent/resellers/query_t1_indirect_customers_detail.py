"""QueryT1IndirectCustomersDetail: a distributor lists the customers of one of its second-level resellers."""

from __future__ import annotations

from typing import Annotated

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.base.sqltext import BeijingSecond
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import CustomerRows
from openpartner.core.partners.queries import customers_of_reseller, find_reseller
from openpartner.kit.slices import Slice
from openpartner.tencent.base import D, PageNumber, PageSize, RefusedAs, TencentRequest, TencentResponse, Uin
from openpartner.tencent.errors import BAD_UIN_OF_RESELLER
from openpartner.tencent.registry import operation


class QueryT1IndirectCustomersDetail(TencentRequest):
    """Whose customers, and which page of them."""

    sub_agent_uin: Annotated[Uin, RefusedAs(BAD_UIN_OF_RESELLER)]
    page: PageNumber
    page_size: PageSize


class IndirectCustomer(TencentResponse):
    """One customer, in the order of ROWS."""

    client_uin: int
    client_name: str
    client_bind_time: str


class QueryT1IndirectCustomersDetailResponse(TencentResponse):
    """The reseller and a page of its customers."""

    total: int
    sub_agent_uin: int
    sub_agent_name: str
    data: list[IndirectCustomer]


ROWS = CustomerRows("uin", "legal_name", BeijingSecond("associated_at"))
EVERYONE = CustomerFilter()


# vendor doc silent: the allowlist "indirect customer view" gates the console's page; the page of this action names
# the role alone, so no flag is asked for here.
@operation(
    "QueryT1IndirectCustomersDetail",
    kinds=D,
    permission=Permission.CUSTOMER_READ,
    per_second=20,
    docs="product/1085/69083",
    raises={NotVisible: BAD_UIN_OF_RESELLER},
)
def query_t1_indirect_customers_detail(
    caller: Caller, request: QueryT1IndirectCustomersDetail
) -> QueryT1IndirectCustomersDetailResponse:
    """The customers of one reseller, newest binding first."""
    reseller = find_reseller(caller.scope, uin=request.sub_agent_uin)
    found = ROWS.page(
        customers_of_reseller(caller.scope, reseller), EVERYONE, Slice.page(request.page, request.page_size)
    )
    return QueryT1IndirectCustomersDetailResponse(
        found.total,
        request.sub_agent_uin,
        reseller.legal_name,
        [IndirectCustomer(uin, name, since) for uin, name, since in found.items],
    )
