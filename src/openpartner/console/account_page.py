"""The page of one account, a customer or a partner: its tabs, and its personal data, masked until somebody asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from openpartner.console.preferences import zone_of
from openpartner.core.access.reveals import record_reveal
from openpartner.core.accounts.models import Account
from openpartner.core.audit.queries import EventFilter, search_events
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.queries import association_history
from openpartner.kit.masks import Mask, mask_name
from openpartner.kit.slices import Slice
from openpartner.listings.declare import Words
from openpartner.listings.words import ASSOCIATIONS, SUSPENSION_TONES, SUSPENSIONS

MASKED = {"legal_name": Mask.NAME, "account_name": Mask.NAME, "mobile": Mask.MOBILE, "email": Mask.EMAIL}
EVENTS = 50


@dataclass(frozen=True, slots=True)
class TabLink:
    """One tab of the page, which has an address of its own."""

    label: Words
    name: str
    permission: Permission


def account_page(
    request: HttpRequest,
    caller: Caller,
    account: Account,
    *,
    listing: str,
    tabs: Iterable[TabLink],
    tab: str,
    back: tuple[str, Words] | None,
    values: dict[str, Any],
) -> HttpResponse:
    """The page around a tab, whose template has the tab's name. A POST shows personal data, after recording it.

    `listing` is where the record says it was shown; `back` is the list above the page, for those who have one.
    """
    is_revealed = request.method == "POST" and request.POST.get("reveal") == "*"
    if is_revealed:
        record_reveal(caller, listing=listing, columns=sorted(MASKED), subjects=[account.pk])
    common = {
        "caller": caller,
        "subject": account,
        "personal": _personal(account, is_revealed=is_revealed),
        "is_revealed": is_revealed,
        "can_reveal": Permission.CUSTOMER_REVEAL in caller.permissions,
        "zone": zone_of(request),
        "status": (SUSPENSIONS[account.suspension], SUSPENSION_TONES[account.suspension]),
        "back": back,
        "tabs": [
            (one.label, reverse(one.name, args=[account.account_id]), one.name == tab)
            for one in tabs
            if one.permission in caller.permissions
        ],
    }
    return render(request, f"console/{tab}.html", {**common, **values})


def associations_of(caller: Caller, account: Account) -> dict[str, Any]:
    """What the tab of associations shows: to whom the account was bound, as far as the caller may know."""
    history = association_history(caller.scope, account)
    return {"associations": [(name_of(caller, one.partner), one) for one in history], "kinds": ASSOCIATIONS}


def trail_of(caller: Caller, account: Account) -> dict[str, Any]:
    """What the tab of the audit trail shows: the newest events about the account, and how many there are."""
    events = search_events(caller.scope, EventFilter(subject=account.pk), Slice(0, EVENTS))
    return {"events": events.items, "events_total": events.total}


def name_of(caller: Caller, partner: Account | None) -> str:
    """The name of one's own account and of a customer's own partner, and what is left of another's."""
    if partner is None:
        return ""
    name = partner.called
    return name if partner.pk == caller.account or caller.kind is AccountKind.CUSTOMER else mask_name(name)


def _personal(account: Account, *, is_revealed: bool) -> dict[str, str]:
    """The personal data of an account by column, masked unless it is revealed."""
    values = {name: str(getattr(account, name)) for name in MASKED}
    return values if is_revealed else {name: MASKED[name].hide(value) for name, value in values.items()}
