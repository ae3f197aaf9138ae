"""DescribeCustomerOwnCostExplorerSummary: a customer's costs by a dimension, each by day or month."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing.months import month_text
from openpartner.core.billing.queries import BillFilter, Dimension, Tag
from openpartner.core.billing.queries import sums as sums_of_all
from openpartner.tencent.base import C, TencentRequest, TencentResponse
from openpartner.tencent.bills.amounts import plain, sums
from openpartner.tencent.bills.codes import of_pay_modes, of_transaction_types
from openpartner.tencent.bills.conditions import BLANK
from openpartner.tencent.bills.describe_bill_summary import UNTAGGED
from openpartner.tencent.bills.details import DEFAULT_PROJECT
from openpartner.tencent.bills.explorer import FACETS, NO_PROJECT, Facet, Instant, PeriodType, owner, payers, span
from openpartner.tencent.bills.whose import own_bills
from openpartner.tencent.registry import operation

Text = Annotated[str, Meta(max_length=255)]
Texts = Annotated[list[Text], Meta(max_length=200)]
TagKey = Annotated[Annotated[str, Meta(min_length=1, max_length=128)] | None, BLANK]
Named = Literal[
    "Default",
    "Business",
    "Product",
    "Region",
    "Zone",
    "ActionType",
    "PayMode",
    "Project",
    "PayerUin",
    "OwnerUin",
    "Tag",
]
FEES = {"originalCost": "list_cost", "totalCost": "total_cost"}
COLUMNS = {
    "business_in": "service_code",
    "product_in": "product_code",
    "region_in": "region_code",
    "zone_in": "zone_code",
    "component_in": "component_type_code",
    "item_in": "component_code",
    "resource_in": "resource_id",
}
EVERYTHING = ("", "default")
"""Code and name of the one group of the dimension Default (tencent:D.6)."""


class CostAnalyzeFilter(TencentRequest):
    """Conditions: one value of each list, and all lists together (tencent:D.6)."""

    business_in: Texts = []
    product_in: Texts = []
    region_in: Texts = []
    zone_in: Texts = []
    action_type_in: Texts = []
    pay_mode_in: Texts = []
    project_in: Texts = []
    payer_uin_in: Texts = []
    owner_uin_in: Texts = []
    component_in: Texts = []
    item_in: Texts = []
    resource_in: Texts = []
    tag_key: TagKey = None
    tag_in: Texts = []


class DescribeCustomerOwnCostExplorerSummary(TencentRequest):
    """Which costs, of when, by what, and which page of the groups."""

    dimension: Named
    fee_type: Literal["originalCost", "totalCost"]
    bill_type: Annotated[int, Meta(ge=1, le=1)]
    start_time: Instant
    end_time: Instant
    period_type: PeriodType
    page: Annotated[int, Meta(ge=1, le=10_000)]
    page_size: Annotated[int, Meta(ge=1, le=200)]
    tag_key: TagKey = None
    filter: CostAnalyzeFilter = msgspec.field(default_factory=CostAnalyzeFilter)


class PeriodItemDetail(TencentResponse):
    """What a day or a month costs."""

    period: str
    cost: str


class DimensionPeriodData(TencentResponse):
    """One group, by period."""

    name: str
    code: str
    sum_cost: str
    item_detail: list[PeriodItemDetail]


class CostAnalyzeDimensionData(TencentResponse):
    """All groups together, whatever the page."""

    total_count: int
    sum_cost: str
    period_item_detail: list[PeriodItemDetail]


class DescribeCustomerOwnCostExplorerSummaryResponse(TencentResponse):
    """A page of groups, the costliest first, and their total."""

    dimension_name: str
    detail: list[DimensionPeriodData]
    total_detail: CostAnalyzeDimensionData


Series = dict[str, Decimal]
"""Cost by period."""


@operation(
    "DescribeCustomerOwnCostExplorerSummary",
    kinds=C,
    permission=Permission.BILL_READ,
    per_second=20,
    docs="product/1085/80128",
)
def describe_customer_own_cost_explorer_summary(
    caller: Caller, request: DescribeCustomerOwnCostExplorerSummary
) -> DescribeCustomerOwnCostExplorerSummaryResponse:
    """Costs of the customer itself. Periods without costs are left out, as in the worked example."""
    if request.dimension == "Tag" and request.tag_key is None:
        raise Invalid("TagKey", "is needed by the dimension Tag")
    if request.filter.tag_in and request.filter.tag_key is None:
        raise Invalid("Filter.TagKey", "is needed by Filter.TagIn")
    scope = own_bills(caller)
    span_of = span(request.start_time, request.end_time, request.period_type)
    where = _narrowed(caller, scope, span_of, request.filter)
    groups = _groups(caller, scope, where, request) if where else {}
    ordered = sorted(groups.items(), key=lambda group: (-sum(group[1].values()), group[0]))
    first = (request.page - 1) * request.page_size
    whole: Series = {}
    for series in groups.values():
        for period, cost in series.items():
            whole[period] = whole.get(period, Decimal(0)) + cost
    return DescribeCustomerOwnCostExplorerSummaryResponse(
        request.dimension,
        [
            DimensionPeriodData(name, code, _sum(series), _told(series))
            for (code, name), series in ordered[first : first + request.page_size]
        ],
        CostAnalyzeDimensionData(len(groups), _sum(whole), _told(whole)),
    )


def _groups(
    caller: Caller, scope: Scope, where: BillFilter, request: DescribeCustomerOwnCostExplorerSummary
) -> dict[tuple[str, str], Series]:
    facet = _facet(caller, scope, where, request)
    period = Dimension.DAY if request.period_type == "day" else Dimension.MONTH
    found: dict[tuple[str, str], Series] = {}
    for *group, when, _lines, cost in sums(scope, where, (*facet.by, period), (FEES[request.fee_type],)):
        series = found.setdefault(facet.of(group), {})
        label = str(when) if period is Dimension.DAY else month_text(when)
        series[label] = series.get(label, Decimal(0)) + cost
    return found


def _facet(caller: Caller, scope: Scope, where: BillFilter, request: DescribeCustomerOwnCostExplorerSummary) -> Facet:
    match request.dimension:
        case "Default":
            return Facet((), lambda: EVERYTHING)
        case "OwnerUin":
            return Facet((), lambda: owner(caller))
        case "PayerUin":
            return payers({row[0] for row in sums_of_all(scope, where, (Dimension.PAYER,), ())})
        case "Tag":
            assert request.tag_key is not None
            return Facet((Tag(request.tag_key),), lambda value: (UNTAGGED if value is None else value,) * 2)
        case named:
            return FACETS[named]


def _narrowed(caller: Caller, scope: Scope, where: BillFilter, given: CostAnalyzeFilter) -> BillFilter | None:
    """The span under the conditions; None where they leave nothing."""
    if given.owner_uin_in and str(caller.uin) not in given.owner_uin_in:
        return None
    equal: dict[str, tuple[str, ...]] = {
        column: tuple(values) for name, column in COLUMNS.items() if (values := getattr(given, name))
    }
    if given.project_in:
        # tencent:D.6: the project of what has none is `default` in one example and `0` in another.
        without = {"", NO_PROJECT, DEFAULT_PROJECT}
        is_without = without & set(given.project_in)
        equal["project_id"] = (*given.project_in, *(without if is_without else ()))
    if given.payer_uin_in:
        uins = [int(uin) for uin in given.payer_uin_in if uin.isdecimal() and len(uin) <= _UIN_LENGTH_MAX]
        rows = Account.objects.everything(reason="only lines of the caller are looked at").filter(uin__in=uins)
        equal["payer_id"] = tuple(str(key) for key in rows.values_list("pk", flat=True))
    if given.pay_mode_in:
        equal |= of_pay_modes(given.pay_mode_in)
    if given.action_type_in:
        equal |= of_transaction_types(scope, where, given.action_type_in)
    tag = (given.tag_key, tuple(given.tag_in)) if given.tag_key is not None else None
    return replace(where, equal=equal, tag=tag)


_UIN_LENGTH_MAX = 18


def _sum(series: Series) -> str:
    return plain(sum(series.values(), Decimal(0)))


def _told(series: Series) -> list[PeriodItemDetail]:
    return [PeriodItemDetail(period, plain(series[period])) for period in sorted(series)]
