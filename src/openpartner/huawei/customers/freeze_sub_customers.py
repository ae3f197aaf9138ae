"""Freezing customers: POST /v2/partners/sub-customers/freeze (huawei:D2, mc_00027)."""

from __future__ import annotations

from typing import Annotated

from openpartner.apikit.presence import BLANK_IS_ABSENT, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.suspension import freeze
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.customers.freezes import CODES, CustomerErrorDetail, CustomerIds, Reason, failures, level_of
from openpartner.huawei.errors import NOT_MY_RESELLER
from openpartner.huawei.registry import PER_SECOND, operation


class FreezeSubCustomers(HuaweiRequest):
    """The body."""

    customer_ids: CustomerIds
    reason: Reason
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    freeze_type: Annotated[str | None, NULL_IS_ABSENT] = None


class FreezeSubCustomersResponse(HuaweiResponse):
    """The customers that failed."""

    error_details: list[CustomerErrorDetail]


@operation(
    "FreezeSubCustomers",
    route="POST /v2/partners/sub-customers/freeze",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.FREEZE,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00027",
    writes=True,
    raises={NotVisible: NOT_MY_RESELLER},
)
def freeze_sub_customers(caller: Caller, request: FreezeSubCustomers) -> FreezeSubCustomersResponse | None:
    """Freeze customers of the resale association; nothing to say when all went well (huawei:F7, huawei:F8)."""
    results = freeze(
        caller,
        account_ids=request.customer_ids,
        level=level_of("freeze_type", request.freeze_type),
        reason=request.reason,
        reseller=request.indirect_partner_id,
    )
    failed = failures(results, CODES)
    return FreezeSubCustomersResponse(failed) if failed else None
