"""Transferring to a reseller's account: POST .../indirect-partner-adjust (huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_INVALID
from openpartner.core.balances.commands import transfer_to_reseller
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.balances.purses import WITH_RESELLER
from openpartner.huawei.base import DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.registry import PER_SECOND, operation


class UpdateIndirectPartnerAccount(HuaweiRequest):
    """The body."""

    indirect_partner_id: Annotated[Text64, BLANK_IS_INVALID]
    amount: Decimal


class UpdateIndirectPartnerAccountResponse(HuaweiResponse):
    """The movement's number."""

    transfer_id: str


@operation(
    "UpdateIndirectPartnerAccount",
    route="POST /v2/accounts/partner-accounts/indirect-partner-adjust",
    kinds=DISTRIBUTOR,
    permission=Permission.CREDIT_WRITE,
    per_second=PER_SECOND,
    docs="",
    writes=True,
    raises=WITH_RESELLER,
)
def update_indirect_partner_account(
    caller: Caller, request: UpdateIndirectPartnerAccount
) -> UpdateIndirectPartnerAccountResponse:
    """Transfer from the calling distributor's balance to that of one of its resellers."""
    moved = transfer_to_reseller(caller, reseller=request.indirect_partner_id, amount=request.amount)
    return UpdateIndirectPartnerAccountResponse(moved.number)
