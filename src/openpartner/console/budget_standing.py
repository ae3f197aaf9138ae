"""How the budget of a customer stands, for its own tab and for the overview."""

from __future__ import annotations

from typing import Any

from openpartner.console.audiences import is_partner
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.queries import standings_of
from openpartner.listings.budgets import BUDGET_KINDS, EXHAUSTIONS

NEAR, FULL = 75, 100
"""Percents of a budget at which its usage is coloured (huawei:E1)."""


def budget_of(caller: Caller, customer: Account) -> dict[str, Any]:
    """How the budget of a customer, read within what the caller views, stands: for its tab and its overview."""
    if not is_partner(caller) or Permission.CREDIT_READ not in caller.permissions:
        return {"budget": None}
    held = standings_of({customer.pk: customer.account_id}).get(customer.account_id)
    if held is None:
        return {"budget": None}
    return {
        "budget": held,
        "budget_kind": BUDGET_KINDS[held.budget.kind],
        "budget_percent": max(0, min(FULL, held.percent)),
        "budget_tone": "bad" if held.percent >= FULL else "warn" if held.percent >= NEAR else "good",
        "exhaustion": EXHAUSTIONS[held.budget.exhaustion],
    }
