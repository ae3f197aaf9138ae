"""DescribeCustomerBillSummary: what a customer's month costs."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.tencent.base import DSR, TencentRequest, TencentResponse, Uin
from openpartner.tencent.bills.amounts import Month, plain, total
from openpartner.tencent.bills.conditions import ActionType, IsConfirmed, PayMode, is_nothing, of_customer
from openpartner.tencent.bills.whose import direct_customer
from openpartner.tencent.registry import operation


class DescribeCustomerBillSummary(TencentRequest):
    """Whose month, and which of its lines."""

    customer_uin: Uin
    month: Month
    pay_mode: PayMode = None
    action_type: ActionType = None
    is_confirmed: IsConfirmed = None


class DescribeCustomerBillSummaryResponse(TencentResponse):
    """One number; a float by schema, exact here (tencent:F.16)."""

    total_cost: Decimal


@operation(
    "DescribeCustomerBillSummary",
    kinds=DSR,
    permission=Permission.BILL_READ,
    per_second=1,
    docs="product/1085/53953",
)
def describe_customer_bill_summary(
    caller: Caller, request: DescribeCustomerBillSummary
) -> DescribeCustomerBillSummaryResponse:
    """The total after discounts and vouchers."""
    scope, customer = caller.own(), direct_customer(caller, request.customer_uin)
    if is_nothing(caller, request.is_confirmed, customer, request.month):
        return DescribeCustomerBillSummaryResponse(Decimal(0))
    where = of_customer(scope, request.month, customer, request.pay_mode, request.action_type)
    return DescribeCustomerBillSummaryResponse(Decimal(plain(total(scope, where, "total_cost"))))
