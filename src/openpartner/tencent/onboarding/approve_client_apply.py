"""ApproveClientApply: pass or reject the application of a customer."""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import On, Presence
from openpartner.core.accounts.models import Flag
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotAllowed
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.partners.queries import has_flag
from openpartner.tencent.base import DSR, RefusedAs, TencentRequest, Uin
from openpartner.tencent.errors import BAD_UIN, UIN_NOT_RESELLER, NoPartner
from openpartner.tencent.onboarding.decisions import decide
from openpartner.tencent.registry import operation

Blank = Presence(null=On.REJECT, empty=On.ABSENT)


class ApproveClientApply(TencentRequest):
    """Who applied, what is decided, and why if it is a rejection."""

    # `InvalidUin` is for a number that can be no uin. With any other nothing waits that the caller could decide.
    client_uin: Annotated[Uin, RefusedAs(BAD_UIN)]
    approve_type: str
    reject_reason: Annotated[str | None, Blank] = None


@operation(
    "ApproveClientApply",
    kinds=DSR,
    permission=Permission.CUSTOMER_CREATE,
    per_second=5,
    docs="product/1085/67941",
    writes=True,
    raises={NoPartner: UIN_NOT_RESELLER},
)
def approve_client_apply(caller: Caller, request: ApproveClientApply) -> None:
    """Bind the applicant, after asking again whether it may be bound, or send it away with a reason."""
    if not has_flag(caller, Flag.API_INVITATIONS):
        raise NotAllowed("the account may not review applications by API")
    decide(caller, request.client_uin, AccountKind.CUSTOMER, request.approve_type, request.reject_reason)
