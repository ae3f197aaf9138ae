"""DescribeBillSummaryByRegion: a customer's month by region."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.queries import Dimension
from openpartner.tencent.base import DSR, TencentResponse
from openpartner.tencent.bills.amounts import padded
from openpartner.tencent.bills.overview import OverviewRequest, costliest_first, overview
from openpartner.tencent.registry import operation


class DescribeBillSummaryByRegion(OverviewRequest):
    """Whose month."""


class RegionSummaryOverviewItem(TencentResponse):
    """One region; id and name are empty for what has none."""

    region_id: str
    region_name: str
    original_cost: str
    voucher_pay_amount: str
    total_cost: str


class DescribeBillSummaryByRegionResponse(TencentResponse):
    """The regions, the costliest first."""

    summary_overview: list[RegionSummaryOverviewItem]


@operation(
    "DescribeBillSummaryByRegion",
    kinds=DSR,
    permission=Permission.BILL_READ,
    per_second=1,
    docs="",
)
def describe_bill_summary_by_region(
    caller: Caller, request: DescribeBillSummaryByRegion
) -> DescribeBillSummaryByRegionResponse:
    """Each region that the month has lines of."""
    rows = sorted(overview(caller, request, (Dimension.REGION,)), key=costliest_first)
    return DescribeBillSummaryByRegionResponse(
        [
            RegionSummaryOverviewItem(code or "", name or code or "", *map(padded, amounts))
            for code, name, _lines, *amounts in rows
        ]
    )
