"""The budgets of several customers: POST /v2/partners/sub-customers/budget/query (huawei:D3, mt_01006)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.models import BudgetKind
from openpartner.core.budgets.queries import standings
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.bills.wire import CURRENCIES
from openpartner.huawei.budgets.sellers import KIND_NAMES, MAJOR_UNIT, seller_named, two_places
from openpartner.huawei.registry import PER_SECOND, operation


class ListSubCustomerBudget(HuaweiRequest):
    """The body."""

    customer_ids: Annotated[list[Text64], Meta(min_length=1, max_length=100)]
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class BudgetInfo(HuaweiResponse):
    """One customer's budget."""

    customer_id: str
    budget_amount: Decimal
    used_amount: Decimal
    budget_type: str


class ListSubCustomerBudgetResponse(HuaweiResponse):
    """The budgets, in the order in which their customers were named."""

    measure_id: int
    currency: str
    budget_infos: list[BudgetInfo]


@operation(
    "ListSubCustomerBudget",
    route="POST /v2/partners/sub-customers/budget/query",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CREDIT_READ,
    per_second=PER_SECOND,
    docs="bpconsole/mt_01006",
)
def list_sub_customer_budget(caller: Caller, request: ListSubCustomerBudget) -> ListSubCustomerBudgetResponse:
    """The budgets of the caller's customers; strangers are left out in silence.

    vendor doc silent: customers without a budget; left out like them.
    """
    found = standings(seller_named(caller, request.indirect_partner_id), request.customer_ids)
    infos = [
        BudgetInfo(one, two_places(held.budget.amount), two_places(held.used), KIND_NAMES[BudgetKind(held.budget.kind)])
        for one, held in ((one, found.get(one)) for one in dict.fromkeys(request.customer_ids))
        if held is not None
    ]
    return ListSubCustomerBudgetResponse(MAJOR_UNIT, CURRENCIES[caller.site], infos)
