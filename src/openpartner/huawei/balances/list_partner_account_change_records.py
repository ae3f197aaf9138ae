"""What moved on a partner's account: GET /v2/accounts/partner-accounts/account-change-records (huawei:D7a)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID
from openpartner.core.accounts.models import Account
from openpartner.core.balances.models import BalanceMovement, MovementKind
from openpartner.core.balances.queries import MovementFilter, movements
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.huawei.balances.purses import DETAILS, days, holder_named, is_cash, trades
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.wire import CURRENCIES, Limit, Offset
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.clock import utc_second
from openpartner.kit.money import plain
from openpartner.kit.slices import Slice

INCOME, EXPENSE = "1", "2"


class ListPartnerAccountChangeRecords(HuaweiRequest):
    """The query; days are Beijing's."""

    balance_type: Annotated[Text64, BLANK_IS_INVALID]
    trade_type: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    trade_time_begin: Annotated[Annotated[str, Meta(max_length=20)] | None, BLANK_IS_ABSENT] = None
    trade_time_end: Annotated[Annotated[str, Meta(max_length=20)] | None, BLANK_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class AccountChangeRecord(HuaweiResponse, kw_only=True):
    """One movement as the account sees it."""

    account_change_id: str
    trade_detail_type: str
    trade_time: str
    trade_id: str
    change_amount: str
    balance_after_change: str
    type: str
    customer_id: str | None = None
    account_name: str | None = None


class ListPartnerAccountChangeRecordsResponse(HuaweiResponse):
    """A page of movements, newest first, and how many there are."""

    total_count: int
    currency: str
    records: list[AccountChangeRecord]


@operation(
    "ListPartnerAccountChangeRecords",
    route="GET /v2/accounts/partner-accounts/account-change-records",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CREDIT_READ,
    per_second=PER_SECOND,
    docs="",
)
def list_partner_account_change_records(
    caller: Caller, request: ListPartnerAccountChangeRecords
) -> ListPartnerAccountChangeRecordsResponse:
    """The movements of the caller's balance, or of a distributor's reseller's, of a year unless days are given."""
    holder = holder_named(caller, request.indirect_partner_id)
    kinds = trades(request.trade_type)
    since, before = days(request.trade_time_begin, request.trade_time_end)
    currency = CURRENCIES[caller.site]
    if not is_cash(request.balance_type):
        return ListPartnerAccountChangeRecordsResponse(0, currency, [])
    where = MovementFilter(kinds=kinds, since=since, before=before)
    found = movements(holder, where, Slice(request.offset, request.limit))
    return ListPartnerAccountChangeRecordsResponse(found.total, currency, [_record(one, holder) for one in found.items])


def _record(one: BalanceMovement, holder: Account) -> AccountChangeRecord:
    is_income = one.target_id == holder.pk
    other = one.source if is_income else one.target
    is_named = other.kind == AccountKind.CUSTOMER or one.kind in {MovementKind.TRANSFER, MovementKind.RECLAIM}
    return AccountChangeRecord(
        account_change_id=str(one.pk),
        trade_detail_type=DETAILS[MovementKind(one.kind)],
        trade_time=utc_second(one.at),
        trade_id=one.number,
        change_amount=plain(one.micros),
        balance_after_change=plain(one.target_after if is_income else one.source_after),
        type=INCOME if is_income else EXPENSE,
        customer_id=other.account_id if is_named else None,
        account_name=other.account_name if is_named else None,
    )
