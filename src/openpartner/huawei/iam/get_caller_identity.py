"""Who am I, by STS: GET /v5/caller-identity. The SDK asks it when IAM lists no domain (huawei:C2)."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.huawei.base import HuaweiResponse
from openpartner.huawei.iam.agencies import AGENCY
from openpartner.huawei.iam.base import EVERYBODY, Nothing
from openpartner.huawei.iam.identifiers import user_id
from openpartner.huawei.registry import PER_SECOND, operation


class CallerIdentity(HuaweiResponse):
    """The account and the user that signed."""

    account_id: str
    principal_id: str
    principal_urn: str


@operation(
    "GetCallerIdentity",
    route="GET /v5/caller-identity",
    kinds=EVERYBODY,
    permission=None,
    per_second=PER_SECOND,
    docs="sts/sts_02_0003",
)
def get_caller_identity(caller: Caller, request: Nothing) -> CallerIdentity:
    """The caller's account and user; for a partner that acts as its customer, the customer's and whose user it is."""
    assert caller.user is not None, "nobody signs without a user"
    who = f"iam::{caller.account_id}:user:{caller.user_name}"
    if caller.acting is not None:
        who = f"sts::{caller.account_id}:assumed-agency:{AGENCY}/{caller.acting.user_name}"
    return CallerIdentity(caller.account_id, user_id(caller.user), who)
