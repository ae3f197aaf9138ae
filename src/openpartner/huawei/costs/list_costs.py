"""A customer's costs by whatever dimensions: POST /v4/costs/cost-analysed-bills/query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_INVALID, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.months import first_day, last_day, month_of_day, month_text
from openpartner.core.billing.queries import BillFilter, Dimension
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse
from openpartner.huawei.bills.amounts import NOTHING
from openpartner.huawei.bills.own import Whose, whose_bills
from openpartner.huawei.bills.reading import Group, groups_of, in_one_currency, sources_of
from openpartner.huawei.bills.wire import MASTER_RAISES, Limit, Number, Offset, cycle_month, day_of
from openpartner.huawei.costs.dimensions import Key, grouped_by, grouping, rule_of
from openpartner.huawei.registry import PER_SECOND, operation

BY_DAY, BY_MONTH = 1, 2
ORIGINAL, AMORTIZED = "ORIGINAL_COST", "AMORTIZED_COST"
PAYMENT, NET = "PAYMENT_AMOUNT", "NET_AMOUNT"
INCLUDE, EXCLUDE = 0, 1
LISTS_MAX = 100
AMOUNTS: Mapping[tuple[str, str], tuple[str, ...]] = {
    (ORIGINAL, PAYMENT): ("cost_after_discount",),
    (ORIGINAL, NET): ("total_cost",),
    # What is spread is what is owed after coupons; they are spread with it when they are counted in.
    (AMORTIZED, PAYMENT): ("effective_cost", "voucher_deduction"),
    (AMORTIZED, NET): ("effective_cost",),
}
"""The lake's amounts that add up to what a cost type and an amount type ask for (huawei:E6)."""
Word = Annotated[str, Meta(max_length=64)]
LongWord = Annotated[str, Meta(max_length=256)]


class TimeCondition(HuaweiRequest):
    """Days or months in Beijing, both included."""

    begin_time: Annotated[Annotated[str, Meta(max_length=32)], BLANK_IS_INVALID]
    end_time: Annotated[Annotated[str, Meta(max_length=32)], BLANK_IS_INVALID]
    time_measure_id: Number | None = None
    """1 or nothing for days, 2 for months."""


class GroupBy(HuaweiRequest):
    """A dimension, the key of a tag, or the key of a cost unit."""

    type: Word
    key: LongWord


class FilterFactor(HuaweiRequest):
    """A dimension and its values."""

    key: Word
    value: Annotated[list[LongWord], Meta(max_length=1000)]


class Filter(HuaweiRequest):
    """Only what has one of the values, or only what has none of them."""

    filter_factor: FilterFactor
    operator: Number | None = None
    """0 to include, 1 to exclude; without one it filters nothing."""


class ListCosts(HuaweiRequest):
    """The body."""

    time_condition: TimeCondition
    groupby: Annotated[list[GroupBy], Meta(min_length=1, max_length=LISTS_MAX)]
    cost_type: Annotated[Word, BLANK_IS_INVALID]
    amount_type: Annotated[Word, BLANK_IS_INVALID]
    filters: Annotated[Annotated[list[Filter], Meta(max_length=LISTS_MAX)], NULL_IS_ABSENT] = []
    offset: Offset = 0
    limit: Limit = 10


class DimensionGroup(HuaweiResponse):
    """One dimension of a group and its value."""

    key: str
    value: str


class Cost(HuaweiResponse):
    """What a group cost in one day or month."""

    time_dimension_value: str
    time_measure_id: int
    amount: str
    official_amount: str


class CostDataByDimension(HuaweiResponse):
    """One group: by time, and in all."""

    dimensions: list[DimensionGroup]
    costs: list[Cost]
    amount_by_costs: str
    official_amount_by_costs: str


class ListCostsResponse(HuaweiResponse):
    """A page of groups, how many there are, and their currency."""

    currency: str
    total_count: int
    cost_data: list[CostDataByDimension]


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are asked for, and what time is told in."""

    since: date
    until: date
    measure: int

    @property
    def dimension(self) -> Dimension:
        return Dimension.DAY if self.measure == BY_DAY else Dimension.MONTH

    def text(self, value: str) -> str:
        """A value of the dimension in Huawei's spelling."""
        return value if self.measure == BY_DAY else month_text(int(value))


