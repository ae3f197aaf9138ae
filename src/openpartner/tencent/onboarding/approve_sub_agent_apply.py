"""ApproveSubAgentApply: pass or reject the application of a second-level reseller."""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import On, Presence
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.tencent.base import D, TencentRequest, Uin
from openpartner.tencent.errors import UIN_NOT_RESELLER, NoPartner
from openpartner.tencent.onboarding.decisions import decide
from openpartner.tencent.registry import operation

Blank = Presence(null=On.REJECT, empty=On.ABSENT)


class ApproveSubAgentApply(TencentRequest):
    """Who applied, what is decided, and why if it is a rejection."""

    sub_agent_uin: Uin
    approve_type: str
    reject_reason: Annotated[str | None, Blank] = None


@operation(
    "ApproveSubAgentApply",
    kinds=D,
    permission=Permission.PARTNER_WRITE,
    per_second=20,
    docs="product/1085/69794",
    writes=True,
    raises={NoPartner: UIN_NOT_RESELLER},
)
def approve_sub_agent_apply(caller: Caller, request: ApproveSubAgentApply) -> None:
    """Make the applicant the distributor's reseller, if it is a verified company, or send it away with a reason."""
    decide(
        caller, request.sub_agent_uin, AccountKind.SECOND_LEVEL_RESELLER, request.approve_type, request.reject_reason
    )
