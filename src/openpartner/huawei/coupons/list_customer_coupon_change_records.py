"""What came onto a customer's coupons and went off them: GET /v2/promotions/benefits/account-change-records (D7a)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal

from openpartner.apikit.presence import BARE_IS_ABSENT, BLANK_IS_ABSENT, BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.ledger.models import Kind
from openpartner.core.vouchers.changes import Change, ChangeFilter, coupon_changes
from openpartner.huawei.balances.purses import NO_STATEMENTS, own_account
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse
from openpartner.huawei.bills.wire import CURRENCIES, Day, day_of, today
from openpartner.huawei.coupons.shapes import Code, Limit, Offset
from openpartner.huawei.errors import refused
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit import clock
from openpartner.kit.clock import utc_second
from openpartner.kit.money import plain
from openpartner.kit.slices import Slice

YEAR = timedelta(days=365)
TradeType = Literal["ADJUST", "DEDEUCT", "REFUND", "RFROZEN", "EXPIRED", "COUPONADJUST", "COUPONCANCEL"]
KINDS: Mapping[str, frozenset[Kind]] = {
    "ADJUST": frozenset({Kind.VOUCHER_ISSUE}),
    "DEDEUCT": frozenset({Kind.VOUCHER_USE}),
    "REFUND": frozenset({Kind.REVERSAL}),
    "RFROZEN": frozenset(),
    "EXPIRED": frozenset({Kind.VOUCHER_EXPIRY}),
    "COUPONADJUST": frozenset({Kind.TRANSFER, Kind.TRANSFER_BACK}),
    "COUPONCANCEL": frozenset({Kind.VOUCHER_WITHDRAWAL}),
}
DETAILS = {
    Kind.VOUCHER_ISSUE: "SOURCE_OPERAIION_PRIZE",
    Kind.VOUCHER_USE: "SOURCE_OPERAIION_USAGE",
    Kind.REVERSAL: "SOURCE_OPERAIION_UNSUBSCRIBE",
    Kind.VOUCHER_EXPIRY: "SOURCE_OPERAIION_EXPIRECLEAR",
    Kind.TRANSFER: "SOURCE_OPERATION_TRANSFER",
    Kind.TRANSFER_BACK: "SOURCE_OPERATION_RETRIEVE",
    Kind.VOUCHER_WITHDRAWAL: "SOURCE_OPERATION_COUPONCANCEL",
}


class ListCustomerCouponChangeRecords(HuaweiRequest):
    """The query; days are Beijing's, and both ends are in it."""

    balance_type: Annotated[Literal["BALANCE_TYPE_COUPON"], BLANK_IS_INVALID]
    revenue_expense_type: Annotated[Literal["REVENUE", "EXPENSE"] | None, BLANK_IS_INVALID] = None
    trade_type: Annotated[TradeType | None, BLANK_IS_INVALID] = None
    trade_id: Annotated[Code | None, BLANK_IS_ABSENT] = None
    trade_time_begin: Annotated[Day | None, BARE_IS_ABSENT] = None
    trade_time_end: Annotated[Day | None, BARE_IS_ABSENT] = None
    coupon_id: Annotated[Code | None, BLANK_IS_ABSENT] = None
    offset: Offset = 0
    limit: Limit = 10


class CouponChange(HuaweiResponse, kw_only=True):
    """One movement."""

    coupon_id: str
    trade_detail_type: str
    trade_time: str
    trade_id: str
    change_amount: str
    balance_after_change: str
    revenue_expense_type: str
    bill_cycle: str
    account_name: str

    @classmethod
    def of(cls, one: Change, caller: Caller) -> CouponChange:
        return cls(
            coupon_id=one.code,
            trade_detail_type=DETAILS[one.kind],
            trade_time=utc_second(one.at),
            trade_id=str(one.transfer),
            change_amount=plain(abs(one.micros)),
            balance_after_change=plain(one.left_micros),
            revenue_expense_type="REVENUE" if one.micros > 0 else "EXPENSE",
            bill_cycle=one.at.astimezone(clock.BEIJING).strftime("%Y-%m"),
            account_name=caller.account_name,
        )


class ListCustomerCouponChangeRecordsResponse(HuaweiResponse):
    """A page of movements, how many there are, and their currency."""

    total_count: int
    currency: str
    records: list[CouponChange]


@operation(
    "ListCustomerCouponChangeRecords",
    route="GET /v2/promotions/benefits/account-change-records",
    kinds=CUSTOMER,
    permission=Permission.VOUCHER_READ,
    per_second=PER_SECOND,
    docs="",
    pending=("records[].cloud_service_type_name", "records[].resource_type_name"),
    language="zh",
)
def list_customer_coupon_change_records(
    caller: Caller, request: ListCustomerCouponChangeRecords
) -> ListCustomerCouponChangeRecordsResponse:
    """Movements on the caller's coupons, newest first, of the last year by default; not for customers of a reseller."""
    if own_account(caller).association_kind == AssociationKind.RESALE:
        raise refused(NO_STATEMENTS, "Customers of a reseller have no statements of their own.")
    begin, end = request.trade_time_begin, request.trade_time_end
    since = day_of("trade_time_begin", begin) if begin is not None else today() - YEAR
    until = day_of("trade_time_end", end) if end is not None else today()
    where = ChangeFilter(
        since=datetime.combine(since, datetime.min.time(), clock.BEIJING),
        until=datetime.combine(until + timedelta(days=1), datetime.min.time(), clock.BEIJING),
        kinds=KINDS[request.trade_type] if request.trade_type is not None else None,
        is_revenue={"REVENUE": True, "EXPENSE": False}.get(request.revenue_expense_type or ""),
        code=request.coupon_id,
        transfer=request.trade_id,
    )
    found = coupon_changes(caller.account, where, Slice(request.offset, request.limit))
    return ListCustomerCouponChangeRecordsResponse(
        found.total, CURRENCIES[caller.site], [CouponChange.of(one, caller) for one in found.items]
    )