@operation(
    "ListCosts",
    route="POST /v4/costs/cost-analysed-bills/query",
    kinds=CUSTOMER,
    permission=Permission.BILL_READ,
    per_second=PER_SECOND,
    docs="",
    raises=MASTER_RAISES,
    language="zh",
)
def list_costs(caller: Caller, request: ListCosts) -> ListCostsResponse:
    """The caller's costs, its members' too, in groups, the dearest first."""
    span = _span(request.time_condition)
    amounts = AMOUNTS.get((request.cost_type, request.amount_type))
    if amounts is None:
        raise Invalid("cost_type", f"must be {ORIGINAL} or {AMORTIZED}, and amount_type {PAYMENT} or {NET}")
    whose = whose_bills(caller, (span.since, span.until))
    keys = [grouping(one.type, one.key) for one in request.groupby]
    rules = [
        rule_of(one.filter_factor.key, one.filter_factor.value, is_out=one.operator == EXCLUDE)
        for one in _filters(request.filters)
    ]
    where = BillFilter(
        first_month=month_of_day(span.since),
        last_month=month_of_day(span.until),
        since=span.since if span.measure == BY_DAY else None,
        until=span.until if span.measure == BY_DAY else None,
    )
    for rule in rules:
        where = rule.narrowed(where)
    by = list(dict.fromkeys([Dimension.CURRENCY, span.dimension, *grouped_by([*keys, *rules])]))
    groups, currency = in_one_currency(
        groups_of(sources_of(whose.shares, where), by, [*amounts, "list_cost"]), whose.currency
    )
    tables = _tables([one for one in groups if all(rule.admits(one, whose) for rule in rules)], keys, whose, span)
    data = sorted(tables.items(), key=lambda item: (-item[1].total[0], item[0]))
    page = data[request.offset : request.offset + request.limit]
    return ListCostsResponse(currency, len(data), [_cost_data(request.groupby, *item, span) for item in page])


@dataclass(slots=True)
class Table:
    """What a group cost by time, and at list price."""

    costs: dict[str, tuple[Decimal, Decimal]]

    @property
    def total(self) -> tuple[Decimal, Decimal]:
        amounts, listed = zip(*self.costs.values(), strict=True)
        return sum(amounts, NOTHING), sum(listed, NOTHING)


def _tables(groups: Sequence[Group], keys: Sequence[Key], whose: Whose, span: Span) -> dict[tuple[str, ...], Table]:
    """The groups by the values that are asked for: several of the lake's may have the same."""
    found: dict[tuple[str, ...], Table] = {}
    for group in groups:
        table = found.setdefault(tuple(key.value(group, whose) for key in keys), Table({}))
        time = span.text(group.codes[span.dimension])
        amount, listed = table.costs.get(time, (NOTHING, NOTHING))
        table.costs[time] = (sum(group.sums[:-1], amount), listed + group.sums[-1])
    return found


def _cost_data(groupby: Sequence[GroupBy], values: tuple[str, ...], table: Table, span: Span) -> CostDataByDimension:
    amount, listed = table.total
    return CostDataByDimension(
        [DimensionGroup(one.key, value) for one, value in zip(groupby, values, strict=True)],
        [Cost(time, span.measure, f"{one:f}", f"{other:f}") for time, (one, other) in sorted(table.costs.items())],
        f"{amount:f}",
        f"{listed:f}",
    )


def _filters(filters: Sequence[Filter]) -> Iterator[Filter]:
    """Those that filter: they say how, and by what."""
    for one in filters:
        if one.operator not in {None, INCLUDE, EXCLUDE}:
            raise Invalid("operator", "must be 0 or 1")
        if one.operator is not None and one.filter_factor.value:
            yield one


def _span(condition: TimeCondition) -> Span:
    """The time that is asked for, within the history that is kept."""
    begin, end, measure = condition.begin_time, condition.end_time, condition.time_measure_id or BY_DAY
    if measure == BY_MONTH:
        span = Span(first_day(cycle_month("begin_time", begin)), last_day(cycle_month("end_time", end)), measure)
    elif measure == BY_DAY:
        span = Span(day_of("begin_time", begin), day_of("end_time", end), measure)
        for name, day in (("begin_time", span.since), ("end_time", span.until)):
            cycle_month(name, month_text(month_of_day(day)))
    else:
        raise Invalid("time_measure_id", "must be 1 or 2")
    if span.since > span.until:
        raise Invalid("begin_time", "must not be after end_time")
    return span
