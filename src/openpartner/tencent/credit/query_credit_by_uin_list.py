"""QueryCreditByUinList: the credit of named customers."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.queries import available_of, used_of
from openpartner.core.customers.queries import CustomerRows
from openpartner.kit.ids import UIN_MAX
from openpartner.tencent.base import DSR, RefusedAs, TencentRequest, TencentResponse
from openpartner.tencent.credit.amounts import number
from openpartner.tencent.credit.query_direct_customers_credit import DirectCustomerCredit
from openpartner.tencent.errors import BAD_UIN_LIST, NOT_MY_CUSTOMER, UIN_NOT_AGENT, WrongKind
from openpartner.tencent.registry import operation

UINS_MAX = 50
ROWS = CustomerRows("uin", available_of(), used_of())


class QueryCreditByUinList(TencentRequest):
    """Whose credit."""

    uin_list: Annotated[
        Annotated[list[Annotated[int, Meta(ge=0)]], Meta(min_length=1, max_length=UINS_MAX)], RefusedAs(BAD_UIN_LIST)
    ]


class QueryCreditByUinListResponse(TencentResponse):
    """Each of them."""

    data: list[DirectCustomerCredit]


@operation(
    "QueryCreditByUinList",
    kinds=DSR,
    permission=Permission.CREDIT_READ,
    per_second=5,
    docs="",
    raises={NotVisible: NOT_MY_CUSTOMER, WrongKind: UIN_NOT_AGENT},
)
def query_credit_by_uin_list(caller: Caller, request: QueryCreditByUinList) -> QueryCreditByUinListResponse:
    """The credit of these customers; one that is not the caller's refuses the whole call."""
    # vendor doc silent: in the order of the list, a customer named twice once.
    uins = list(dict.fromkeys(request.uin_list))
    if max(uins) > UIN_MAX:
        raise NotVisible("customer")
    found = {uin: (available, used) for uin, available, used in ROWS.by_uins(caller.own(), uins)}
    if len(found) != len(uins):
        raise NotVisible("customer")
    return QueryCreditByUinListResponse(
        [
            DirectCustomerCredit(uin, number(available + used), number(available))
            for uin, (available, used) in ((uin, found[uin]) for uin in uins)
        ]
    )
