"""DescribeBillSummaryByProduct: a customer's month by product."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.queries import Dimension
from openpartner.tencent.base import DSR, TencentResponse
from openpartner.tencent.bills.amounts import padded
from openpartner.tencent.bills.overview import OverviewRequest, costliest_first, overview
from openpartner.tencent.registry import operation


class DescribeBillSummaryByProduct(OverviewRequest):
    """Whose month."""


class BusinessSummaryOverviewItem(TencentResponse):
    """One product."""

    business_code: str
    business_code_name: str
    original_cost: str
    voucher_pay_amount: str
    total_cost: str


class DescribeBillSummaryByProductResponse(TencentResponse):
    """The products, the costliest first."""

    summary_overview: list[BusinessSummaryOverviewItem]


@operation(
    "DescribeBillSummaryByProduct",
    kinds=DSR,
    permission=Permission.BILL_READ,
    per_second=1,
    docs="product/1085/54748",
)
def describe_bill_summary_by_product(
    caller: Caller, request: DescribeBillSummaryByProduct
) -> DescribeBillSummaryByProductResponse:
    """Each product that the month has lines of."""
    rows = sorted(overview(caller, request, (Dimension.SERVICE,)), key=costliest_first)
    return DescribeBillSummaryByProductResponse(
        [
            BusinessSummaryOverviewItem(code or "", name or code or "", *map(padded, amounts))
            for code, name, _lines, *amounts in rows
        ]
    )
