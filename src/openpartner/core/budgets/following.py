"""What budgets do when something below them changes: bills are published, or a customer leaves its partner."""

from __future__ import annotations

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.billing.followers import Published
from openpartner.core.budgets.commands import CHECK, recorded
from openpartner.core.budgets.consumption import CHECK_CONSUMPTION
from openpartner.core.budgets.models import Budget, BudgetKind, BudgetOperation, ConsumptionQuota, Exhaustion
from openpartner.core.jobs.enqueue import enqueue

AT_ONCE = 500
WHY = "of customers whose bills were published, or who leave"


def check_charged(_caller: Caller, published: Published) -> None:
    """Have budgets of charged customers, and quotas of payers, looked at by a worker, not within the publication."""
    changed = sorted({one.key.customer for one in published.changed})
    with_budget: list[int] = []
    rows = Budget.objects.everything(reason=WHY)
    for start in range(0, len(changed), AT_ONCE):
        some = rows.filter(customer__in=changed[start : start + AT_ONCE])
        with_budget += some.values_list("customer_id", flat=True)
    if with_budget:
        enqueue(None, CHECK, {"customers": sorted(with_budget)})
    payers = {one.key.payer for one in published.changed}
    quotas = ConsumptionQuota.objects.everything(reason=WHY).filter(partner__in=payers, until__isnull=True)
    with_quota = sorted(quotas.values_list("partner_id", flat=True))
    if with_quota:
        enqueue(None, CHECK_CONSUMPTION, {"partners": with_quota})


def drop_budget(child: Account, by: str) -> None:
    """Delete the budget of a locked customer that leaves its partner, and record it (huawei:E1)."""
    if child.kind != AccountKind.CUSTOMER:
        return
    held = Budget.objects.everything(reason=WHY).filter(customer=child).first()
    if held is not None:
        kind, exhaustion = BudgetKind(held.kind), Exhaustion(held.exhaustion)
        recorded(by or "system", child, BudgetOperation.DELETE, kind, exhaustion, held.amount)
        held.delete()
