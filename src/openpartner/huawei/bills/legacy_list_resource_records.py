"""A customer's usage by resource, old: GET /v1.0/{domain_id}/customer/account-mgr/bill/res-records (mbc_00005)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, field

from openpartner.apikit.presence import BARE_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.months import first_day, last_day
from openpartner.core.billing.queries import BillFilter, By, Dimension
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, LegacyResponse, Text64
from openpartner.huawei.bills.amounts import NOTHING, Amounts
from openpartner.huawei.bills.legacy import PAGE_MAX, PayMethod, of_pay_method, pay_method, window
from openpartner.huawei.bills.names import resource_type
from openpartner.huawei.bills.own import ONESELF, whose_bills
from openpartner.huawei.bills.reading import Group, groups_of, in_one_currency, sources_of
from openpartner.huawei.bills.wire import (
    MAJOR_UNIT,
    MASTER_RAISES,
    NULL_FILTERS,
    Code,
    Cycle,
    LongCode,
    cycle_month,
    project,
    resource_types,
    texts,
)
from openpartner.huawei.registry import PER_SECOND, operation

D = Dimension
BY: tuple[By, ...] = (
    *(D.CURRENCY, D.CLOUD, D.SERVICE, D.RESOURCE_TYPE, D.PRODUCT, D.REGION, D.RESOURCE, D.PROJECT, D.CHARGING),
)


class LegacyListResourceRecords(HuaweiRequest, rename="camel"):
    """The query (mbc_00005): absent and blank are no filter, null is one, empty is refused. `offset` counts pages."""

    cycle: Cycle
    cloud_service_type_code: Annotated[Code | None, NULL_FILTERS] = None
    resource_type_code: Annotated[Code | None, NULL_FILTERS] = None
    region_code: Annotated[Code | None, NULL_FILTERS] = None
    res_instance_id: Annotated[LongCode | None, NULL_FILTERS] = None
    pay_method: Annotated[PayMethod | None, BARE_IS_ABSENT] = None
    enterprise_project_id: Annotated[Text64 | None, NULL_FILTERS] = None
    # vendor doc silent: a page of v1.0 usage without numbers; the first, of ten.
    offset: Annotated[Annotated[int, Meta(ge=1, le=PAGE_MAX)], BARE_IS_ABSENT] = 1
    limit: Annotated[Annotated[int, Meta(ge=1, le=1000)], BARE_IS_ABSENT] = 10


class LegacyMonthlyRecord(HuaweiResponse, rename="camel"):
    """One resource of the month, charged one way."""

    cloud_service_type_code: str
    resource_type_code: str
    region_code: str
    res_instance_id: str
    resource_name: str
    consume_amount: Decimal
    official_amount: Decimal
    cycle: str
    measure_id: int
    enterprise_project_id: str
    pay_method: str


class LegacyListResourceRecordsResponse(LegacyResponse):
    """A page of resources, how many there are, and what all of them cost at list price."""

    currency: str
    total_count: int = field(name="totalCount")
    monthly_records: list[LegacyMonthlyRecord] = field(name="monthlyRecords")
    official_amount: Decimal = field(name="officialAmount")


@operation(
    "LegacyListResourceRecords",
    route="GET /v1.0/{domain_id}/customer/account-mgr/bill/res-records",
    kinds=CUSTOMER,
    permission=Permission.BILL_READ,
    per_second=PER_SECOND,
    docs="oce/mbc_00005",
    raises=MASTER_RAISES,
    language="zh",
)
def legacy_list_resource_records(
    caller: Caller, request: LegacyListResourceRecords
) -> LegacyListResourceRecordsResponse:
    """The caller's own resources of the month, without its members'."""
    month = cycle_month("cycle", request.cycle)
    whose = whose_bills(caller, (first_day(month), last_day(month)), ONESELF)
    where = BillFilter.month(
        month,
        equal={
            **of_pay_method(request.pay_method),
            **texts(
                service_code=request.cloud_service_type_code,
                region_code=request.region_code,
                resource_id=request.res_instance_id,
            ),
            **project(request.enterprise_project_id),
        },
    )
    sources = sources_of(whose.shares, *resource_types([where], request.resource_type_code))
    groups, currency = in_one_currency(groups_of(sources, BY), whose.currency)
    found: dict[tuple[str, ...], tuple[str, list[Amounts]]] = {}
    for group in groups:
        found.setdefault(_key(group), (group.names[D.RESOURCE], []))[1].append(group.amounts)
    page = window(request.offset, request.limit)
    records = [
        LegacyMonthlyRecord(
            service,
            kind,
            region,
            resource,
            name,
            sum((one.payable for one in amounts), NOTHING),
            sum((one.official for one in amounts), NOTHING),
            request.cycle,
            MAJOR_UNIT,
            project_id or "-1",
            method,
        )
        for (service, kind, region, resource, project_id, method), (name, amounts) in sorted(found.items())[
            page.offset : page.offset + page.limit
        ]
    ]
    official = sum((group.amounts.official for group in groups), NOTHING)
    return LegacyListResourceRecordsResponse(
        currency=currency, total_count=len(found), monthly_records=records, official_amount=official
    )


def _key(group: Group) -> tuple[str, ...]:
    of = group.codes
    kind = resource_type(of[D.CLOUD], of[D.RESOURCE_TYPE], None, of[D.PRODUCT], None, "en")
    method = pay_method(of[D.CHARGING])
    return (of[D.SERVICE], kind.code, of[D.REGION], of[D.RESOURCE], of[D.PROJECT], method)
