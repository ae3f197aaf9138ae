"""A customer's own account balances: GET /v2/accounts/customer-accounts/balances (huawei:D3, mac_00001)."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.balances.list_partner_balances import AccountBalanceV2, accounts_of
from openpartner.huawei.balances.purses import MAJOR_UNIT, own_account
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse
from openpartner.huawei.registry import PER_SECOND, operation


class ShowCustomerAccountBalances(HuaweiRequest):
    """Nothing is asked: it is the caller's own."""


class ShowCustomerAccountBalancesResponse(HuaweiResponse):
    """The accounts, and what the customer owes the provider: nothing, since its partner pays."""

    account_balances: list[AccountBalanceV2]
    debt_amount: Decimal
    measure_id: int
    currency: str


@operation(
    "ShowCustomerAccountBalances",
    route="GET /v2/accounts/customer-accounts/balances",
    kinds=CUSTOMER,
    permission=Permission.CREDIT_READ,
    per_second=PER_SECOND,
    docs="oce/mac_00001",
)
def show_customer_account_balances(
    caller: Caller, request: ShowCustomerAccountBalances
) -> ShowCustomerAccountBalancesResponse:
    """The calling customer's balance."""
    del request
    found = accounts_of(own_account(caller))
    return ShowCustomerAccountBalancesResponse([found], Decimal(0), MAJOR_UNIT, found.currency)
