"""What moved on a customer's account: GET /v2/accounts/customer-accounts/account-change-records (huawei:D7a)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID
from openpartner.core.accounts.models import Account
from openpartner.core.balances.models import BalanceMovement, MovementKind
from openpartner.core.balances.queries import MovementFilter, movements
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.huawei.balances.purses import DETAILS, NO_STATEMENTS, days, is_cash, own_account, trades
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.wire import CURRENCIES, Limit, Offset
from openpartner.huawei.errors import refused
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.clock import utc_second
from openpartner.kit.money import plain
from openpartner.kit.slices import Slice

REVENUE, EXPENSE = "REVENUE", "EXPENSE"


class ListCustomerAccountChangeRecords(HuaweiRequest):
    """The query; days are Beijing's."""

    balance_type: Annotated[Text64, BLANK_IS_INVALID]
    revenue_expense_type: Annotated[Literal["REVENUE", "EXPENSE"] | None, BLANK_IS_ABSENT] = None
    trade_type: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    trade_time_begin: Annotated[Annotated[str, Meta(max_length=20)] | None, BLANK_IS_ABSENT] = None
    trade_time_end: Annotated[Annotated[str, Meta(max_length=20)] | None, BLANK_IS_ABSENT] = None
    trade_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    payment_channel_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    payment_channel_no: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10


class CustomerAccountChangeRecord(HuaweiResponse):
    """One movement as the account sees it; those of bills and payment channels have fields of their own."""

    account_change_id: str
    trade_detail_type: str
    trade_time: str
    trade_id: str
    change_amount: str
    balance_after_change: str
    revenue_expense_type: str
    account_name: str


class ListCustomerAccountChangeRecordsResponse(HuaweiResponse):
    """A page of movements, newest first, and how many there are."""

    total_count: int
    currency: str
    records: list[CustomerAccountChangeRecord]


@operation(
    "ListCustomerAccountChangeRecords",
    route="GET /v2/accounts/customer-accounts/account-change-records",
    kinds=CUSTOMER,
    permission=Permission.CREDIT_READ,
    per_second=PER_SECOND,
    docs="",
    pending=tuple(
        f"records[].{name}"
        for name in (
            *("bill_cycle", "payment_channel_id", "payment_channel_no"),
            *("consume_time", "cloud_service_type_name", "resource_type_name"),
        )
    ),
)
def list_customer_account_change_records(
    caller: Caller, request: ListCustomerAccountChangeRecords
) -> ListCustomerAccountChangeRecordsResponse:
    """The movements of the customer's own balance; customers of the resale association have none to ask for."""
    holder = own_account(caller)
    if holder.association_kind == AssociationKind.RESALE:
        raise refused(NO_STATEMENTS, "Customers of a reseller have no statements of their own.")
    side = request.revenue_expense_type
    kinds = trades(request.trade_type)
    since, before = days(request.trade_time_begin, request.trade_time_end)
    currency = CURRENCIES[caller.site]
    # No movement here came through a payment channel, so that a condition on one is met by none.
    by_channel = request.payment_channel_id is not None or request.payment_channel_no is not None
    if not is_cash(request.balance_type) or by_channel:
        return ListCustomerAccountChangeRecordsResponse(0, currency, [])
    where = MovementFilter(
        kinds=kinds,
        since=since,
        before=before,
        number=request.trade_id,
        is_income=None if side is None else side == REVENUE,
    )
    found = movements(holder, where, Slice(request.offset, request.limit))
    return ListCustomerAccountChangeRecordsResponse(
        found.total, currency, [_record(one, holder) for one in found.items]
    )


def _record(one: BalanceMovement, holder: Account) -> CustomerAccountChangeRecord:
    is_income = one.target_id == holder.pk
    return CustomerAccountChangeRecord(
        str(one.pk),
        DETAILS[MovementKind(one.kind)],
        utc_second(one.at),
        one.number,
        plain(one.micros),
        plain(one.target_after if is_income else one.source_after),
        REVENUE if is_income else EXPENSE,
        holder.account_name,
    )
