"""DescribeCustomerBillDetailByDay: what one day of a customer costs."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.conf import settings
from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.queries import for_days
from openpartner.tencent.base import DSR, RefusedAs, TencentRequest, TencentResponse, Uin
from openpartner.tencent.bills.amounts import BAD_MONTH, padded, total
from openpartner.tencent.bills.whose import direct_customer
from openpartner.tencent.errors import refused
from openpartner.tencent.registry import operation


class DescribeCustomerBillDetailByDay(TencentRequest):
    """Whose day, in UTC+8."""

    customer_uin: Uin
    date: Annotated[str, Meta(pattern=r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}\Z"), RefusedAs(BAD_MONTH)]


class DescribeCustomerBillDetailByDayResponse(TencentResponse):
    """One amount with eight decimals."""

    total_cost: str


@operation(
    "DescribeCustomerBillDetailByDay",
    kinds=DSR,
    permission=Permission.BILL_READ,
    per_second=20,
    docs="product/1085/70562",
)
def describe_customer_bill_detail_by_day(
    caller: Caller, request: DescribeCustomerBillDetailByDay
) -> DescribeCustomerBillDetailByDayResponse:
    """The total of the day's lines. Days before the one in the settings are not kept by the day (tencent:F.13)."""
    try:
        day = date.fromisoformat(request.date)
    except ValueError as error:
        raise refused(BAD_MONTH, f"The value of parameter `Date` is not valid: {error}.") from error
    if request.date < settings.OPENPARTNER.daily_bills_since:
        raise Invalid("Date", f"is before {settings.OPENPARTNER.daily_bills_since}")
    where = for_days(day, day, customer=direct_customer(caller, request.customer_uin))
    return DescribeCustomerBillDetailByDayResponse(padded(total(caller.own(), where, "total_cost")))
