"""What a customer's own bill operations have in common: whose bills `method` means, and the names in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.customers.bill_shares import BillShare, Named, visible_bills
from openpartner.huawei.bills.wire import CURRENCIES, INDEPENDENT_MAX, TOO_MANY_INDEPENDENT
from openpartner.huawei.errors import refused

ONESELF, SUB_CUSTOMER, ALL = "oneself", "sub_customer", "all"
Method = Annotated[str, Meta(max_length=64)]


@dataclass(frozen=True, slots=True)
class Whose:
    """The shares that are asked for, and who is who in them."""

    shares: Sequence[BillShare]
    names: Mapping[int, Named]
    currency: str
    """The usual one of the caller's site."""

    def account_id(self, customer: int | str) -> str:
        return self.names[int(customer)].account_id

    def account_name(self, customer: int | str) -> str:
        return self.names[int(customer)].account_name

    def payer(self, customer: int | str, payer: str) -> str:
        """The account id of who pays for a customer's line."""
        return payer or self.account_id(customer)


def whose_bills(
    caller: Caller,
    days: tuple[date, date],
    method: str = ALL,
    sub_customer_id: str | None = None,
    payer_account_id: str | None = None,
) -> Whose:
    """The shares of a method, as enterprise masters and members see them (huawei:A4).

    A sub-customer that is none of the caller's has nothing to show, like one that does not exist (huawei:C10).
    NotAllowed when the partner has closed the view of bills.
    """
    if method not in {ONESELF, SUB_CUSTOMER, ALL}:
        raise Invalid("method", "must be oneself, sub_customer or all")
    if method == SUB_CUSTOMER and not sub_customer_id:
        raise Invalid("sub_customer_id", "is needed when method is sub_customer")
    visible = visible_bills(caller, *days)
    shares = [share for share in visible.shares if method == ALL or share.is_own is (method == ONESELF)]
    if method == SUB_CUSTOMER:
        asked = {key for key, name in visible.names.items() if name.account_id == sub_customer_id}
        shares = [replace(share, customers=share.customers & asked) for share in shares if share.customers & asked]
    elif method == ALL and payer_account_id is None and visible.independent > INDEPENDENT_MAX:
        raise refused(TOO_MANY_INDEPENDENT, "There are too many independent members: name one of them.")
    if payer_account_id is not None:
        shares = list(_paid_by(shares, visible.names, payer_account_id))
    return Whose(shares, visible.names, CURRENCIES[caller.site])


def _paid_by(shares: Sequence[BillShare], names: Mapping[int, Named], payer: str) -> Sequence[BillShare]:
    found = []
    for share in shares:
        if share.payer:
            if share.payer == payer:
                found.append(share)
        elif mine := {key for key in share.customers if names[key].account_id == payer}:
            found.append(replace(share, customers=frozenset(mine)))
    return found
