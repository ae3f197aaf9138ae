"""A customer's expenditure quota: GET /v2/accounts/customer-accounts/expenditure-quota (huawei:E3, mac_00004)."""

from __future__ import annotations

from decimal import Decimal

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.huawei.balances.purses import MAJOR_UNIT, own_account
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse
from openpartner.huawei.bills.wire import CURRENCIES
from openpartner.huawei.registry import PER_SECOND, operation

NOTHING = Decimal("0.00")


class ShowCustomerExpenditureQuota(HuaweiRequest):
    """Nothing is asked: it is the caller's own."""


class ShowCustomerExpenditureQuotaResponse(HuaweiResponse):
    """The quota; empty for customers whose partner pays."""

    granting_amount: Decimal | None = None
    granting_amount_used: Decimal | None = None
    percentage_granting_amount_used: Decimal | None = None
    measure_id: int | None = None
    currency: str | None = None


@operation(
    "ShowCustomerExpenditureQuota",
    route="GET /v2/accounts/customer-accounts/expenditure-quota",
    kinds=CUSTOMER,
    permission=Permission.CREDIT_READ,
    per_second=PER_SECOND,
    docs="oce/mac_00004",
)
def show_customer_expenditure_quota(
    caller: Caller, request: ShowCustomerExpenditureQuota
) -> ShowCustomerExpenditureQuotaResponse:
    """Nothing for customers of the resale association; for others a quota of 0, because a channel grants none.

    A quota is for customers who settle monthly with the cloud themselves; of 0 the used part is 0 percent.
    """
    del request
    if own_account(caller).association_kind == AssociationKind.RESALE:
        return ShowCustomerExpenditureQuotaResponse()
    return ShowCustomerExpenditureQuotaResponse(NOTHING, NOTHING, NOTHING, MAJOR_UNIT, CURRENCIES[caller.site])
