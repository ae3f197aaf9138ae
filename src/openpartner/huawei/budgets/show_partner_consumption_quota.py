"""How much a partner may owe and owes: GET /v2/partners/credit/consumption-quota (huawei:E3, cq_001)."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.consumption import own_consumption
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse
from openpartner.huawei.budgets.sellers import MAJOR_UNIT
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.money import Money, plain


class ShowPartnerConsumptionQuota(HuaweiRequest):
    """Nothing is asked: it is the caller's own."""


class ShowPartnerConsumptionQuotaResponse(HuaweiResponse):
    """Amounts as texts; used = due + unbilled - balance - coupons."""

    consumption_quota: str
    amount: str
    coupon_amount: str
    due_amount: str
    unbilled_amount: str
    used_consumption_quota: str
    measure_id: int
    currency: str


@operation(
    "ShowPartnerConsumptionQuota",
    route="GET /v2/partners/credit/consumption-quota",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CREDIT_READ,
    per_second=PER_SECOND,
    docs="bpconsole/cq_001",
)
def show_partner_consumption_quota(
    caller: Caller, request: ShowPartnerConsumptionQuota
) -> ShowPartnerConsumptionQuotaResponse:
    """The caller's quota and what stands against it; a quota of 0 where the provider has set none."""
    del request
    found = own_consumption(caller)
    return ShowPartnerConsumptionQuotaResponse(
        _text(found.quota),
        _text(found.balance),
        _text(found.coupons),
        _text(found.due),
        _text(found.unbilled),
        _text(found.used),
        MAJOR_UNIT,
        found.quota.currency,
    )


def _text(money: Money) -> str:
    return plain(money.micros)
