"""Freezing customers, old: POST /v1.0/{partner_id}/partner/customer-mgr/frozens (huawei:D7b, mc_00008)."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import Suspension
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.suspension import freeze
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest
from openpartner.huawei.customers.freezes import CustomerIds, Reason
from openpartner.huawei.customers.legacy_freezes import LegacyFreezeResponse, answered
from openpartner.huawei.registry import PER_SECOND, operation


class LegacyFreezeCustomers(HuaweiRequest, rename="camel"):
    """The body; `partner_id` is not verified (huawei:F22)."""

    customer_ids: CustomerIds
    reason: Reason


@operation(
    "LegacyFreezeCustomers",
    route="POST /v1.0/{partner_id}/partner/customer-mgr/frozens",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.FREEZE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00008",
    writes=True,
)
def legacy_freeze_customers(caller: Caller, request: LegacyFreezeCustomers) -> LegacyFreezeResponse:
    """Freeze the accounts of the caller's own customers; v1.0 knows no freeze of resources."""
    return answered(freeze(caller, account_ids=request.customer_ids, level=Suspension.ACCOUNT, reason=request.reason))
