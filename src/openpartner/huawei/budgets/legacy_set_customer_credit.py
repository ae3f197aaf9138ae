"""Setting a customer's budget by its old name: POST /v1.0/{partner_id}/partner/account-mgr/credit (huawei:D7b)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from msgspec import field

from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.commands import Wanted, set_budget
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, Text64
from openpartner.huawei.budgets.sellers import RAISES, UNFREEZING
from openpartner.huawei.registry import PER_SECOND, operation


class LegacySetCustomerCredit(HuaweiRequest, rename="camel"):
    """The body; `partner_id` is not verified (huawei:F22)."""

    customer_id: Annotated[Text64, BLANK_IS_INVALID]
    adjustment_amount: Decimal
    # vendor doc silent: units beside 1, the currency's own.
    measure_id: Annotated[Literal[1], NULL_IS_ABSENT] = 1
    cancel_partner_frozen: Annotated[Literal["0", "1"], BLANK_IS_ABSENT] = field(
        name="cancel_partner_frozen", default="0"
    )


# vendor doc silent: whether the amount is added; as with the budget, whose old name this is, it replaces.
@operation(
    "LegacySetCustomerCredit",
    route="POST /v1.0/{partner_id}/partner/account-mgr/credit",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CREDIT_WRITE,
    per_second=PER_SECOND,
    docs="",
    writes=True,
    raises=RAISES,
)
def legacy_set_customer_credit(caller: Caller, request: LegacySetCustomerCredit) -> None:
    """Set the monthly budget of one of the caller's own customers; what holds for its exhaustion is kept."""
    wanted = Wanted(amount=request.adjustment_amount, is_resuming=UNFREEZING[request.cancel_partner_frozen])
    set_budget(caller, customer=request.customer_id, wanted=wanted)
