"""A customer's month by product: GET /v2/bills/customer-bills/monthly-sum."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import BARE_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.months import first_day, last_day
from openpartner.core.billing.queries import BillFilter
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.amounts import Amounts, total_of
from openpartner.huawei.bills.own import ALL, Method, whose_bills
from openpartner.huawei.bills.reading import groups_of, in_one_currency, sources_of
from openpartner.huawei.bills.records import BY, SumKey, folded
from openpartner.huawei.bills.wire import (
    MAJOR_UNIT,
    MASTER_RAISES,
    NULL_FILTERS,
    Code,
    Cycle,
    Limit,
    Offset,
    cycle_month,
    project,
    texts,
)
from openpartner.huawei.registry import PER_SECOND, operation


class ShowCustomerMonthlySum(HuaweiRequest):
    """The query (huawei:C9). A null project is a filter: what belongs to none."""

    bill_cycle: Cycle
    # vendor doc silent: empty and null in a monthly sum where only absent and blank are told; refused.
    service_type_code: Annotated[Code | None, BARE_IS_ABSENT] = None
    enterprise_project_id: Annotated[Text64 | None, NULL_FILTERS] = None
    method: Annotated[Method, BARE_IS_ABSENT] = ALL
    sub_customer_id: Annotated[Text64 | None, BARE_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10


class BillSumRecordInfo(HuaweiResponse):
    """One product of one customer, charged one way: what was spent, refunded or adjusted."""

    bill_cycle: str
    resource_type_code: str
    service_type_code: str
    service_type_name: str | None
    resource_type_name: str | None
    charging_mode: int
    official_amount: Decimal
    official_discount_amount: Decimal
    truncated_amount: Decimal
    consume_amount: Decimal
    coupon_amount: Decimal
    flexipurchase_coupon_amount: Decimal
    stored_value_card_amount: Decimal
    debt_amount: Decimal
    writeoff_amount: Decimal
    cash_amount: Decimal
    credit_amount: Decimal
    measure_id: int
    bill_type: int
    customer_id: str
    account_name: str


class ShowCustomerMonthlySumResponse(HuaweiResponse):
    """A page of the month's records, how many there are, and what all of them add up to."""

    total_count: int
    bill_sums: list[BillSumRecordInfo]
    consume_amount: Decimal
    debt_amount: Decimal
    coupon_amount: Decimal
    flexipurchase_coupon_amount: Decimal
    stored_value_card_amount: Decimal
    cash_amount: Decimal
    credit_amount: Decimal
    writeoff_amount: Decimal
    measure_id: int
    currency: str


@operation(
    "ShowCustomerMonthlySum",
    route="GET /v2/bills/customer-bills/monthly-sum",
    kinds=CUSTOMER,
    permission=Permission.BILL_READ,
    per_second=PER_SECOND,
    docs="oce/mbc_00008",
    raises=MASTER_RAISES,
    language="zh",
)
def show_customer_monthly_sum(caller: Caller, request: ShowCustomerMonthlySum) -> ShowCustomerMonthlySumResponse:
    """The caller's month, its members' too, by customer, product, charge mode and bill type."""
    month = cycle_month("bill_cycle", request.bill_cycle)
    whose = whose_bills(caller, (first_day(month), last_day(month)), request.method, request.sub_customer_id)
    where = BillFilter.month(
        month, equal={**texts(service_code=request.service_type_code), **project(request.enterprise_project_id)}
    )
    groups, currency = in_one_currency(groups_of(sources_of(whose.shares, where), BY), whose.currency)
    records = folded(groups, caller.language)
    total = total_of([amounts for _, amounts in records])
    page = records[request.offset : request.offset + request.limit]
    return ShowCustomerMonthlySumResponse(
        len(records),
        [
            _record(request.bill_cycle, key, amounts, whose.account_id(key.customer), whose.account_name(key.customer))
            for key, amounts in page
        ],
        total.payable,
        total.debt,
        total.coupon,
        total.flexible,
        total.stored_card,
        total.cash,
        total.credit,
        total.adjusted,
        MAJOR_UNIT,
        currency,
    )


def _record(cycle: str, key: SumKey, amounts: Amounts, account_id: str, account_name: str) -> BillSumRecordInfo:
    return BillSumRecordInfo(
        cycle,
        key.resource_type,
        key.service,
        key.service_name,
        key.resource_type_name,
        key.charge_mode,
        amounts.official,
        amounts.discount,
        amounts.truncated,
        amounts.payable,
        amounts.coupon,
        amounts.flexible,
        amounts.stored_card,
        amounts.debt,
        amounts.adjusted,
        amounts.cash,
        amounts.credit,
        MAJOR_UNIT,
        key.bill_type,
        account_id,
        account_name,
    )
