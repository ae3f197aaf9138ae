"""QueryCustomerBillingQuota: a customer's own limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from openpartner.apikit.presence import On, Presence
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.models import Purchase
from openpartner.core.credit.queries import available_of, frozen_of, used_of
from openpartner.core.credit.usable import usable_of
from openpartner.core.customers.queries import CustomerRows
from openpartner.tencent.base import C, TencentRequest, TencentResponse
from openpartner.tencent.credit.amounts import in_cents
from openpartner.tencent.customers.statuses import ACCOUNT_STATUSES
from openpartner.tencent.registry import operation

Blank = Presence(null=On.REJECT, empty=On.ABSENT)
ROWS = CustomerRows("partner_id", "suspension", available_of(), used_of())


class QueryCustomerBillingQuota(TencentRequest):
    """Two tags of the caller's own, which nobody reads."""

    event_id: Annotated[int | None, Blank] = None
    component_name: Annotated[str | None, Blank] = None


class BillingQuota(TencentResponse):
    """Amounts with two decimals."""

    total_credit: Decimal
    remaining_credit: Decimal
    remaining_voucher: Decimal
    force: int
    prepay_frozen: Decimal
    postpay_frozen: Decimal


class QueryCustomerBillingQuotaResponse(TencentResponse):
    """The caller's."""

    data: BillingQuota


@operation(
    "QueryCustomerBillingQuota", kinds=C, permission=Permission.CREDIT_READ, per_second=5, docs="product/1085/67942"
)
def query_customer_billing_quota(
    caller: Caller, request: QueryCustomerBillingQuota
) -> QueryCustomerBillingQuotaResponse:
    """What the caller was given, what is left of it and of vouchers, and what is held back."""
    found = ROWS.of_keys(caller.scope, [caller.account])
    partner, suspension, available, used = found[0] if found else (0, 0, 0, 0)
    frozen = frozen_of(caller.account, partner) if found else {}
    return QueryCustomerBillingQuotaResponse(
        BillingQuota(
            in_cents(available + used),
            in_cents(available),  # what is held back included (tencent:F.26)
            in_cents(usable_of([caller.account])[caller.account]),
            int(ACCOUNT_STATUSES[suspension]),
            in_cents(frozen.get(Purchase.PREPAID, 0)),
            in_cents(frozen.get(Purchase.POSTPAID, 0)),
        )
    )
