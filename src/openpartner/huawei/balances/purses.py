"""What the operations on account balances have in common: whose balance is meant, codes, and the words of records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import IntEnum

from openpartner.core.accounts.models import Account
from openpartner.core.balances.commands import WrongAssociation
from openpartner.core.balances.models import MovementKind
from openpartner.core.balances.moving import balance_of
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import ChannelError, Invalid, NotVisible
from openpartner.core.ledger.transfers import NotCovered
from openpartner.huawei.bills.partner import seller_of
from openpartner.huawei.customers.freezes import NOT_RESALE
from openpartner.huawei.errors import NOT_MY_CUSTOMER, NOT_MY_RESELLER
from openpartner.kit import clock
from openpartner.kit.clock import BEIJING

INSUFFICIENT = "CBC.5003"
NO_STATEMENTS = "CBC.99000084"
NOT_MY_MEMBER = "CBC.99000000"
MAJOR_UNIT = 1
"""The measure unit of every amount (huawei:C5)."""
YEAR = timedelta(days=365)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class AccountType(IntEnum):
    """Kinds of accounts; credit, bonus, deposit and transferable accounts are not kept here."""

    BALANCE = 1
    CREDIT = 2


DEBIT_ACCOUNT, CREDIT_ACCOUNT = "BALANCE_TYPE_DEBIT", "BALANCE_TYPE_CREDIT"

WITH_CUSTOMER: Mapping[type[ChannelError], str] = {
    NotVisible: NOT_MY_CUSTOMER,
    WrongAssociation: NOT_RESALE,
    NotCovered: INSUFFICIENT,
}
WITH_RESELLER: Mapping[type[ChannelError], str] = {NotVisible: NOT_MY_RESELLER, NotCovered: INSUFFICIENT}
WITH_MEMBER: Mapping[type[ChannelError], str] = {NotVisible: NOT_MY_MEMBER, NotCovered: INSUFFICIENT}

DETAILS = {
    MovementKind.TOP_UP: "SOURCE_OPERAIION_RECHARGE",  # spelled so on the wire
    MovementKind.PAY_OUT: "SOURCE_OPERAIION_ADJUST",
    MovementKind.TRANSFER: "SOURCE_OPERATION_BEADJUST",
    MovementKind.RECLAIM: "SOURCE_OPERATION_BERETRIEVE",
    MovementKind.UNBIND: "SOURCE_OPERATION_BEUNBIND",
    # vendor doc silent: transfers within an enterprise; as adjustments of a balance.
    MovementKind.ENTERPRISE_TRANSFER: "SOURCE_OPERAIION_ADJUST",
    MovementKind.ENTERPRISE_RECLAIM: "SOURCE_OPERAIION_ADJUST",
}
TRADES: dict[str, frozenset[MovementKind]] = {
    "RECHARGE": frozenset({MovementKind.TOP_UP}),
    "ADJUST": frozenset({MovementKind.PAY_OUT, MovementKind.ENTERPRISE_TRANSFER, MovementKind.ENTERPRISE_RECLAIM}),
    "BEADJUST": frozenset({MovementKind.TRANSFER}),
    "BERETRIEVE": frozenset({MovementKind.RECLAIM}),
    "BEUNBIND": frozenset({MovementKind.UNBIND}),
    # Trades that move no balance here.
    **dict.fromkeys(
        ("DEDEUCT", "REFUND", "RFROZEN", "TRANS", "BONUSCONVERT", "TRADE_MODE_TRANSFER", "EXPIRED", "DEPOSIT"),
        frozenset(),
    ),
}


def holder_named(caller: Caller, indirect_partner_id: str | None) -> Account:
    """The account of the reseller that a distributor names, otherwise the caller's; a strange one is refused."""
    pk = seller_of(caller, indirect_partner_id).partner
    rows = Account.objects.everything(reason="the caller itself, or a reseller that was just read within its scope")
    return rows.select_related("partner").get(pk=pk)


def own_account(caller: Caller) -> Account:
    """The caller's account."""
    rows = Account.objects.everything(reason="the caller itself")
    return rows.select_related("partner").get(pk=caller.account)


def account_number(holder: Account, kind: AccountType) -> str:
    """How one of somebody's accounts is called: the same whenever it is asked for."""
    return f"{holder.uin}{kind:02d}"


def balance(holder: Account) -> Decimal:
    """What is on somebody's account."""
    return balance_of(holder).amount


def trades(trade_type: str | None) -> frozenset[MovementKind] | None:
    """The movements of a trade type; None is every one."""
    if trade_type is None:
        return None
    if trade_type not in TRADES:
        raise Invalid("trade_type", "is not a trade type")
    return TRADES[trade_type]


def is_cash(balance_type: str) -> bool:
    """Whether the cash account is meant; nothing ever moves on a credit account here."""
    if balance_type not in {DEBIT_ACCOUNT, CREDIT_ACCOUNT}:
        raise Invalid("balance_type", f"must be {DEBIT_ACCOUNT} or {CREDIT_ACCOUNT}")
    return balance_type == DEBIT_ACCOUNT


def days(begin: str | None, end: str | None) -> tuple[datetime, datetime]:
    """The instants of two days of Beijing's, the second exclusive; by default the last year until today."""
    today = clock.now().astimezone(BEIJING).replace(hour=0, minute=0, second=0)
    first = _day("trade_time_begin", begin) if begin is not None else today - YEAR
    last = _day("trade_time_end", end) if end is not None else today
    return first, last + timedelta(days=1)


def _day(field: str, text: str) -> datetime:
    if _DAY.fullmatch(text) is None:
        raise Invalid(field, "must be a day such as 2017-10-21")
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=BEIJING)
    except ValueError as error:
        raise Invalid(field, "is no day of the calendar") from error
