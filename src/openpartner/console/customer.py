"""The page of one customer (huawei:B4): who it is, how it stands, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openpartner.console.page import LISTING, page
from openpartner.console.preferences import reader_of
from openpartner.console.resellers import name_of
from openpartner.core.access.models import User
from openpartner.core.access.reveals import record_reveal
from openpartner.core.accounts.models import Account
from openpartner.core.audit.queries import EventFilter, search_events
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.history import manager_history
from openpartner.core.customers.queries import association_history, get_customer
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import Mask
from openpartner.kit.slices import Slice
from openpartner.listings.declare import Words
from openpartner.listings.words import (
    ASSOCIATIONS,
    CUSTOMER_TYPES,
    SUSPENSION_TONES,
    SUSPENSIONS,
    VERIFICATION_TONES,
    VERIFICATIONS,
)

MASKED = {
    "legal_name": Mask.NAME,
    "account_name": Mask.NAME,
    "mobile": Mask.MOBILE,
    "email": Mask.EMAIL,
}
EVENTS = 50


@dataclass(frozen=True, slots=True)
class TabLink:
    """One tab of the page, which has an address of its own."""

    label: Words
    name: str
    permission: Permission


TABS = (
    TabLink(_("Overview"), "customer", Permission.CUSTOMER_READ),
    TabLink(_("Basic information"), "customer_information", Permission.CUSTOMER_READ),
    TabLink(_("Associations"), "customer_associations", Permission.CUSTOMER_READ),
    TabLink(_("Audit trail"), "customer_trail", Permission.AUDIT_READ),
)


@page("customers/<str:account_id>/", Permission.CUSTOMER_READ, methods=LISTING)
def customer(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """What somebody on the phone asks about first."""
    found = get_customer(viewed(caller), account_id=account_id)
    history = association_history(caller.scope, found)
    return _shown(request, caller, found, "customer", {"association": history[0] if history else None})


@page("customers/<str:account_id>/information/", Permission.CUSTOMER_READ, methods=LISTING)
def customer_information(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Identity, contact, tags, and who managed the account when."""
    found = get_customer(viewed(caller), account_id=account_id)
    return _shown(request, caller, found, "customer_information", {"managers": manager_history(caller, found)})


@page("customers/<str:account_id>/associations/", Permission.CUSTOMER_READ, methods=LISTING)
def customer_associations(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """To whom the customer was bound, as far as the caller may know."""
    found = get_customer(viewed(caller), account_id=account_id)
    history = association_history(caller.scope, found)
    values = {"associations": [(name_of(caller, one.partner), one) for one in history], "kinds": ASSOCIATIONS}
    return _shown(request, caller, found, "customer_associations", values)


@page("customers/<str:account_id>/trail/", Permission.AUDIT_READ, methods=LISTING)
def customer_trail(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """What was done to the customer, by whom and when."""
    caller.must(Permission.CUSTOMER_READ)
    found = get_customer(viewed(caller), account_id=account_id)
    events = search_events(caller.scope, EventFilter(subject=found.pk), Slice(0, EVENTS))
    return _shown(request, caller, found, "customer_trail", {"events": events.items, "events_total": events.total})


def _shown(request: HttpRequest, caller: Caller, found: Account, tab: str, values: dict[str, Any]) -> HttpResponse:
    """The page around a tab. A POST shows personal data in full, after recording it."""
    user = request.user
    assert isinstance(user, User)
    is_revealed = request.method == "POST" and request.POST.get("reveal") == "*"
    if is_revealed:
        record_reveal(caller, listing="customer", columns=sorted(MASKED), subjects=[found.pk])
    own = found.partner_id == caller.account
    return render(
        request,
        f"console/{tab}.html",
        {
            "caller": caller,
            "customer": found,
            "partner": name_of(caller, found.partner),
            "personal": personal(found, is_revealed=is_revealed),
            "is_revealed": is_revealed,
            "can_reveal": Permission.CUSTOMER_REVEAL in caller.permissions,
            "zone": reader_of(user).zone,
            "status": (SUSPENSIONS[found.suspension], SUSPENSION_TONES[found.suspension]),
            "verification": (VERIFICATIONS[found.verification], VERIFICATION_TONES[found.verification]),
            "association_word": ASSOCIATIONS.get(found.association_kind or 0, ""),
            "customer_type": CUSTOMER_TYPES[found.customer_type],
            "tags": [tag for tag in found.labels.split(",") if tag],
            "tabs": [
                (one.label, reverse(one.name, args=[found.account_id]), one.name == tab)
                for one in TABS
                if one.permission in caller.permissions
            ],
            "is_own": own,
            "is_listed": caller.account != found.pk,
            "can_write": own and Permission.CUSTOMER_WRITE in caller.permissions,
            "can_assign": own and Permission.CUSTOMER_ASSIGN in caller.permissions,
            **values,
        },
    )


def personal(account: Account, *, is_revealed: bool) -> dict[str, str]:
    """The personal data of an account by column, masked unless it is revealed."""
    values = {name: str(getattr(account, name)) for name in MASKED}
    return values if is_revealed else {name: MASKED[name].hide(value) for name, value in values.items()}
