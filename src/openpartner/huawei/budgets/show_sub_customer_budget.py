"""A customer's budget: GET /v2/partners/sub-customers/budget (huawei:D3, mt_01004)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.commands import WrongAssociation
from openpartner.core.budgets.models import BudgetKind
from openpartner.core.budgets.queries import get_budgeted, standings
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.wire import CURRENCIES
from openpartner.huawei.budgets.sellers import KIND_NAMES, MAJOR_UNIT, RAISES, seller_named, two_places
from openpartner.huawei.registry import PER_SECOND, operation


class ShowSubCustomerBudget(HuaweiRequest):
    """The query."""

    customer_id: Annotated[Text64, BLANK_IS_INVALID]
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class ShowSubCustomerBudgetResponse(HuaweiResponse, kw_only=True):
    """The budget; without one, the unit and the currency alone."""

    budget_amount: Decimal | None = None
    used_amount: Decimal | None = None
    measure_id: int
    currency: str
    budget_type: str | None = None


@operation(
    "ShowSubCustomerBudget",
    route="GET /v2/partners/sub-customers/budget",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CREDIT_READ,
    per_second=PER_SECOND,
    docs="bpconsole/mt_01004",
    raises=RAISES,
)
def show_sub_customer_budget(caller: Caller, request: ShowSubCustomerBudget) -> ShowSubCustomerBudgetResponse:
    """The budget and what is used of it. vendor doc silent: a customer without one has no amounts."""
    seller = seller_named(caller, request.indirect_partner_id)
    customer = get_budgeted(seller, request.customer_id)
    if customer.association_kind != AssociationKind.RESALE:
        raise WrongAssociation("only customers of the resale association have budgets")
    held = standings(seller, [customer.account_id]).get(customer.account_id)
    if held is None:
        return ShowSubCustomerBudgetResponse(measure_id=MAJOR_UNIT, currency=CURRENCIES[caller.site])
    return ShowSubCustomerBudgetResponse(
        budget_amount=two_places(held.budget.amount),
        used_amount=two_places(held.used),
        measure_id=MAJOR_UNIT,
        currency=held.budget.currency,
        budget_type=KIND_NAMES[BudgetKind(held.budget.kind)],
    )
