"""QueryPartnerCredit: the caller's own credit."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.queries import partner_credit
from openpartner.tencent.base import DSR, TencentRequest, TencentResponse
from openpartner.tencent.credit.amounts import number
from openpartner.tencent.registry import operation


class QueryPartnerCredit(TencentRequest):
    """Nothing is asked."""


class QueryPartnerCreditResponse(TencentResponse):
    """Remaining is total less allocated; the customers' are sums over all of them (tencent:F.3)."""

    allocated_credit: Decimal
    total_credit: Decimal
    remaining_credit: Decimal
    customer_total_credit: Decimal
    customer_remaining_credit: Decimal


@operation("QueryPartnerCredit", kinds=DSR, permission=Permission.CREDIT_READ, per_second=5, docs="")
def query_partner_credit(caller: Caller, request: QueryPartnerCredit) -> QueryPartnerCreditResponse:
    """What the caller has, has given, and what its customers have left."""
    one = partner_credit(caller)
    amounts = (one.allocated, one.total, one.remaining, one.customers_total, one.customers_available)
    return QueryPartnerCreditResponse(*(number(amount.micros) for amount in amounts))
