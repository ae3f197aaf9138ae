"""Who took care of a customer when (huawei:B4, account manager history)."""

from __future__ import annotations

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.customers.models import ManagerAssignment


def manager_history(caller: Caller, customer: Account) -> list[ManagerAssignment]:
    """The account managers that the caller's own account gave a customer, newest first; nobody else's."""
    if not caller.kind.is_partner:
        return []
    rows = ManagerAssignment.objects.within(caller.own()).filter(customer=customer).select_related("manager")
    return list(rows.order_by("-since", "-id"))
