"""How much of its budget a customer has used: list price of published bills (huawei:E1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from openpartner.core.billing.months import month_of_day
from openpartner.core.billing.spend import Spend, month_spend, spend_between
from openpartner.core.budgets.models import Budget, BudgetKind
from openpartner.kit import clock
from openpartner.kit.clock import BEIJING
from openpartner.kit.money import exact_micros


def current_month() -> int:
    """The month that monthly budgets count now: Beijing's, like every bill cycle."""
    return month_of_day(clock.now().astimezone(BEIJING).date())


def used(budgets: Sequence[Budget]) -> dict[int, int]:
    """Millionths used of each budget, by customer. Refunds may bring it below zero."""
    month = current_month()
    groups: defaultdict[tuple[int, int], list[Budget]] = defaultdict(list)
    for one in budgets:
        groups[one.partner_id, month if one.kind == BudgetKind.MONTHLY else one.since_month].append(one)
    found = {}
    for (partner, first), some in groups.items():
        spends = spend_between([one.customer_id for one in some], first, month, partner)
        for one in some:
            base = one.base_micros if one.kind == BudgetKind.PACKAGE else 0
            found[one.customer_id] = listed(spends, one.customer_id, one.currency) - base
    return found


def spent_this_month(customer: int, partner: int, currency: str) -> int:
    """Millionths that a customer has spent under a partner in the current month, at list price."""
    return listed(month_spend([customer], current_month(), partner), customer, currency)


def listed(spends: Mapping[int, Sequence[Spend]], customer: int, currency: str) -> int:
    """The list price of one customer's spend in one currency, in millionths."""
    return exact_micros(
        sum((one.list_cost for one in spends.get(customer, ()) if one.currency == currency), Decimal(0))
    )
