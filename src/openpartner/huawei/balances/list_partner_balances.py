"""A partner's account balances: GET /v2/accounts/partner-accounts/balances (China site; huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_ABSENT
from openpartner.core.accounts.models import Account
from openpartner.core.balances.moving import balance_of
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.balances.purses import MAJOR_UNIT, AccountType, account_number, holder_named
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.registry import PER_SECOND, operation


class ListPartnerBalances(HuaweiRequest):
    """The query."""

    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class AccountBalanceV2(HuaweiResponse):
    """One account. `credit_amount` belongs to credit accounts, `memo` to nobody's here."""

    account_id: str
    account_type: int
    amount: Decimal
    currency: str
    designated_amount: Decimal
    measure_id: int


class ListPartnerBalancesResponse(HuaweiResponse):
    """The accounts."""

    account_balances: list[AccountBalanceV2]


@operation(
    "ListPartnerBalances",
    route="GET /v2/accounts/partner-accounts/balances",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CREDIT_READ,
    per_second=PER_SECOND,
    docs="",
)
def list_partner_balances(caller: Caller, request: ListPartnerBalances) -> ListPartnerBalancesResponse:
    """The caller's balance, or that of a distributor's reseller."""
    return ListPartnerBalancesResponse([accounts_of(holder_named(caller, request.indirect_partner_id))])


def accounts_of(holder: Account) -> AccountBalanceV2:
    """The balance of a partner or customer that was read within the scope. Nothing of it is earmarked."""
    held = balance_of(holder)
    return AccountBalanceV2(
        account_number(holder, AccountType.BALANCE),
        AccountType.BALANCE,
        held.amount,
        held.currency,
        Decimal(0),
        MAJOR_UNIT,
    )
