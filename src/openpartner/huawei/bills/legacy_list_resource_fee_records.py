"""Records by resource, old: GET /v1.0/{domain_id}/customer/account-mgr/bill/res-fee-records (mbc_00002)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, field

from openpartner.apikit.presence import BARE_IS_ABSENT, BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.months import month_of_day, month_text
from openpartner.core.billing.queries import BillFilter, Dimension
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, LegacyResponse, Text64
from openpartner.huawei.bills.amounts import NOTHING
from openpartner.huawei.bills.details import Detail, details_of, spot_of
from openpartner.huawei.bills.legacy import PAGE_MAX, PayMethod, of_pay_method, pay_method, window
from openpartner.huawei.bills.names import instant
from openpartner.huawei.bills.own import ONESELF, whose_bills
from openpartner.huawei.bills.reading import groups_of, sources_in_one_currency, sources_of
from openpartner.huawei.bills.wire import (
    MAJOR_UNIT,
    MASTER_RAISES,
    NULL_FILTERS,
    LongCode,
    cycle_month,
    day_of,
    project,
    texts,
)
from openpartner.huawei.registry import PER_SECOND, operation

Day = Annotated[str, Meta(max_length=10)]


class LegacyListResourceFeeRecords(HuaweiRequest, rename="camel"):
    """The query (mbc_00002): absent and blank are no filter, null is one, empty is refused. `offset` counts pages."""

    start_time: Annotated[Day, BLANK_IS_INVALID]
    end_time: Annotated[Day, BLANK_IS_INVALID]
    cloud_service_type_code: Annotated[LongCode | None, NULL_FILTERS] = None
    region_code: Annotated[Text64 | None, NULL_FILTERS] = None
    order_id: Annotated[Text64 | None, NULL_FILTERS] = None
    pay_method: Annotated[PayMethod | None, BARE_IS_ABSENT] = None
    resource_id: Annotated[LongCode | None, NULL_FILTERS] = None
    enterprise_project_id: Annotated[Text64 | None, NULL_FILTERS] = None
    offset: Annotated[Annotated[int, Meta(ge=1, le=PAGE_MAX)], BLANK_IS_INVALID] = 1
    limit: Annotated[Annotated[int, Meta(ge=1, le=100)], BLANK_IS_INVALID] = 10


class LegacyFeeRecord(HuaweiResponse, rename="camel", kw_only=True):
    """One line."""

    create_time: str | None = None
    effective_time: str | None = None
    expire_time: str | None = None
    fee_id: str
    product_id: str | None = None
    product_name: str | None = None
    order_id: str | None = None
    amount: Decimal
    measure_id: int
    usage_amount: Decimal | None = None
    usage_measure_id: int | None = None
    cloud_service_type_code: str | None = None
    resource_type_code: str | None = None
    region_code: str | None = None
    pay_method: str
    resource_tag: str | None = None
    resource_name: str | None = None
    resource_id: str | None = None
    fee_source_operation: int
    enterprise_project_id: str
    period_type: str | None = None
    spot: str
    official_amount: Decimal


class LegacyListResourceFeeRecordsResponse(LegacyResponse):
    """A page of lines, how many there are, and what all of them cost at list price."""

    currency: str
    total_count: int = field(name="totalCount")
    fee_records: list[LegacyFeeRecord] = field(name="feeRecords")
    official_amount: Decimal = field(name="officialAmount")


@operation(
    "LegacyListResourceFeeRecords",
    route="GET /v1.0/{domain_id}/customer/account-mgr/bill/res-fee-records",
    kinds=CUSTOMER,
    permission=Permission.BILL_READ,
    per_second=PER_SECOND,
    docs="oce/mbc_00002",
    raises=MASTER_RAISES,
    language="zh",
)
def legacy_list_resource_fee_records(
    caller: Caller, request: LegacyListResourceFeeRecords
) -> LegacyListResourceFeeRecordsResponse:
    """The caller's own lines of some days of one month, without its members'."""
    since, until = day_of("startTime", request.start_time), day_of("endTime", request.end_time)
    month = cycle_month("startTime", month_text(month_of_day(since)))
    if month_of_day(until) != month or until < since:
        raise Invalid("endTime", "must be a later day of the same month")
    whose = whose_bills(caller, (since, until), ONESELF)
    where = BillFilter.month(
        month,
        since=since,
        until=until,
        equal={
            **of_pay_method(request.pay_method),
            **texts(
                service_code=request.cloud_service_type_code,
                region_code=request.region_code,
                order_id=request.order_id,
                resource_id=request.resource_id,
            ),
            **project(request.enterprise_project_id),
        },
    )
    sources, currency = sources_in_one_currency(sources_of(whose.shares, where), whose.currency)
    details, total = details_of(sources, window(request.offset, request.limit), caller.language)
    listed = groups_of(sources, [Dimension.CURRENCY], ["list_cost"])
    return LegacyListResourceFeeRecordsResponse(
        currency=currency,
        total_count=total,
        fee_records=[_record(detail) for detail in details],
        official_amount=sum((group.sums[0] for group in listed), NOTHING),
    )


def _record(detail: Detail) -> LegacyFeeRecord:
    raw, period = detail.raw, detail.period
    return LegacyFeeRecord(
        create_time=instant(raw.charged_at),
        effective_time=instant(raw.usage_from),
        expire_time=instant(raw.usage_to),
        fee_id=str(raw.line_id),
        product_id=raw.product_code,
        product_name=raw.product_name,
        order_id=raw.order_id,
        amount=detail.amounts.payable,
        measure_id=MAJOR_UNIT,
        usage_amount=raw.usage,
        usage_measure_id=detail.usage_unit,
        cloud_service_type_code=raw.service_code,
        resource_type_code=detail.resource_type.code or None,
        region_code=raw.region_code,
        pay_method=pay_method(raw.charging),
        resource_tag=raw.tags,
        resource_name=raw.resource_name,
        resource_id=raw.resource_id,
        fee_source_operation=detail.bill_type,
        enterprise_project_id=raw.project_id or "-1",
        period_type=str(period) if period is not None else None,
        spot=spot_of(raw.charging, raw.action),
        official_amount=detail.amounts.official,
    )
