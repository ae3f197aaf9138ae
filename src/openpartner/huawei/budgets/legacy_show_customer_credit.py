"""A customer's budget by its old name: GET /v1.0/{partner_id}/partner/account-mgr/credit (huawei:D7b)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.queries import get_budgeted, standings
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, LegacyResponse, Text64
from openpartner.huawei.bills.wire import CURRENCIES
from openpartner.huawei.budgets.sellers import MAJOR_UNIT, RAISES, seller_named, two_places
from openpartner.huawei.registry import PER_SECOND, operation


class LegacyShowCustomerCredit(HuaweiRequest):
    """The query; `partner_id` is not verified (huawei:F22)."""

    customer_id: Annotated[Text64, BLANK_IS_INVALID]


NAMES = {
    "credit_amount": "creditAmount",
    "used_amount": "usedAmount",
    "measure_id": "measureId",
}
"""The answer's spelling; what every v1.0 answer carries is spelled otherwise."""


class LegacyShowCustomerCreditResponse(LegacyResponse, rename=NAMES):
    """The budget as credit; null without one."""

    credit_amount: Decimal | None
    used_amount: Decimal | None
    measure_id: int
    currency: str


@operation(
    "LegacyShowCustomerCredit",
    route="GET /v1.0/{partner_id}/partner/account-mgr/credit",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CREDIT_READ,
    per_second=PER_SECOND,
    docs="",
    raises=RAISES,
)
def legacy_show_customer_credit(caller: Caller, request: LegacyShowCustomerCredit) -> LegacyShowCustomerCreditResponse:
    """What the newer operation calls the budget, of the caller's own customers alone."""
    seller = seller_named(caller, None)
    customer = get_budgeted(seller, request.customer_id)
    held = standings(seller, [customer.account_id]).get(customer.account_id)
    return LegacyShowCustomerCreditResponse(
        credit_amount=two_places(held.budget.amount) if held is not None else None,
        used_amount=two_places(held.used) if held is not None else None,
        measure_id=MAJOR_UNIT,
        currency=CURRENCIES[caller.site],
    )
