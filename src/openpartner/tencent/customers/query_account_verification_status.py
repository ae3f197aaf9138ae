"""QueryAccountVerificationStatus: whether a customer's identity is verified."""

from __future__ import annotations

from typing import Annotated

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import Verification
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.queries import get_customer
from openpartner.tencent.base import DSR, RefusedAs, TencentRequest, TencentResponse, Uin
from openpartner.tencent.errors import NOT_MY_CUSTOMER, UIN_INVALID
from openpartner.tencent.registry import operation


class QueryAccountVerificationStatus(TencentRequest):
    """The customer that is meant."""

    # `UinInvalid` is for a number that can be no uin. One that is nobody's reads like one that is a stranger's.
    client_uin: Annotated[Uin, RefusedAs(UIN_INVALID)]


class QueryAccountVerificationStatusResponse(TencentResponse):
    """Verified or not."""

    account_status: bool


@operation(
    "QueryAccountVerificationStatus",
    kinds=DSR,  # the page omits second-level resellers, which tencent:F.15 reads as an oversight
    permission=Permission.CUSTOMER_READ,
    per_second=20,
    docs="",
    raises={NotVisible: NOT_MY_CUSTOMER},
)
def query_account_verification_status(
    caller: Caller, request: QueryAccountVerificationStatus
) -> QueryAccountVerificationStatusResponse:
    """True when the customer's verification has passed (AuthStatus 3)."""
    customer = get_customer(caller.own(), uin=request.client_uin)
    return QueryAccountVerificationStatusResponse(customer.verification == Verification.VERIFIED)
