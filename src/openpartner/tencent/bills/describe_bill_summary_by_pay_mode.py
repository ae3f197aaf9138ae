"""DescribeBillSummaryByPayMode: a customer's month by pay mode, and each by transaction type."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.queries import Dimension
from openpartner.tencent.base import DSR, TencentResponse
from openpartner.tencent.bills.amounts import padded
from openpartner.tencent.bills.codes import NAMES, PAY_MODE_NAMES, pay_mode, transaction_type
from openpartner.tencent.bills.overview import OverviewRequest, costliest_first, overview
from openpartner.tencent.registry import operation

Amounts = list[Decimal]


class DescribeBillSummaryByPayMode(OverviewRequest):
    """Whose month."""


class ActionSummaryOverviewItem(TencentResponse):
    """One transaction type of a pay mode."""

    action_type: str
    action_type_name: str
    original_cost: str
    voucher_pay_amount: str
    total_cost: str


class PayModeSummaryOverviewItem(TencentResponse):
    """One pay mode; its details add up to it."""

    pay_mode: str
    pay_mode_name: str
    detail: list[ActionSummaryOverviewItem]
    original_cost: str
    voucher_pay_amount: str
    total_cost: str


class DescribeBillSummaryByPayModeResponse(TencentResponse):
    """The pay modes, the costliest first."""

    summary_overview: list[PayModeSummaryOverviewItem]


@operation(
    "DescribeBillSummaryByPayMode",
    kinds=DSR,
    permission=Permission.BILL_READ,
    per_second=1,
    docs="",
)
def describe_bill_summary_by_pay_mode(
    caller: Caller, request: DescribeBillSummaryByPayMode
) -> DescribeBillSummaryByPayModeResponse:
    """Each pay mode that the month has lines of."""
    found: dict[str, dict[str, Amounts]] = {}
    by = (Dimension.CHARGING, Dimension.ACTION, Dimension.ACTION_CODE)
    for charging, action, action_code, _lines, *amounts in overview(caller, request, by):
        details = found.setdefault(pay_mode(charging), {})
        code = transaction_type(action, action_code)
        details[code] = _added(details[code], amounts) if code in details else amounts
    modes: list[tuple[Any, ...]] = [
        (mode, details, *map(sum, zip(*details.values(), strict=True))) for mode, details in found.items()
    ]
    return DescribeBillSummaryByPayModeResponse(
        [
            PayModeSummaryOverviewItem(mode, PAY_MODE_NAMES[mode], _items(details), *map(padded, amounts))
            for mode, details, *amounts in sorted(modes, key=costliest_first)
        ]
    )


def _items(details: dict[str, Amounts]) -> list[ActionSummaryOverviewItem]:
    rows: list[tuple[Any, ...]] = [(code, *amounts) for code, amounts in details.items()]
    return [
        ActionSummaryOverviewItem(code, NAMES[code], *map(padded, amounts))
        for code, *amounts in sorted(rows, key=costliest_first)
    ]


def _added(one: Amounts, other: Amounts) -> Amounts:
    return [left + right for left, right in zip(one, other, strict=True)]
