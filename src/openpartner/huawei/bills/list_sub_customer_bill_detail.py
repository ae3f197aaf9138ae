"""A partner's view of one customer's lines: GET /v2/bills/subcustomer-bills/res-fee-records (China site)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BARE_IS_ABSENT, BLANK_IS_ABSENT, BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.queries import BillFilter
from openpartner.core.customers.billed import BilledCustomer, billed_customer
from openpartner.huawei.base import (
    ASSOCIATIONS,
    CODES,
    CSP_OR_DISTRIBUTOR,
    HuaweiRequest,
    HuaweiResponse,
    Text64,
)
from openpartner.huawei.bills.details import Detail, details_of
from openpartner.huawei.bills.names import instant
from openpartner.huawei.bills.partner import Seller, seller_of
from openpartner.huawei.bills.reading import Source, sources_in_one_currency
from openpartner.huawei.bills.rows import young_amounts, young_line, young_resource
from openpartner.huawei.bills.wire import (
    CURRENCIES,
    EMPTY_AND_NULL_FILTER,
    NULL_FILTERS,
    NULL_OR_BARE_IS_ABSENT,
    PARTNER_RAISES,
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
    texts,
    trades,
)
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.slices import Slice

LongText = Annotated[str, Meta(max_length=256)]


class ListSubCustomerBillDetail(HuaweiRequest):
    """The query, with the rules of the SDK's model: what filters when blank, empty or null differs by parameter."""

    bill_cycle: Cycle
    customer_id: Annotated[Text64, BLANK_IS_INVALID]
    service_type_code: Annotated[Code | None, EMPTY_AND_NULL_FILTER] = None
    region_code: Annotated[Code | None, EMPTY_AND_NULL_FILTER] = None
    charging_mode: Annotated[Number | None, NULL_OR_BARE_IS_ABSENT] = None
    bill_detail_type: Annotated[Number | None, NULL_OR_BARE_IS_ABSENT] = None
    resource_id: Annotated[LongText | None, NULL_FILTERS] = None
    resource_name: Annotated[LongText | None, NULL_FILTERS] = None
    trade_id: Annotated[Text64 | None, NULL_FILTERS] = None
    account_manager_id: Annotated[Text64 | None, NULL_FILTERS] = None
    association_type: Annotated[Annotated[str, Meta(max_length=2)] | None, BARE_IS_ABSENT] = None
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    bill_date_begin: Annotated[Day | None, BARE_IS_ABSENT] = None
    bill_date_end: Annotated[Day | None, BARE_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10


class SubCustomerMonthlyBillDetail(HuaweiResponse, kw_only=True):
    """One line of the customer."""

    bill_cycle: str
    customer_id: str
    association_type: str
    service_type_code: str | None
    resource_type_code: str | None
    service_type_name: str | None
    resource_type_name: str | None
    charging_mode: int
    trade_time: str | None = None
    trade_id: str | None = None
    id: str
    bill_detail_type: int
    resource_id: str | None = None
    resource_name: str | None = None
    product_spec_desc: str | None = None
    region_code: str | None = None
    product_id: str | None = None
    product_name: str | None = None
    resource_tag: str | None = None
    consume_time: str | None = None
    usage_type: str | None = None
    usage_amount: Decimal | None = None
    usage_measure_id: int | None = None
    official_amount: Decimal
    official_discount_amount: Decimal
    payment_amount: Decimal
    cash_amount: Decimal
    credit_amount: Decimal
    coupon_amount: Decimal
    flexipurchase_coupon_amount: Decimal
    stored_value_card_amount: Decimal
    debt_amount: Decimal
    writeoff_amount: Decimal
    period_type: int | None = None
    account_manager_id: str | None = None
    partner_id: str
    region_name: str | None = None
    period_num: Decimal | None = None
    enterprise_project_id: str


class ListSubCustomerBillDetailResponse(HuaweiResponse):
    """A page of lines, how many there are, and their currency."""

    total_count: int
    currency: str
    fee_records: list[SubCustomerMonthlyBillDetail]


@operation(
    "ListSubCustomerBillDetail",
    route="GET /v2/bills/subcustomer-bills/res-fee-records",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.BILL_READ,
    per_second=PER_SECOND,
    docs="",
    raises=PARTNER_RAISES,
    pending=tuple(
        f"fee_records[].{name}"
        for name in (
            *("free_resource_usage", "free_resource_measure_id", "ri_usage", "ri_usage_measure_id"),
            *("sub_service_type_code", "sub_service_type_name", "sub_resource_type_code", "sub_resource_type_name"),
            *("sub_resource_id", "sub_resource_name", "order_type", "payment_type"),
        )
    ),
    language="zh",
)
def list_sub_customer_bill_detail(
    caller: Caller, request: ListSubCustomerBillDetail
) -> ListSubCustomerBillDetailResponse:
    """One customer's lines from the time it was the partner's, whoever it belongs to now."""
    month = cycle_month("bill_cycle", request.bill_cycle)
    seller = seller_of(caller, request.indirect_partner_id)
    customer = billed_customer(seller.scope, seller.partner, account_id=request.customer_id)
    equal, without = bill_types("bill_detail_type", request.bill_detail_type)
    days = days_within(month, ("bill_date_begin", "bill_date_end"), request.bill_date_begin, request.bill_date_end)
    where = BillFilter.month(
        month,
        partner=seller.partner,
        customer=customer.pk,
        since=days[0] if days else None,
        until=days[1] if days else None,
        equal={
            **equal,
            **chargings("charging_mode", request.charging_mode),
            **texts(
                service_code=request.service_type_code,
                region_code=request.region_code,
                resource_id=request.resource_id,
                resource_name=request.resource_name,
            ),
        },
        without=without,
    )
    if not _is_meant(request, customer):
        return ListSubCustomerBillDetailResponse(0, CURRENCIES[caller.site], [])
    found = [Source(seller.scope, one) for one in trades(where, request.trade_id)]
    sources, currency = sources_in_one_currency(found, CURRENCIES[caller.site])
    details, total = details_of(sources, Slice(request.offset, request.limit), caller.language)
    return ListSubCustomerBillDetailResponse(
        total, currency, [_record(request.bill_cycle, one, customer, seller) for one in details]
    )


def _is_meant(request: ListSubCustomerBillDetail, customer: BilledCustomer) -> bool:
    """Whether the conditions on the customer itself hold."""
    kind, manager = request.association_type, request.account_manager_id
    if kind is not None and kind not in ASSOCIATIONS:
        raise Invalid("association_type", "is not an association type")
    if kind is not None and ASSOCIATIONS[kind] is not customer.kind:
        return False
    return manager is None or manager == (str(customer.manager) if customer.manager is not None else "null")


def _record(cycle: str, detail: Detail, customer: BilledCustomer, seller: Seller) -> SubCustomerMonthlyBillDetail:
    raw = detail.raw
    return SubCustomerMonthlyBillDetail(
        **young_line(detail),
        **young_resource(detail),
        **young_amounts(detail.amounts),
        bill_cycle=cycle,
        customer_id=customer.account_id,
        association_type=CODES[customer.kind],
        trade_time=instant(raw.charged_at),
        trade_id=detail.trade_id,
        id=str(raw.line_id),
        bill_detail_type=detail.bill_type,
        product_id=raw.product_code,
        product_name=raw.product_name,
        consume_time=instant(detail.consumed_at),
        usage_amount=raw.usage,
        payment_amount=detail.amounts.payable,
        account_manager_id=str(customer.manager) if customer.manager is not None else None,
        partner_id=seller.account_id,
        period_num=raw.duration if detail.period is not None else None,
    )
