"""Taking back from a member of an enterprise: POST /v2/enterprises/multi-accounts/retrieve-amount (huawei:D7a)."""

from __future__ import annotations

from openpartner.core.balances.enterprise import reclaim_from_member
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.huawei.balances.enterprise import EnterpriseAmount, amount_of, must_be_cash
from openpartner.huawei.balances.purses import WITH_MEMBER
from openpartner.huawei.base import CUSTOMER
from openpartner.huawei.registry import PER_SECOND, operation


class ReclaimSubEnterpriseAmount(EnterpriseAmount):
    """The body."""


@operation(
    "ReclaimSubEnterpriseAmount",
    route="POST /v2/enterprises/multi-accounts/retrieve-amount",
    kinds=CUSTOMER,
    permission=Permission.MEMBER_MANAGE,
    per_second=PER_SECOND,
    docs="",
    writes=True,
    raises=WITH_MEMBER,
)
def reclaim_sub_enterprise_amount(caller: Caller, request: ReclaimSubEnterpriseAmount) -> None:
    """Taking back from a member that pays for itself; the same `trans_id` again moves nothing more."""
    amount = amount_of(request)
    must_be_cash(request)
    reclaim_from_member(caller, member=request.customer_id, amount=amount, number=request.trans_id or "")
