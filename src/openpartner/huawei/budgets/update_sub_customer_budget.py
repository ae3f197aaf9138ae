"""Setting a customer's budget: POST /v2/partners/sub-customers/budget (huawei:D3, huawei:E1, mt_01005)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.commands import Wanted, set_budget
from openpartner.core.budgets.models import Exhaustion
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, Text64
from openpartner.huawei.budgets.sellers import KINDS, RAISES, UNFREEZING, seller_named
from openpartner.huawei.registry import PER_SECOND, operation


class UpdateSubCustomerBudget(HuaweiRequest):
    """The body (huawei:C9)."""

    customer_id: Annotated[Text64, BLANK_IS_INVALID]
    budget_amount: Decimal
    cancel_partner_frozen: Annotated[Literal["0", "1"], BLANK_IS_ABSENT] = "0"
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    budget_type: Annotated[Literal["MONTHLY", "PACKAGE"], NULL_IS_ABSENT] = "MONTHLY"
    frozen_operate_type: Annotated[Literal[0, 1] | None, BLANK_IS_ABSENT] = None


@operation(
    "UpdateSubCustomerBudget",
    route="POST /v2/partners/sub-customers/budget",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CREDIT_WRITE,
    per_second=PER_SECOND,
    docs="bpconsole/mt_01005",
    writes=True,
    raises=RAISES,
)
def update_sub_customer_budget(caller: Caller, request: UpdateSubCustomerBudget) -> None:
    """Replace the customer's budget and its type; where nothing is said of exhaustion, what holds is kept."""
    seller_named(caller, request.indirect_partner_id)
    automatic = request.frozen_operate_type
    wanted = Wanted(
        amount=request.budget_amount,
        kind=KINDS[request.budget_type],
        exhaustion=None if automatic is None else Exhaustion(automatic),
        is_resuming=UNFREEZING[request.cancel_partner_frozen],
    )
    set_budget(caller, customer=request.customer_id, wanted=wanted, reseller=request.indirect_partner_id)
