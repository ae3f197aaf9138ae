"""A customer's records by resource: GET /v2/bills/customer-bills/res-fee-records (mbc_00004)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BARE_IS_ABSENT, BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.months import first_day, last_day
from openpartner.core.billing.queries import BillFilter
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.details import Detail, details_of
from openpartner.huawei.bills.names import instant
from openpartner.huawei.bills.own import ALL, Method, Whose, whose_bills
from openpartner.huawei.bills.reading import sources_in_one_currency, sources_of
from openpartner.huawei.bills.rows import own_amounts, own_line, own_sum
from openpartner.huawei.bills.statistics import BY_CYCLE, BY_DAY, BY_DETAIL, Sum, statistic, sums_of
from openpartner.huawei.bills.wire import (
    EVEN_BLANK_FILTERS,
    MASTER_RAISES,
    Code,
    Cycle,
    Day,
    Limit,
    Number,
    Offset,
    bill_types,
    charge_mode_text,
    cycle_month,
    days_within,
    project,
    texts,
    trades,
)
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.slices import Slice


class ListCustomerselfResourceRecords(HuaweiRequest):
    """The query (huawei:C9): some filters are none only when absent, and compare with nothing when blank."""

    cycle: Cycle
    cloud_service_type: Annotated[Code | None, EVEN_BLANK_FILTERS] = None
    region: Annotated[Code | None, EVEN_BLANK_FILTERS] = None
    charge_mode: Annotated[Annotated[str, Meta(max_length=4)] | None, EVEN_BLANK_FILTERS] = None
    bill_type: Annotated[Number | None, BARE_IS_ABSENT] = None
    resource_id: Annotated[Annotated[str, Meta(max_length=256)] | None, EVEN_BLANK_FILTERS] = None
    enterprise_project_id: Annotated[Text64 | None, EVEN_BLANK_FILTERS] = None
    include_zero_record: Annotated[bool | None, BARE_IS_ABSENT] = None
    method: Annotated[Method, BARE_IS_ABSENT] = ALL
    sub_customer_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    trade_id: Annotated[Text64 | None, EVEN_BLANK_FILTERS] = None
    bill_date_begin: Annotated[Day | None, BLANK_IS_ABSENT] = None
    bill_date_end: Annotated[Day | None, BLANK_IS_ABSENT] = None
    statistic_type: Annotated[Number, BARE_IS_ABSENT] = BY_DETAIL
    offset: Offset = 0
    limit: Limit = 10


class ResFeeRecord(HuaweiResponse, kw_only=True):
    """One record: a line, or the lines of a day or of the cycle that agree in everything told here."""

    bill_date: str | None = None
    bill_type: int
    customer_id: str
    region: str | None = None
    region_name: str | None = None
    cloud_service_type: str | None = None
    resource_type: str | None = None
    cloud_service_type_name: str | None = None
    resource_type_name: str | None = None
    effective_time: str | None = None
    expire_time: str | None = None
    resource_id: str | None = None
    resource_name: str | None = None
    resource_tag: str | None = None
    product_id: str | None = None
    product_name: str | None = None
    product_spec_desc: str | None = None
    sku_code: str | None = None
    trade_id: str | None = None
    id: str | None = None
    trade_time: str | None = None
    enterprise_project_id: str
    enterprise_project_name: str | None = None
    charge_mode: str
    order_id: str | None = None
    period_type: str | None = None
    usage_type: str | None = None
    usage: Decimal | None = None
    usage_measure_id: int | None = None
    unit_price: Decimal | None = None
    unit: str | None = None
    official_amount: Decimal
    discount_amount: Decimal
    amount: Decimal
    cash_amount: Decimal
    credit_amount: Decimal
    coupon_amount: Decimal
    flexipurchase_coupon_amount: Decimal
    stored_card_amount: Decimal
    bonus_amount: Decimal
    debt_amount: Decimal
    adjustment_amount: Decimal
    measure_id: int
    consume_time: str | None = None
    account_name: str
    period_num: Decimal | None = None


class ListCustomerselfResourceRecordsResponse(HuaweiResponse):
    """A page of records, how many there are, and their currency."""

    fee_records: list[ResFeeRecord]
    total_count: int
    currency: str


@operation(
    "ListCustomerselfResourceRecords",
    route="GET /v2/bills/customer-bills/res-fee-records",
    kinds=CUSTOMER,
    permission=Permission.BILL_READ,
    per_second=PER_SECOND,
    docs="oce/mbc_00004",
    raises=MASTER_RAISES,
    pending=tuple(
        f"fee_records[].{name}"
        for name in (
            *("spec_size", "spec_size_measure_id", "free_resource_usage", "free_resource_measure_id", "ri_usage"),
            *("ri_usage_measure_id", "formula", "relative_order_id"),
            *("sub_service_type_code", "sub_service_type_name", "sub_resource_type_code", "sub_resource_type_name"),
            *("sub_resource_id", "sub_resource_name"),
        )
    ),
    language="zh",
)
def list_customerself_resource_records(
    caller: Caller, request: ListCustomerselfResourceRecords
) -> ListCustomerselfResourceRecordsResponse:
    """The caller's records, its members' too: by line unless sums by day or cycle are asked for."""
    month = cycle_month("cycle", request.cycle)
    kind = statistic("statistic_type", request.statistic_type)
    whose = whose_bills(caller, (first_day(month), last_day(month)), request.method, request.sub_customer_id)
    days = days_within(month, ("bill_date_begin", "bill_date_end"), request.bill_date_begin, request.bill_date_end)
    equal, without = bill_types("bill_type", request.bill_type)
    where = BillFilter.month(
        month,
        # The days do not matter to a sum of the cycle (mbc_00004).
        since=days[0] if days and kind != BY_CYCLE else None,
        until=days[1] if days and kind != BY_CYCLE else None,
        equal={
            **equal,
            **charge_mode_text("charge_mode", request.charge_mode),
            **texts(
                service_code=request.cloud_service_type, region_code=request.region, resource_id=request.resource_id
            ),
            **project(request.enterprise_project_id),
        },
        without=without,
    )
    wheres = trades(where, request.trade_id)
    hide_zero = request.include_zero_record is False
    window = Slice(request.offset, request.limit)
    if kind != BY_DETAIL:
        sums, total, currency = sums_of(
            sources_of(whose.shares, *wheres), whose.currency, window, by_day=kind == BY_DAY, hide_zero=hide_zero
        )
        return ListCustomerselfResourceRecordsResponse(
            [_of_sum(one, whose, caller.language) for one in sums], total, currency
        )
    if hide_zero:
        wheres = [replace(one, is_zero={"cost_after_discount": False}) for one in wheres]
    sources, currency = sources_in_one_currency(sources_of(whose.shares, *wheres), whose.currency)
    details, total = details_of(sources, window, caller.language)
    return ListCustomerselfResourceRecordsResponse([_of_line(one, whose) for one in details], total, currency)


def _of_line(detail: Detail, whose: Whose) -> ResFeeRecord:
    raw, period = detail.raw, detail.period
    return ResFeeRecord(
        **own_line(detail, whose),
        **own_amounts(detail.amounts),
        bill_date=raw.bill_day.isoformat(),
        resource_type=detail.resource_type.code or None,
        resource_id=raw.resource_id,
        product_id=raw.product_code,
        product_name=raw.product_name,
        trade_time=instant(raw.charged_at),
        charge_mode=str(detail.charge_mode),
        order_id=raw.order_id,
        period_type=str(period) if period is not None else None,
        usage_type=raw.component_type_code,
        usage=raw.usage,
        usage_measure_id=detail.usage_unit,
        unit_price=raw.list_unit_price,
        unit=raw.pricing_unit,
        amount=detail.amounts.payable,
    )


def _of_sum(one: Sum, whose: Whose, language: str) -> ResFeeRecord:
    names = one.names(language)
    return ResFeeRecord(
        **own_sum(one, names, whose),
        **own_amounts(one.amounts),
        bill_date=one.day or None,
        resource_type=names.resource_type.code or None,
        resource_id=one.resource or None,
        product_id=one.product or None,
        product_name=names.product,
        charge_mode=str(one.charge_mode),
        order_id=one.order or None,
        usage_type=one.component_type or None,
        amount=one.amounts.payable,
    )
