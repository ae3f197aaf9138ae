"""What the page of a customer offers to its partner: to ask for an authorization, or to act by it."""

from __future__ import annotations

from typing import Any

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.base.permissions import Permission
from openpartner.core.on_behalf.queries import askable, granted_to, in_state
from openpartner.core.on_behalf.vocabulary import State


def on_behalf_of(caller: Caller, customer: Account) -> dict[str, Any]:
    """Values for `on_behalf/customer_buttons.html`; nothing for whoever may not act for customers."""
    is_ours = customer.partner_id == caller.account and caller.kind.is_partner
    if not is_ours or Permission.ON_BEHALF not in caller.permissions:
        return {}
    if customer.association_kind != AssociationKind.RESALE:
        return {}
    granted, requested = granted_to(caller, customer), in_state(customer, State.REQUESTED)
    wanted = askable(caller) - (granted.allowed if granted is not None else frozenset())
    return {"granted": granted, "requested": requested, "can_request": bool(wanted) and requested is None}
