"""How much of its budget a customer has used: list price of published bills (huawei:E1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import Q

from openpartner.core.billing.months import month_of_day
from openpartner.core.billing.spend import Spend, month_spend, spend_between
from openpartner.core.budgets.models import Budget, BudgetKind
from openpartner.kit import clock
from openpartner.kit.clock import BEIJING
from openpartner.kit.money import exact_micros

A_MONTH = "a month has begun"


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


def remember(budgets: Sequence[Budget], spent: Mapping[int, int]) -> None:
    """Write beside locked budgets what is used of them, by customer: lists are ordered by it."""
    month, changed = current_month(), []
    for one in budgets:
        percent = percent_of(spent[one.customer_id], one.micros)
        if (one.used_percent, one.used_month) != (percent, month):
            one.used_percent, one.used_month = percent, month
            changed.append(one)
    Budget.objects.everything(reason="they are locked").bulk_update(
        changed, ["used_percent", "used_month"], batch_size=200
    )


def percent_of(spent: int, micros: int) -> int:
    """Whole percents of a budget that are used, rounded down; below zero when more came back than was spent."""
    return spent * 100 // micros


def are_stale() -> bool:
    """Whether there are budgets that nobody has looked at in this month."""
    return Budget.objects.everything(reason=A_MONTH).filter(_stale()).exists()


def look_at_months(most: int) -> int:
    """Look at some of them, within a transaction, and return at how many."""
    rows = Budget.objects.everything(reason=A_MONTH).select_for_update(of=("self",))
    held = list(rows.filter(_stale()).order_by("id")[:most])
    remember(held, used(held))
    return len(held)


def _stale() -> Q:
    return Q(used_month__isnull=True) | Q(used_month__lt=current_month())


def spent_this_month(customer: int, partner: int, currency: str) -> int:
    """Millionths that a customer has spent under a partner in the current month, at list price."""
    return listed(month_spend([customer], current_month(), partner), customer, currency)


def listed(spends: Mapping[int, Sequence[Spend]], customer: int, currency: str) -> int:
    """The list price of one customer's spend in one currency, in millionths."""
    return exact_micros(
        sum((one.list_cost for one in spends.get(customer, ()) if one.currency == currency), Decimal(0))
    )
