"""Whether the calling customer is authenticated, and as what: GET /v2/customers/real-name-auth-status (China site)."""

from __future__ import annotations

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import CustomerType, Verification
from openpartner.core.base.permissions import Permission
from openpartner.core.verification.queries import newest_of
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse
from openpartner.huawei.registry import PER_SECOND, operation


class ShowRealNameAuthStatus(HuaweiRequest):
    """No parameters."""


class ShowRealNameAuthStatusResponse(HuaweiResponse):
    """-1 not authenticated, 0 in review, 1 rejected, 2 authenticated; 0 a person, 1 an enterprise, null before."""

    verified_status: int
    verified_type: int | None = None


@operation(
    "ShowRealNameAuthStatus",
    route="GET /v2/customers/real-name-auth-status",
    kinds=CUSTOMER,
    permission=Permission.CUSTOMER_READ,
    per_second=PER_SECOND,
    docs="",
)
def show_real_name_auth_status(caller: Caller, request: ShowRealNameAuthStatus) -> ShowRealNameAuthStatusResponse:
    """The caller's own; what was last applied for says the type until it is decided."""
    del request
    own = Account.objects.everything(reason="the caller's own row").get(pk=caller.account)
    state, kind = Verification(own.verification), CustomerType(own.customer_type)
    if state in {Verification.IN_REVIEW, Verification.REJECTED} and (newest := newest_of(own)) is not None:
        kind = CustomerType(newest.customer_type)
    is_typed = state is not Verification.NONE and kind is not CustomerType.NONE
    return ShowRealNameAuthStatusResponse(state.value, kind.value if is_typed else None)
