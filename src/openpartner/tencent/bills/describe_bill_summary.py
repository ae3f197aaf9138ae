"""DescribeBillSummary: a customer's own month by product, by project, or by the values of a tag."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotAllowed
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing.months import month_of
from openpartner.core.billing.queries import BillFilter, Dimension, Tag
from openpartner.tencent.base import C, RefusedAs, TencentRequest, TencentResponse
from openpartner.tencent.bills.amounts import Month, padded, sums
from openpartner.tencent.bills.details import DEFAULT_PROJECT
from openpartner.tencent.bills.overview import costliest_first
from openpartner.tencent.bills.whose import own_bills
from openpartner.tencent.errors import FAILED, INVALID_PARAMETER
from openpartner.tencent.registry import operation

AMOUNTS = ("list_cost", "voucher_deduction", "reservation_deduction", "total_cost")
NO_PROJECT = "0"
UNTAGGED = "default"
"""tencent:D.6: what the worked examples call the project and the tag's value of what has none."""


class DescribeBillSummary(TencentRequest):
    """Which month, and by what."""

    month: Month
    group_type: Annotated[Literal["product", "project", "tag"], RefusedAs("InvalidParameterValue.InvalidDimension")]
    tag_key: Annotated[list[Annotated[str, Meta(min_length=1, max_length=128)]], Meta(max_length=20)] = []


class BusinessInfo(TencentResponse):
    """One product of a group."""

    business_code_name: str
    business_code: str
    original_cost: str
    voucher_pay_amount: str
    RICost: str
    total_cost: str


class SummaryDetails(TencentResponse):
    """One group; its products add up to it. By product it has none."""

    group_key: str
    group_value: str
    business: list[BusinessInfo]
    original_cost: str
    voucher_pay_amount: str
    RICost: str
    total_cost: str


class DescribeBillSummaryResponse(TencentResponse):
    """The groups, the costliest first."""

    summary_detail: list[SummaryDetails]


@operation(
    "DescribeBillSummary",
    kinds=C,
    permission=Permission.BILL_READ,
    per_second=1,
    docs="",
    raises={NotAllowed: FAILED, Invalid: INVALID_PARAMETER},
)
def describe_bill_summary(caller: Caller, request: DescribeBillSummary) -> DescribeBillSummaryResponse:
    """Each group that the month has lines of; by tag, one list of groups for each key."""
    scope, where = own_bills(caller), BillFilter.month(month_of(request.month))
    if request.group_type == "product":
        rows = sorted(sums(scope, where, (Dimension.SERVICE,), AMOUNTS), key=costliest_first)
        return DescribeBillSummaryResponse(
            [
                SummaryDetails(code or "", name or code or "", [], *map(padded, amounts))
                for code, name, _lines, *amounts in rows
            ]
        )
    if request.group_type == "project":
        rows = sums(scope, where, (Dimension.PROJECT, Dimension.SERVICE), AMOUNTS)
        return DescribeBillSummaryResponse(
            _groups([(key or NO_PROJECT, name or key or DEFAULT_PROJECT, *rest) for key, name, *rest in rows])
        )
    # vendor doc silent: whether a key is needed; nothing else says which tags are meant.
    if not request.tag_key:
        raise Invalid("TagKey", "is needed to summarize by tag")
    return DescribeBillSummaryResponse(
        [group for key in dict.fromkeys(request.tag_key) for group in _by_tag(scope, where, key)]
    )


def _by_tag(scope: Scope, where: BillFilter, key: str) -> list[SummaryDetails]:
    rows = sums(scope, where, (Tag(key), Dimension.SERVICE), AMOUNTS)
    return _groups([(key, UNTAGGED if value is None else value, *rest) for value, *rest in rows])


def _groups(rows: list[tuple[Any, ...]]) -> list[SummaryDetails]:
    """Groups of rows of (key, value, product's code, its name, lines, amounts)."""
    found: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for key, value, *rest in rows:
        found.setdefault((key, value), []).append(tuple(rest))
    groups: list[tuple[Any, ...]] = []
    for (key, value), products in found.items():
        totals: list[Decimal] = [sum(column, Decimal(0)) for column in list(zip(*products, strict=True))[3:]]
        groups.append((value, key, sorted(products, key=costliest_first), *totals))
    return [
        SummaryDetails(
            key,
            value,
            [
                BusinessInfo(name or code or "", code or "", *map(padded, amounts))
                for code, name, _lines, *amounts in products
            ],
            *map(padded, totals),
        )
        for value, key, products, *totals in sorted(groups, key=costliest_first)
    ]
