"""A customer's usage by resource: POST /v2/bills/customer-bills/res-records/query (mbc_00003)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, field

from openpartner.apikit.presence import BLANK_IS_ABSENT, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.months import first_day, last_day
from openpartner.core.billing.queries import BillFilter
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.details import Detail, details_of, spot_of
from openpartner.huawei.bills.own import ALL, Method, Whose, whose_bills
from openpartner.huawei.bills.reading import sources_in_one_currency, sources_of
from openpartner.huawei.bills.rows import own_amounts, own_line, own_sum
from openpartner.huawei.bills.statistics import BY_CYCLE, BY_DAY, BY_DETAIL, Sum, statistic, sums_of
from openpartner.huawei.bills.wire import (
    MASTER_RAISES,
    Code,
    Cycle,
    Day,
    Limit,
    Number,
    Offset,
    bill_types,
    chargings,
    cycle_month,
    days_within,
    project,
    resource_types,
    texts,
)
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.slices import Slice

BILLCYCLE, DAILY = "BILLCYCLE", "DAILY"


class ListCustomerselfResourceRecordDetails(HuaweiRequest):
    """The body (huawei:C9): absent, empty and null are no condition."""

    cycle: Cycle
    cloud_service_type: Annotated[Code | None, BLANK_IS_ABSENT] = None
    resource_type: Annotated[Code | None, BLANK_IS_ABSENT] = None
    region: Annotated[Code | None, BLANK_IS_ABSENT] = None
    res_instance_id: Annotated[Annotated[str, Meta(max_length=256)] | None, BLANK_IS_ABSENT] = None
    charge_mode: Annotated[Number | None, NULL_IS_ABSENT] = None
    bill_type: Annotated[Number | None, NULL_IS_ABSENT] = None
    enterprise_project_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    include_zero_record: Annotated[bool | None, BLANK_IS_ABSENT] = None
    method: Annotated[Method, BLANK_IS_ABSENT] = ALL
    sub_customer_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    # vendor doc silent: an empty or null statistic type of usage by resource; null is the default, empty is refused.
    statistic_type: Annotated[Number, NULL_IS_ABSENT] = BY_CYCLE
    query_type: Annotated[Annotated[str, Meta(max_length=64)], BLANK_IS_ABSENT] = BILLCYCLE
    bill_cycle_begin: Annotated[Day | None, BLANK_IS_ABSENT] = None
    bill_cycle_end: Annotated[Day | None, BLANK_IS_ABSENT] = None
    payer_account_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10


class AzCodeInfo(HuaweiResponse):
    """An availability zone."""

    az_code: str


class MonthlyBillRes(HuaweiResponse, kw_only=True):
    """One record: the lines of the cycle or of a day that agree in everything told here, or one line."""

    cycle: str
    bill_date: str | None = None
    bill_type: int
    customer_id: str
    region: str | None = None
    region_name: str | None = None
    cloud_service_type: str | None = None
    resource_type_code: str | None = field(name="resource_Type_code", default=None)  # spelled so
    cloud_service_type_name: str | None = None
    resource_type_name: str | None = None
    res_instance_id: str | None = None
    resource_name: str | None = None
    resource_tag: str | None = None
    sku_code: str | None = None
    enterprise_project_id: str
    enterprise_project_name: str | None = None
    charge_mode: int
    consume_amount: Decimal
    cash_amount: Decimal
    credit_amount: Decimal
    coupon_amount: Decimal
    flexipurchase_coupon_amount: Decimal
    stored_card_amount: Decimal
    bonus_amount: Decimal
    debt_amount: Decimal
    adjustment_amount: Decimal
    official_amount: Decimal
    discount_amount: Decimal
    measure_id: int
    period_type: int | None = None
    trade_id: str | None = None
    id: str | None = None
    product_spec_desc: str | None = None
    az_code_infos: list[AzCodeInfo] | None = None
    payer_account_id: str
    effective_time: str | None = None
    expire_time: str | None = None
    consume_time: str | None = None
    account_name: str
    period_num: Decimal | None = None
    is_spot: str | None = None


class ListCustomerselfResourceRecordDetailsResponse(HuaweiResponse):
    """A page of records, how many there are, and their currency."""

    monthly_records: list[MonthlyBillRes]
    total_count: int
    currency: str


@operation(
    "ListCustomerselfResourceRecordDetails",
    route="POST /v2/bills/customer-bills/res-records/query",
    kinds=CUSTOMER,
    permission=Permission.BILL_READ,
    per_second=PER_SECOND,
    docs="oce/mbc_00003",
    raises=MASTER_RAISES,
    pending=tuple(
        f"monthly_records[].{name}"
        for name in (
            *("root_resource_id", "parent_resource_id", "pre_order_id", "be_id", "promotion_type", "payment_type"),
            *("extend_params", "extend_params.self_resource_id", "extend_params.relation_infos"),
            *("extend_params.relation_infos[].relative_resource_id", "extend_params.relation_infos[].relative_type"),
            *("sub_service_type_code", "sub_service_type_name", "sub_resource_type_code", "sub_resource_type_name"),
            *("sub_resource_id", "sub_resource_name"),
        )
    ),
    language="en",
)
def list_customerself_resource_record_details(
    caller: Caller, request: ListCustomerselfResourceRecordDetails
) -> ListCustomerselfResourceRecordDetailsResponse:
    """The caller's usage, its members' too: by cycle unless days or lines are asked for."""
    month = cycle_month("cycle", request.cycle)
    kind = statistic("statistic_type", request.statistic_type)
    days = (first_day(month), last_day(month))
    whose = whose_bills(caller, days, request.method, request.sub_customer_id, request.payer_account_id)
    since, until = _days(month, kind, request)
    equal, without = bill_types("bill_type", request.bill_type)
    where = BillFilter.month(
        month,
        since=since,
        until=until,
        equal={
            **equal,
            **chargings("charge_mode", request.charge_mode),
            **texts(
                service_code=request.cloud_service_type,
                region_code=request.region,
                resource_id=request.res_instance_id,
            ),
            **project(request.enterprise_project_id),
        },
        without=without,
    )
    wheres = resource_types([where], request.resource_type)
    hide_zero = request.include_zero_record is False
    window = Slice(request.offset, request.limit)
    if kind != BY_DETAIL:
        sums, total, currency = sums_of(
            sources_of(whose.shares, *wheres), whose.currency, window, by_day=kind == BY_DAY, hide_zero=hide_zero
        )
        return ListCustomerselfResourceRecordDetailsResponse(
            [_of_sum(request.cycle, one, whose, caller.language) for one in sums], total, currency
        )
    if hide_zero:
        wheres = [replace(one, is_zero={"cost_after_discount": False}) for one in wheres]
    sources, currency = sources_in_one_currency(sources_of(whose.shares, *wheres), whose.currency)
    details, total = details_of(sources, window, caller.language)
    return ListCustomerselfResourceRecordDetailsResponse(
        [_of_line(request.cycle, one, whose) for one in details], total, currency
    )


def _days(month: int, kind: int, request: ListCustomerselfResourceRecordDetails) -> tuple[date | None, date | None]:
    """The days of a daily query; a monthly one has none."""
    if request.query_type == BILLCYCLE:
        return None, None
    if request.query_type != DAILY:
        raise Invalid("query_type", "must be BILLCYCLE or DAILY")
    if kind == BY_CYCLE:
        raise Invalid("query_type", "DAILY needs the statistic type 2 or 3")
    names = ("bill_cycle_begin", "bill_cycle_end")
    # vendor doc silent: days of a daily query outside its cycle; refused, because lines of another cycle are others.
    days = days_within(month, names, request.bill_cycle_begin, request.bill_cycle_end)
    if days is None:
        raise Invalid(names[0], f"and {names[1]} are needed when query_type is DAILY")
    return days


def _of_line(cycle: str, detail: Detail, whose: Whose) -> MonthlyBillRes:
    raw = detail.raw
    return MonthlyBillRes(
        **own_line(detail, whose),
        **own_amounts(detail.amounts),
        cycle=cycle,
        resource_type_code=detail.resource_type.code or None,
        res_instance_id=raw.resource_id,
        charge_mode=detail.charge_mode,
        consume_amount=detail.amounts.payable,
        period_type=detail.period,
        az_code_infos=[AzCodeInfo(raw.zone_code)] if raw.zone_code else None,
        payer_account_id=whose.payer(raw.customer_id, detail.payer),
        is_spot=spot_of(raw.charging, raw.action),
    )


def _of_sum(cycle: str, one: Sum, whose: Whose, language: str) -> MonthlyBillRes:
    names = one.names(language)
    return MonthlyBillRes(
        **own_sum(one, names, whose),
        **own_amounts(one.amounts),
        cycle=cycle,
        bill_date=one.day or None,
        resource_type_code=names.resource_type.code or None,
        res_instance_id=one.resource or None,
        charge_mode=one.charge_mode,
        consume_amount=one.amounts.payable,
        az_code_infos=[AzCodeInfo(one.zone)] if one.zone else None,
        payer_account_id=whose.payer(one.customer, one.payer),
    )
