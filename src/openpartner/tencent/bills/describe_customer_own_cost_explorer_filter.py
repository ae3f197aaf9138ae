"""DescribeCustomerOwnCostExplorerFilter: what a customer's costs of a span can be narrowed by."""

from __future__ import annotations

from typing import Any

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.queries import Dimension, sums
from openpartner.tencent.base import C, TencentRequest, TencentResponse
from openpartner.tencent.bills.explorer import FACETS, Facet, Instant, PeriodType, owner, payers, span
from openpartner.tencent.bills.whose import own_bills
from openpartner.tencent.registry import operation


class DescribeCustomerOwnCostExplorerFilter(TencentRequest):
    """Of when."""

    start_time: Instant
    end_time: Instant
    period_type: PeriodType


class BillQueryFilterMsg(TencentResponse):
    """One value."""

    key: str
    value: str


class CostAnalyzeFilterDetail(TencentResponse):
    """The values of each dimension that has any costs."""

    business: list[BillQueryFilterMsg]
    region: list[BillQueryFilterMsg]
    zone: list[BillQueryFilterMsg]
    action_type: list[BillQueryFilterMsg]
    pay_mode: list[BillQueryFilterMsg]
    project: list[BillQueryFilterMsg]
    payer_uin: list[BillQueryFilterMsg]
    owner_uin: list[BillQueryFilterMsg]


class DescribeCustomerOwnCostExplorerFilterResponse(TencentResponse):
    """The values."""

    data: CostAnalyzeFilterDetail


ASKED = tuple(FACETS[name] for name in ("Business", "Region", "Zone", "ActionType", "PayMode", "Project"))
BY = tuple(dict.fromkeys(by for facet in ASKED for by in facet.by))


@operation(
    "DescribeCustomerOwnCostExplorerFilter",
    kinds=C,
    permission=Permission.BILL_READ,
    per_second=20,
    docs="product/1085/80125",
)
def describe_customer_own_cost_explorer_filter(
    caller: Caller, request: DescribeCustomerOwnCostExplorerFilter
) -> DescribeCustomerOwnCostExplorerFilterResponse:
    """Codes and names by code. A value is there when a line has it, as in the months that the span touches."""
    scope = own_bills(caller)
    where = span(request.start_time, request.end_time, request.period_type)
    rows = sums(scope, where, (Dimension.PAYER, *BY), ())
    values, at = [], 1
    for facet in ASKED:
        values.append(_values(facet, [row[at : at + facet.width] for row in rows]))
        at += facet.width
    of_payer = payers({row[0] for row in rows})
    owners = [BillQueryFilterMsg(*owner(caller))] if rows else []
    return DescribeCustomerOwnCostExplorerFilterResponse(
        CostAnalyzeFilterDetail(*(*values, _values(of_payer, rows), owners))
    )


def _values(facet: Facet, rows: list[tuple[Any, ...]]) -> list[BillQueryFilterMsg]:
    named = dict(facet.of(row) for row in rows)
    return [BillQueryFilterMsg(code, named[code]) for code in sorted(named) if code]
