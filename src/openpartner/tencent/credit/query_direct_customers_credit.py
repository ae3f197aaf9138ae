"""QueryDirectCustomersCredit: the credit of all of the caller's customers."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.queries import direct_credits
from openpartner.tencent.base import DSR, TencentRequest, TencentResponse
from openpartner.tencent.credit.amounts import number
from openpartner.tencent.registry import operation


class QueryDirectCustomersCredit(TencentRequest):
    """Nothing is asked."""


class DirectCustomerCredit(TencentResponse):
    """One customer's credit."""

    uin: int
    total_credit: Decimal
    remaining_credit: Decimal


class QueryDirectCustomersCreditResponse(TencentResponse):
    """Everybody, unpaged."""

    data: list[DirectCustomerCredit]


@operation("QueryDirectCustomersCredit", kinds=DSR, permission=Permission.CREDIT_READ, per_second=5, docs="")
def query_direct_customers_credit(
    caller: Caller, request: QueryDirectCustomersCredit
) -> QueryDirectCustomersCreditResponse:
    """Every direct customer with its credit."""
    # vendor doc silent: the order of the customers; by uin.
    return QueryDirectCustomersCreditResponse(
        [DirectCustomerCredit(uin, number(one.total), number(one.available)) for uin, one in direct_credits(caller)]
    )
