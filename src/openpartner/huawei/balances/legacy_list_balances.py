"""Balances, old: GET /v1.0/{partner_id}/partner/account-mgr/balances (huawei:D7b)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.queries import get_customer
from openpartner.huawei.balances.list_partner_balances import accounts_of
from openpartner.huawei.balances.purses import own_account
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, LegacyResponse, Text64
from openpartner.huawei.errors import NOT_MY_CUSTOMER
from openpartner.huawei.registry import PER_SECOND, operation


class LegacyListBalances(HuaweiRequest):
    """The query; `partner_id` is not verified (huawei:F22)."""

    customer_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class LegacyBalance(HuaweiResponse, rename="camel"):
    """One account."""

    account_id: str
    account_type: int
    amount: Decimal
    currency: str
    designated_amount: Decimal
    measure_id: int


class LegacyListBalancesResponse(LegacyResponse, rename={"balances": "accountBalances"}):
    """The accounts."""

    balances: list[LegacyBalance]


# vendor doc silent: the fields of the answer; those of the newer operation, spelled as v1.0 spells.
@operation(
    "LegacyListBalances",
    route="GET /v1.0/{partner_id}/partner/account-mgr/balances",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CREDIT_READ,
    per_second=PER_SECOND,
    docs="",
    raises={NotVisible: NOT_MY_CUSTOMER},
)
def legacy_list_balances(caller: Caller, request: LegacyListBalances) -> LegacyListBalancesResponse:
    """The caller's balance, or that of one of its own customers."""
    named = request.customer_id
    holder = own_account(caller) if named is None else get_customer(caller.own(), account_id=named)
    found = accounts_of(holder)
    row = LegacyBalance(
        found.account_id,
        found.account_type,
        found.amount,
        found.currency,
        found.designated_amount,
        found.measure_id,
    )
    return LegacyListBalancesResponse(balances=[row])
