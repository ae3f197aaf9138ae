"""A partner's customers' months: GET /v2/bills/partner-bills/subcustomer-bills/monthly-sum (China site, cb_020001)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BARE_IS_ABSENT, BLANK_IS_ABSENT, BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.queries import BillFilter
from openpartner.core.customers.billed import account_ids, billed_customer
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills import codes
from openpartner.huawei.bills.amounts import Amounts
from openpartner.huawei.bills.partner import seller_of
from openpartner.huawei.bills.reading import Source, groups_of, in_one_currency
from openpartner.huawei.bills.records import BY, SumKey, folded
from openpartner.huawei.bills.wire import (
    CURRENCIES,
    MAJOR_UNIT,
    PARTNER_RAISES,
    Cycle,
    Limit,
    LongCode,
    Offset,
    charge_mode_text,
    cycle_month,
    texts,
)
from openpartner.huawei.registry import PER_SECOND, operation


class ListSubcustomerMonthlyBills(HuaweiRequest):
    """The query (cb_020001): absent and blank are no filter."""

    cycle: Cycle
    charge_mode: Annotated[Annotated[str, Meta(max_length=4)], BLANK_IS_INVALID]
    customer_id: Annotated[Text64 | None, BARE_IS_ABSENT] = None
    cloud_service_type: Annotated[LongCode | None, BARE_IS_ABSENT] = None
    bill_type: Annotated[Annotated[str, Meta(max_length=1)] | None, BARE_IS_ABSENT] = None
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10


class BalanceTypeDeductSum(HuaweiResponse):
    """What one kind of balance paid."""

    balance_type: str
    amount: Decimal
    bill_type: str


class BillSumInfo(HuaweiResponse, kw_only=True):
    """One product of one customer: what was spent, unsubscribed or written off; the latter two are negative."""

    customer_id: str
    cloud_service_type: str
    cloud_service_type_name: str | None
    bill_type: str
    charge_mode: str
    amount: Decimal
    debt_amount: Decimal | None = None
    adjustment_amount: Decimal | None = None
    discount_amount: Decimal | None = None
    measure_id: int
    account_details: list[BalanceTypeDeductSum]
    resource_type_code: str
    resource_type_name: str | None


class ListSubcustomerMonthlyBillsResponse(HuaweiResponse):
    """A page of records, how many there are, and their currency."""

    bill_sums: list[BillSumInfo]
    count: int
    currency: str


@operation(
    "ListSubcustomerMonthlyBills",
    route="GET /v2/bills/partner-bills/subcustomer-bills/monthly-sum",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.BILL_READ,
    per_second=PER_SECOND,
    docs="bpconsole/cb_020001",
    raises=PARTNER_RAISES,
    language="zh",
)
def list_subcustomer_monthly_bills(
    caller: Caller, request: ListSubcustomerMonthlyBills
) -> ListSubcustomerMonthlyBillsResponse:
    """The months of one customer or of all of a partner's, by customer, product and bill type.

    vendor doc silent: a customer bound by referral, which the page leaves out because it pays for itself; here bills of
    every customer of a partner are in one book, and it is told like the others.
    """
    month = cycle_month("cycle", request.cycle)
    wanted = _bill_types(request.bill_type)
    seller = seller_of(caller, request.indirect_partner_id)
    customer = None
    if request.customer_id is not None:
        customer = billed_customer(seller.scope, seller.partner, account_id=request.customer_id).pk
    where = BillFilter.month(
        month,
        partner=seller.partner,
        customer=customer,
        equal={
            **charge_mode_text("charge_mode", request.charge_mode),
            **texts(service_code=request.cloud_service_type),
        },
    )
    groups, currency = in_one_currency(groups_of([Source(seller.scope, where)], BY), CURRENCIES[caller.site])
    records = [record for record in folded(groups, caller.language) if record[0].bill_type in wanted]
    page = records[request.offset : request.offset + request.limit]
    ids = account_ids({int(key.customer) for key, _ in page})
    return ListSubcustomerMonthlyBillsResponse(
        [_record(ids[int(key.customer)], key, amounts) for key, amounts in page], len(records), currency
    )


def _bill_types(asked: str | None) -> frozenset[int]:
    """The bill types of monthly sums that a parameter means; all without one."""
    found = frozenset(ours for ours, old in codes.OLD_SUM_TYPES.items() if asked in {None, str(old)})
    if not found:
        raise Invalid("bill_type", "must be 0, 1 or 2")
    return found


def _record(account_id: str, key: SumKey, amounts: Amounts) -> BillSumInfo:
    bill_type = str(codes.OLD_SUM_TYPES[key.bill_type])
    spent = key.bill_type == codes.SPENT  # the three amounts are told of spending alone (cb_020001)
    return BillSumInfo(
        customer_id=account_id,
        cloud_service_type=key.service,
        cloud_service_type_name=key.service_name,
        bill_type=bill_type,
        charge_mode=str(key.charge_mode),
        amount=amounts.payable,
        debt_amount=amounts.debt if spent else None,
        adjustment_amount=amounts.adjusted if spent else None,
        discount_amount=amounts.discount if spent else None,
        measure_id=MAJOR_UNIT,
        account_details=[BalanceTypeDeductSum(balance, paid, bill_type) for balance, paid in amounts.balances],
        resource_type_code=key.resource_type,
        resource_type_name=key.resource_type_name,
    )
