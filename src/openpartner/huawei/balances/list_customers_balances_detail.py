"""Balances of several customers: POST /v2/accounts/customer-accounts/balances/batch-query (huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT
from openpartner.core.balances.queries import agency_balances
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.partners.queries import customers_of_reseller
from openpartner.huawei.balances.purses import MAJOR_UNIT, holder_named
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.wire import CURRENCIES
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.money import decimal_of


class CustomerInfoV2(HuaweiRequest):
    """One customer."""

    customer_id: Text64


class ListCustomersBalancesDetail(HuaweiRequest):
    """The body."""

    # vendor doc silent: how many; as many as budgets are asked for.
    customer_infos: Annotated[list[CustomerInfoV2], Meta(min_length=1, max_length=100)]
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class CustomerBalancesV2(HuaweiResponse):
    """One customer's balance; nobody here owes from its balance."""

    customer_id: str
    debt_amount: Decimal
    amount: Decimal
    currency: str
    measure_id: int


class ListCustomersBalancesDetailResponse(HuaweiResponse):
    """The balances, in the order in which their customers were named."""

    customer_balances: list[CustomerBalancesV2]


@operation(
    "ListCustomersBalancesDetail",
    route="POST /v2/accounts/customer-accounts/balances/batch-query",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CREDIT_READ,
    per_second=PER_SECOND,
    docs="",
)
def list_customers_balances_detail(
    caller: Caller, request: ListCustomersBalancesDetail
) -> ListCustomersBalancesDetailResponse:
    """The balances of agency customers of the caller, or of a distributor's reseller; others are left out."""
    holder = holder_named(caller, request.indirect_partner_id)
    scope = caller.own() if holder.pk == caller.account else customers_of_reseller(caller.scope, holder)
    found = agency_balances(scope, [one.customer_id for one in request.customer_infos])
    return ListCustomersBalancesDetailResponse(
        [
            CustomerBalancesV2(
                account_id, Decimal(0), decimal_of(micros), currency or CURRENCIES[caller.site], MAJOR_UNIT
            )
            for account_id, micros, currency in found
        ]
    )
