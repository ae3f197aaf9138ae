"""A customer's amortized costs of a month: GET /v2/costs/cost-analysed-bills/monthly-breakdown (China site)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BARE_IS_ABSENT, BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.months import first_day, last_day
from openpartner.core.billing.queries import BillFilter
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.amounts import NOTHING
from openpartner.huawei.bills.details import Detail, details_of
from openpartner.huawei.bills.names import instant
from openpartner.huawei.bills.own import ALL, Method, Whose, whose_bills
from openpartner.huawei.bills.reading import sources_in_one_currency, sources_of
from openpartner.huawei.bills.rows import young_line, young_resource
from openpartner.huawei.bills.wire import (
    EMPTY_FILTERS,
    MASTER_RAISES,
    Code,
    Cycle,
    Limit,
    Number,
    Offset,
    bill_types,
    chargings,
    cycle_month,
    project,
    resource_types,
    texts,
)
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.slices import Slice
from openpartner.lake.schema import BOOKED_DECIMALS

LongText = Annotated[str, Meta(max_length=256)]
UNIT = Decimal(1).scaleb(-BOOKED_DECIMALS)


class ListCustomerBillsMonthlyBreakDown(HuaweiRequest):
    """The query, with the rules of the SDK's model: absent and blank are no filter, an empty service is one."""

    shared_month: Cycle
    service_type_code: Annotated[Code | None, EMPTY_FILTERS] = None
    resource_type_code: Annotated[Code | None, EMPTY_FILTERS] = None
    region_code: Annotated[Code | None, BARE_IS_ABSENT] = None
    charging_mode: Annotated[Number | None, BARE_IS_ABSENT] = None
    bill_type: Annotated[Number | None, BARE_IS_ABSENT] = None
    resource_id: Annotated[LongText | None, BARE_IS_ABSENT] = None
    resource_name: Annotated[LongText | None, BARE_IS_ABSENT] = None
    enterprise_project_id: Annotated[Text64 | None, BARE_IS_ABSENT] = None
    method: Annotated[Method, BARE_IS_ABSENT] = ALL
    sub_customer_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10


class TagPair(HuaweiResponse):
    """One tag."""

    tag_key: str
    tag_value: str


class CostAnalysedBillDetail(HuaweiResponse, kw_only=True):
    """One line and how much of it belongs to the month."""

    shared_month: str
    bill_cycle: str
    bill_type: int
    customer_id: str
    region_code: str | None = None
    region_name: str | None = None
    service_type_code: str | None = None
    resource_type_code: str | None = None
    service_type_name: str | None = None
    resource_type_name: str | None = None
    effective_time: str | None = None
    expire_time: str | None = None
    resource_id: str | None = None
    resource_name: str | None = None
    resource_tag: str | None = None
    product_spec_desc: str | None = None
    enterprise_project_id: str
    enterprise_project_name: str | None = None
    charging_mode: int
    order_id: str | None = None
    period_type: int | None = None
    usage_type: str | None = None
    usage: Decimal | None = None
    usage_measure_id: int | None = None
    consume_amount: Decimal
    past_months_amortized_amount: Decimal
    current_month_amortized_amount: Decimal
    future_months_amortized_amount: Decimal
    amortized_cash_amount: Decimal
    amortized_credit_amount: Decimal
    amortized_coupon_amount: Decimal
    amortized_flexipurchase_coupon_amount: Decimal
    amortized_stored_value_card_amount: Decimal
    amortized_bonus_amount: Decimal
    effective_tag_pairs: list[TagPair] | None = None


class ListCustomerBillsMonthlyBreakDownResponse(HuaweiResponse):
    """A page of lines, how many there are, and their currency."""

    currency: str
    total_count: int
    details: list[CostAnalysedBillDetail]


