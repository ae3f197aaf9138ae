"""Taking back from a reseller's account: POST .../indirect-partner-reclaim (huawei:D7a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_INVALID
from openpartner.core.balances.commands import reclaim_from_reseller
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.balances.purses import WITH_RESELLER
from openpartner.huawei.base import DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.registry import PER_SECOND, operation


class ReclaimIndirectPartnerAccount(HuaweiRequest):
    """The body."""

    indirect_partner_id: Annotated[Text64, BLANK_IS_INVALID]
    amount: Decimal


class ReclaimIndirectPartnerAccountResponse(HuaweiResponse):
    """The movement's number."""

    trans_id: str


@operation(
    "ReclaimIndirectPartnerAccount",
    route="POST /v2/accounts/partner-accounts/indirect-partner-reclaim",
    kinds=DISTRIBUTOR,
    permission=Permission.CREDIT_WRITE,
    per_second=PER_SECOND,
    docs="",
    writes=True,
    raises=WITH_RESELLER,
)
def reclaim_indirect_partner_account(
    caller: Caller, request: ReclaimIndirectPartnerAccount
) -> ReclaimIndirectPartnerAccountResponse:
    """Take back from the balance of one of the calling distributor's resellers."""
    moved = reclaim_from_reseller(caller, reseller=request.indirect_partner_id, amount=request.amount)
    return ReclaimIndirectPartnerAccountResponse(moved.number)
