"""A customer's month, old: GET /v1.0/{domain_id}/customer/account-mgr/bill/monthly-sum (huawei:D7b)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, field

from openpartner.apikit.presence import BARE_IS_ABSENT, BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.months import first_day, last_day
from openpartner.core.billing.queries import BillFilter, By, Dimension
from openpartner.core.customers.bill_shares import is_sold_by_partner
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, LegacyResponse, Text64
from openpartner.huawei.bills import codes
from openpartner.huawei.bills.amounts import Amounts, total_of
from openpartner.huawei.bills.legacy import pay_method
from openpartner.huawei.bills.names import resource_type
from openpartner.huawei.bills.own import ONESELF, whose_bills
from openpartner.huawei.bills.reading import groups_of, in_one_currency, sources_of
from openpartner.huawei.bills.wire import (
    MAJOR_UNIT,
    MASTER_RAISES,
    NULL_FILTERS,
    Cycle,
    LongCode,
    cycle_month,
    project,
    texts,
)
from openpartner.huawei.registry import PER_SECOND, operation

HUAWEI_ACCOUNT, PARTNER_ACCOUNT = "0", "1"
D = Dimension
BY: tuple[By, ...] = (D.CURRENCY, D.CLOUD, D.SERVICE, D.RESOURCE_TYPE, D.PRODUCT, D.CHARGING, D.ACTION, D.ACTION_CODE)


class LegacyShowMonthlySum(HuaweiRequest):
    """The query; `domain_id` is not verified. A null project is a filter: what belongs to none."""

    cycle: Cycle
    # vendor doc silent: an empty or null service of v1.0; refused, as the project is.
    cloud_service_type_code: Annotated[LongCode | None, BARE_IS_ABSENT] = None
    account_type: Annotated[Annotated[str, Meta(max_length=1)], BLANK_IS_INVALID] = field(
        name="type", default=HUAWEI_ACCOUNT
    )
    enterprise_project_id: Annotated[Text64 | None, NULL_FILTERS] = field(name="enterpriseProjectId", default=None)


class BalanceTypePay(HuaweiResponse):
    """What one kind of balance paid."""

    balance_type_id: str
    deduct_amount: Decimal


class LegacyBillSum(HuaweiResponse):
    """One service, or one resource type of the service that is asked for, charged one way."""

    customer_id: str
    resource_type_code: str | None  # null unless a service is asked for
    cloud_service_type_code: str
    consume_time: str
    pay_method: str
    consume_amount: Decimal
    debt: Decimal
    discount: Decimal
    measure_id: int
    bill_type: int
    account_details: list[BalanceTypePay]


class LegacyShowMonthlySumResponse(LegacyResponse):
    """All records of the month, and what they add up to."""

    currency: str
    total_count: int
    bill_sums: list[LegacyBillSum]
    total_amount: Decimal
    debt_amount: Decimal
    coupon_amount: Decimal
    cashcoupon_amount: Decimal
    storedcard_amount: Decimal
    debit_amount: Decimal
    credit_amount: Decimal
    measure_id: int


@operation(
    "LegacyShowMonthlySum",
    route="GET /v1.0/{domain_id}/customer/account-mgr/bill/monthly-sum",
    kinds=CUSTOMER,
    permission=Permission.BILL_READ,
    per_second=PER_SECOND,
    docs="oce/zh-cn_topic_0109708205",
    raises=MASTER_RAISES,
    language="zh",
)
def legacy_show_monthly_sum(caller: Caller, request: LegacyShowMonthlySum) -> LegacyShowMonthlySumResponse:
    """The caller's own month by service, pay method and bill type, without its members'."""
    month = cycle_month("cycle", request.cycle)
    if request.account_type not in {HUAWEI_ACCOUNT, PARTNER_ACCOUNT}:
        raise Invalid("type", "must be 0 or 1")
    whose = whose_bills(caller, (first_day(month), last_day(month)), ONESELF)
    service = request.cloud_service_type_code
    where = BillFilter.month(month, equal={**texts(service_code=service), **project(request.enterprise_project_id)})
    # vendor doc silent: what a customer of a reseller has on an account at the provider; one book holds all it spent,
    # so both accounts show it, and the account its partner sets is empty for whom no partner pays.
    is_empty = request.account_type == PARTNER_ACCOUNT and not is_sold_by_partner(caller)
    sources = [] if is_empty else sources_of(whose.shares, where)
    groups, currency = in_one_currency(groups_of(sources, BY), whose.currency)
    found: dict[tuple[str, str, str, int], list[Amounts]] = {}
    for group in groups:
        of, names = group.codes, group.names
        kind = resource_type(of[D.CLOUD], of[D.RESOURCE_TYPE], None, of[D.PRODUCT], None, caller.language)
        bill_type = codes.OLD_SUM_TYPES[codes.sum_type(of[D.ACTION], of[D.ACTION_CODE])]
        key = (of[D.SERVICE] or names[D.SERVICE], kind.code if service else "", pay_method(of[D.CHARGING]), bill_type)
        found.setdefault(key, []).append(group.amounts)
    records = [
        _record(caller.account_id, request.cycle, key, total_of(amounts)) for key, amounts in sorted(found.items())
    ]
    total = total_of([group.amounts for group in groups])
    return LegacyShowMonthlySumResponse(
        currency=currency,
        total_count=len(records),
        bill_sums=records,
        total_amount=total.payable,
        debt_amount=total.debt,
        coupon_amount=total.coupon,
        cashcoupon_amount=total.flexible,
        storedcard_amount=total.stored_card,
        debit_amount=total.cash,
        credit_amount=total.credit,
        measure_id=MAJOR_UNIT,
    )


def _record(account_id: str, cycle: str, key: tuple[str, str, str, int], amounts: Amounts) -> LegacyBillSum:
    service, kind, method, bill_type = key
    return LegacyBillSum(
        account_id,
        kind or None,
        service,
        cycle,
        method,
        amounts.payable,
        amounts.debt,
        amounts.discount,
        MAJOR_UNIT,
        bill_type,
        [BalanceTypePay(balance, paid) for balance, paid in amounts.balances],
    )