@operation(
    "ListCustomerBillsMonthlyBreakDown",
    route="GET /v2/costs/cost-analysed-bills/monthly-breakdown",
    kinds=CUSTOMER,
    permission=Permission.BILL_READ,
    per_second=PER_SECOND,
    docs="",
    raises=MASTER_RAISES,
    pending=tuple(
        f"details[].{name}"
        for name in (
            *("free_resource_usage", "free_resource_measure_id", "ri_usage", "ri_usage_measure_id"),
            *("sub_service_type_code", "sub_service_type_name", "sub_resource_type_code", "sub_resource_type_name"),
            *("sub_resource_id", "sub_resource_name"),
            *("cost_unit_pairs", "cost_unit_pairs[].cost_unit_name", "cost_unit_pairs[].cost_unit_rule_value"),
        )
    ),
    language="zh",
)
def list_customer_bills_monthly_break_down(
    caller: Caller, request: ListCustomerBillsMonthlyBreakDown
) -> ListCustomerBillsMonthlyBreakDownResponse:
    """The lines of the caller's month, its members' too, with what of each was amortized in it.

    vendor doc silent: how a prepayment is spread; it is as the source delivers it (the effective cost of the line), and
    what is left of the line is of months to come. A month's own lines are told, not those of earlier prepayments.
    """
    month = cycle_month("shared_month", request.shared_month)
    whose = whose_bills(caller, (first_day(month), last_day(month)), request.method, request.sub_customer_id)
    equal, without = bill_types("bill_type", request.bill_type)
    where = BillFilter.month(
        month,
        equal={
            **equal,
            **chargings("charging_mode", request.charging_mode),
            **texts(
                service_code=request.service_type_code,
                region_code=request.region_code,
                resource_id=request.resource_id,
                resource_name=request.resource_name,
            ),
            **project(request.enterprise_project_id),
        },
        without=without,
    )
    found = sources_of(whose.shares, *resource_types([where], request.resource_type_code))
    sources, currency = sources_in_one_currency(found, whose.currency)
    details, total = details_of(sources, Slice(request.offset, request.limit), caller.language)
    return ListCustomerBillsMonthlyBreakDownResponse(
        currency, total, [_record(request.shared_month, one, whose) for one in details]
    )


def _record(month: str, detail: Detail, whose: Whose) -> CostAnalysedBillDetail:
    raw, amounts = detail.raw, detail.amounts
    # Effective cost is what is owed, spread; coupons are spread in the same measure.
    owed = amounts.payable - amounts.coupon
    current = raw.effective_cost + (_share(amounts.coupon, raw.effective_cost, owed) if owed else amounts.coupon)
    return CostAnalysedBillDetail(
        **young_line(detail),
        **young_resource(detail),
        shared_month=month,
        bill_cycle=month,
        bill_type=detail.bill_type,
        customer_id=whose.account_id(raw.customer_id),
        effective_time=instant(raw.usage_from),
        expire_time=instant(raw.usage_to),
        enterprise_project_name=raw.project_name,
        order_id=raw.order_id,
        usage=raw.usage,
        consume_amount=amounts.payable,
        past_months_amortized_amount=NOTHING,
        current_month_amortized_amount=current or NOTHING,
        future_months_amortized_amount=(amounts.payable - current) or NOTHING,
        amortized_cash_amount=_share(amounts.cash, current, amounts.payable),
        amortized_credit_amount=_share(amounts.credit, current, amounts.payable),
        amortized_coupon_amount=_share(amounts.coupon, current, amounts.payable),
        amortized_flexipurchase_coupon_amount=_share(amounts.flexible, current, amounts.payable),
        amortized_stored_value_card_amount=_share(amounts.stored_card, current, amounts.payable),
        amortized_bonus_amount=_share(amounts.bonus, current, amounts.payable),
        effective_tag_pairs=_tags(raw.tags),
    )


def _share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """The share of an amount that falls to a part of the whole, to eight decimals half-even."""
    if part == whole or not whole:
        return amount
    return (amount * part / whole).quantize(UNIT) or NOTHING


def _tags(text: str | None) -> list[TagPair] | None:
    return [TagPair(key, str(value)) for key, value in json.loads(text).items()] if text else None
