"""Transferring to an agency customer's account: POST .../adjust-amount (huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_ABSENT, BLANK_IS_INVALID
from openpartner.core.balances.commands import transfer
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.balances.purses import WITH_CUSTOMER, holder_named
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.registry import PER_SECOND, operation


class UpdateCustomerAccountAmount(HuaweiRequest):
    """The body."""

    customer_id: Annotated[Text64, BLANK_IS_INVALID]
    amount: Decimal
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class UpdateCustomerAccountAmountResponse(HuaweiResponse):
    """The movement's number."""

    transfer_id: str


@operation(
    "UpdateCustomerAccountAmount",
    route="POST /v2/accounts/partner-accounts/adjust-amount",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CREDIT_WRITE,
    per_second=PER_SECOND,
    docs="",
    writes=True,
    raises=WITH_CUSTOMER,
)
def update_customer_account_amount(
    caller: Caller, request: UpdateCustomerAccountAmount
) -> UpdateCustomerAccountAmountResponse:
    """Transfer from the balance of the caller, or of a distributor's reseller, to that of its customer."""
    holder_named(caller, request.indirect_partner_id)  # a strange reseller has a code of its own
    moved = transfer(caller, customer=request.customer_id, amount=request.amount, reseller=request.indirect_partner_id)
    return UpdateCustomerAccountAmountResponse(moved.number)
