"""Unfreezing customers, old: POST /v1.0/{partner_id}/partner/customer-mgr/unfrozens (huawei:D7b, mc_00009)."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import Suspension
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.suspension import unfreeze
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest
from openpartner.huawei.customers.freezes import CustomerIds, Reason
from openpartner.huawei.customers.legacy_freezes import LegacyFreezeResponse, answered
from openpartner.huawei.registry import PER_SECOND, operation


class LegacyUnfreezeCustomers(HuaweiRequest, rename="camel"):
    """The body; `partner_id` is not verified (huawei:F22)."""

    customer_ids: CustomerIds
    reason: Reason


@operation(
    "LegacyUnfreezeCustomers",
    route="POST /v1.0/{partner_id}/partner/customer-mgr/unfrozens",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.FREEZE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00009",
    writes=True,
)
def legacy_unfreeze_customers(caller: Caller, request: LegacyUnfreezeCustomers) -> LegacyFreezeResponse:
    """Lift the account freeze of the caller's own customers; v1.0 knows no freeze of resources."""
    return answered(unfreeze(caller, account_ids=request.customer_ids, level=Suspension.ACCOUNT, reason=request.reason))
