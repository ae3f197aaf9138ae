"""A customer's transactions: GET /v2/bills/customer-bills/fee-records (China site, mbc_00007)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import BARE_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.models import MonthState
from openpartner.core.billing.months import first_day, last_day
from openpartner.core.billing.queries import BillFilter, months
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.details import Detail, details_of
from openpartner.huawei.bills.names import instant
from openpartner.huawei.bills.own import ALL, Method, Whose, whose_bills
from openpartner.huawei.bills.reading import Source, sources_in_one_currency, sources_of
from openpartner.huawei.bills.rows import young_amounts, young_line
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
    trades,
)
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.slices import Slice

PAID, OWED, UNBILLED = 1, 2, 3
CLOUD, MARKETPLACE = 1, 2
MARKETPLACE_SERVICE = "hws.service.type.marketplace"
"""vendor doc silent: what tells a line of the marketplace; the service type that it is billed under."""


class ListCustomerBillsFeeRecords(HuaweiRequest):
    """The query (mbc_00007): absent and blank are no filter."""

    bill_cycle: Cycle
    provider_type: Annotated[Number | None, BARE_IS_ABSENT] = None
    service_type_code: Annotated[Code | None, BARE_IS_ABSENT] = None
    resource_type_code: Annotated[Code | None, BARE_IS_ABSENT] = None
    region_code: Annotated[Code | None, BARE_IS_ABSENT] = None
    charging_mode: Annotated[Number | None, BARE_IS_ABSENT] = None
    bill_type: Annotated[Number | None, BARE_IS_ABSENT] = None
    trade_id: Annotated[Text64 | None, BARE_IS_ABSENT] = None
    enterprise_project_id: Annotated[Text64 | None, BARE_IS_ABSENT] = None
    include_zero_record: Annotated[bool | None, BARE_IS_ABSENT] = None
    status: Annotated[Number | None, BARE_IS_ABSENT] = None
    method: Annotated[Method, BARE_IS_ABSENT] = ALL
    sub_customer_id: Annotated[Text64 | None, BARE_IS_ABSENT] = None
    bill_date_begin: Annotated[Day | None, BARE_IS_ABSENT] = None
    bill_date_end: Annotated[Day | None, BARE_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10


class MonthlyBillRecord(HuaweiResponse, kw_only=True):
    """One deduction."""

    bill_cycle: str
    customer_id: str
    service_type_code: str | None = None
    resource_type_code: str | None = None
    service_type_name: str | None = None
    resource_type_name: str | None = None
    region_code: str | None = None
    enterprise_project_id: str
    enterprise_project_name: str | None = None
    charging_mode: int
    consume_time: str | None = None
    trade_time: str | None = None
    provider_type: int
    trade_id: str | None = None
    id: str
    bill_type: int
    status: int
    official_amount: Decimal
    official_discount_amount: Decimal
    erase_amount: Decimal
    consume_amount: Decimal
    cash_amount: Decimal
    credit_amount: Decimal
    coupon_amount: Decimal
    flexipurchase_coupon_amount: Decimal
    stored_value_card_amount: Decimal
    bonus_amount: Decimal
    debt_amount: Decimal
    writeoff_amount: Decimal
    region_name: str | None = None
    account_name: str


class ListCustomerBillsFeeRecordsResponse(HuaweiResponse):
    """A page of deductions, how many there are, and their currency."""

    total_count: int
    records: list[MonthlyBillRecord]
    currency: str


@operation(
    "ListCustomerBillsFeeRecords",
    route="GET /v2/bills/customer-bills/fee-records",
    kinds=CUSTOMER,
    permission=Permission.BILL_READ,
    per_second=PER_SECOND,
    docs="oce/mbc_00007",
    raises=MASTER_RAISES,
    language="zh",
)
def list_customer_bills_fee_records(
    caller: Caller, request: ListCustomerBillsFeeRecords
) -> ListCustomerBillsFeeRecordsResponse:
    """The caller's deductions, its members' too."""
    month = cycle_month("bill_cycle", request.bill_cycle)
    whose = whose_bills(caller, (first_day(month), last_day(month)), request.method, request.sub_customer_id)
    wheres = resource_types(trades(_where(month, request), request.trade_id), request.resource_type_code)
    if request.include_zero_record is False:
        wheres = [replace(one, is_zero={**one.is_zero, "cost_after_discount": False}) for one in wheres]
    if request.provider_type == MARKETPLACE and request.service_type_code not in {None, MARKETPLACE_SERVICE}:
        wheres = []  # nothing is both
    sources = sources_of(whose.shares, *wheres)
    open_clouds = _open_clouds(sources, month)
    sources = _with_status(sources, open_clouds, request.status)
    sources, currency = sources_in_one_currency(sources, whose.currency)
    details, total = details_of(sources, Slice(request.offset, request.limit), caller.language)
    return ListCustomerBillsFeeRecordsResponse(
        total, [_record(request.bill_cycle, one, whose, open_clouds) for one in details], currency
    )


def _where(month: int, request: ListCustomerBillsFeeRecords) -> BillFilter:
    equal, without = bill_types("bill_type", request.bill_type)
    days = days_within(month, ("bill_date_begin", "bill_date_end"), request.bill_date_begin, request.bill_date_end)
    if request.provider_type not in {None, CLOUD, MARKETPLACE}:
        raise Invalid("provider_type", "must be 1 or 2")
    if request.status not in {None, PAID, OWED, UNBILLED}:
        raise Invalid("status", "must be 1, 2 or 3")
    service = request.service_type_code
    if request.provider_type == CLOUD:
        without = {**without, "service_code": (MARKETPLACE_SERVICE,)}
    elif request.provider_type == MARKETPLACE:
        service = service or MARKETPLACE_SERVICE
    return BillFilter.month(
        month,
        since=days[0] if days else None,
        until=days[1] if days else None,
        equal={
            **equal,
            **chargings("charging_mode", request.charging_mode),
            **texts(service_code=service, region_code=request.region_code),
            **project(request.enterprise_project_id),
        },
        without=without,
    )


def _open_clouds(sources: list[Source], month: int) -> frozenset[str]:
    """The clouds whose month is still open: what is used in it is not billed yet."""
    scopes = dict.fromkeys(source.scope for source in sources)
    found = (info for scope in scopes for info in months(scope, first=month, last=month))
    return frozenset(info.cloud for info in found if info.state is MonthState.OPEN)


def _with_status(sources: list[Source], open_clouds: frozenset[str], status: int | None) -> list[Source]:
    """The sources narrowed to a payment status."""
    if status is None:
        return sources
    clouds = tuple(sorted(open_clouds))
    if status == UNBILLED:
        return [_narrowed(one, equal={"cloud": clouds}) for one in sources] if clouds else []
    billed = [_narrowed(one, without={"cloud": clouds}) for one in sources] if clouds else sources
    return [
        one._replace(where=replace(one.where, is_zero={**one.where.is_zero, "unpaid": status == PAID}))
        for one in billed
    ]


def _narrowed(source: Source, **conditions: dict[str, tuple[str, ...]]) -> Source:
    where = source.where
    return source._replace(
        where=replace(
            where,
            equal={**where.equal, **conditions.get("equal", {})},
            without={**where.without, **conditions.get("without", {})},
        )
    )


def _status(detail: Detail, open_clouds: frozenset[str]) -> int:
    if detail.raw.cloud in open_clouds:
        return UNBILLED
    return OWED if detail.raw.unpaid else PAID


def _record(cycle: str, detail: Detail, whose: Whose, open_clouds: frozenset[str]) -> MonthlyBillRecord:
    raw, amounts = detail.raw, detail.amounts
    return MonthlyBillRecord(
        **young_line(detail),
        **young_amounts(amounts),
        bill_cycle=cycle,
        customer_id=whose.account_id(raw.customer_id),
        enterprise_project_name=raw.project_name,
        consume_time=instant(detail.consumed_at),
        trade_time=instant(raw.charged_at),
        provider_type=MARKETPLACE if raw.service_code == MARKETPLACE_SERVICE else CLOUD,
        trade_id=detail.trade_id,
        id=str(raw.line_id),
        bill_type=detail.bill_type,
        status=_status(detail, open_clouds),
        erase_amount=amounts.truncated,
        consume_amount=amounts.payable,
        bonus_amount=amounts.bonus,
        account_name=whose.account_name(raw.customer_id),
    )
