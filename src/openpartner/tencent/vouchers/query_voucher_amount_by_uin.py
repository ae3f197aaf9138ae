"""QueryVoucherAmountByUin: what the caller gave to customers, and what of it they can still use."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.vouchers.queries import CustomerSums, sums_of
from openpartner.tencent.base import DSR, TencentRequest, TencentResponse
from openpartner.tencent.credit.amounts import number
from openpartner.tencent.registry import operation
from openpartner.tencent.vouchers.shapes import ClientUins, own_customers


class QueryVoucherAmountByUin(TencentRequest):
    """Whose vouchers."""

    client_uins: ClientUins


class CustomerAmounts(TencentResponse):
    """The sums of one customer: of vouchers that were not withdrawn, and of those that can be used."""

    client_uin: int
    total_amount: Decimal
    remain_amount: Decimal


class QueryVoucherAmountByUinResponse(TencentResponse):
    """A row for each customer, in the order asked for."""

    data: list[CustomerAmounts]


@operation("QueryVoucherAmountByUin", kinds=DSR, permission=Permission.VOUCHER_READ, per_second=5, docs="")
def query_voucher_amount_by_uin(caller: Caller, request: QueryVoucherAmountByUin) -> QueryVoucherAmountByUinResponse:
    """Sums over the caller's own vouchers of its direct customers."""
    customers = own_customers(caller, request.client_uins)
    sums, none = sums_of(caller.own(), caller.account, customers.values()), CustomerSums()
    rows = [(uin, sums.get(key, none)) for uin, key in customers.items()]
    return QueryVoucherAmountByUinResponse(
        [CustomerAmounts(uin, number(one.total_micros), number(one.usable_micros)) for uin, one in rows]
    )
