"""What the three summaries of a customer's month share: the request, and the order of their items."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from openpartner.core.base.caller import Caller
from openpartner.core.billing.months import month_of
from openpartner.core.billing.queries import BillFilter, By
from openpartner.tencent.base import TencentRequest, Uin
from openpartner.tencent.bills.amounts import Month, sums
from openpartner.tencent.bills.whose import direct_customer

AMOUNTS = ("list_cost", "voucher_deduction", "total_cost")


class OverviewRequest(TencentRequest):
    """Whose month."""

    bill_month: Month
    customer_uin: Uin


def overview(caller: Caller, request: OverviewRequest, by: Sequence[By]) -> list[tuple[Any, ...]]:
    """Groups of a customer's month with the three amounts at the end of each row."""
    where = BillFilter.month(month_of(request.bill_month), customer=direct_customer(caller, request.customer_uin))
    return sums(caller.own(), where, by, AMOUNTS)


def costliest_first(row: tuple[Any, ...]) -> tuple[Decimal, str]:
    """Sort key: by the last amount, then by the first code."""
    # vendor doc silent: the order of the items.
    return -row[-1], row[0] or ""
