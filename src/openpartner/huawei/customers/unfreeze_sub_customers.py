"""Unfreezing customers: POST /v2/partners/sub-customers/unfreeze (huawei:D2, mc_00028)."""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_ABSENT, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.suspension import unfreeze
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.customers.freezes import CODES, CustomerErrorDetail, CustomerIds, Reason, failures, level_of
from openpartner.huawei.errors import NOT_MY_RESELLER
from openpartner.huawei.registry import PER_SECOND, operation


class UnfreezeSubCustomers(HuaweiRequest):
    """The body."""

    customer_ids: CustomerIds
    reason: Reason
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    unfreeze_type: Annotated[str | None, NULL_IS_ABSENT] = None


class UnfreezeSubCustomersResponse(HuaweiResponse):
    """The customers that failed."""

    error_details: list[CustomerErrorDetail]


@operation(
    "UnfreezeSubCustomers",
    route="POST /v2/partners/sub-customers/unfreeze",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.FREEZE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00028",
    writes=True,
    raises={NotVisible: NOT_MY_RESELLER},
)
def unfreeze_sub_customers(caller: Caller, request: UnfreezeSubCustomers) -> UnfreezeSubCustomersResponse | None:
    """Unfreeze customers that are frozen by exactly this type; nothing to say when all went well (huawei:D2)."""
    results = unfreeze(
        caller,
        account_ids=request.customer_ids,
        level=level_of("unfreeze_type", request.unfreeze_type),
        reason=request.reason,
        reseller=request.indirect_partner_id,
    )
    failed = failures(results, CODES)
    return UnfreezeSubCustomersResponse(failed) if failed else None
