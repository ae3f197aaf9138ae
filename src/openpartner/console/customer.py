"""The page of one customer (huawei:B4): who it is, how it stands, and what happened to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openpartner.console.account_page import TabLink, account_page, associations_of, name_of, trail_of
from openpartner.console.audiences import is_partner
from openpartner.console.budget_standing import budget_of
from openpartner.console.customer_costs import spending_of
from openpartner.console.on_behalf.offers import on_behalf_of
from openpartner.console.opportunities import sales_of
from openpartner.console.page import LISTING, page
from openpartner.console.suspension import can_suspend, undoable
from openpartner.console.vouchers import vouchers_of
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.history import manager_history
from openpartner.core.customers.queries import association_history, get_customer
from openpartner.core.partners.queries import viewed
from openpartner.listings.words import (
    ASSOCIATIONS,
    CUSTOMER_TYPES,
    VERIFICATION_TONES,
    VERIFICATIONS,
)

TABS = (
    TabLink(_("Overview"), "customer", Permission.CUSTOMER_READ),
    TabLink(_("Basic information"), "customer_information", Permission.CUSTOMER_READ),
    TabLink(_("Credit"), "customer_credit", Permission.CREDIT_READ),
    TabLink(_("Budget"), "customer_budget", Permission.CREDIT_READ),
    TabLink(_("Associations"), "customer_associations", Permission.CUSTOMER_READ),
    TabLink(_("Marks"), "account_marks", Permission.FLAG_GRANT),
    TabLink(_("Audit trail"), "customer_trail", Permission.AUDIT_READ),
)


@page("customers/<str:account_id>/", Permission.CUSTOMER_READ, methods=LISTING)
def customer(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """What somebody on the phone asks about first."""
    found = get_customer(viewed(caller), account_id=account_id)
    history = association_history(caller.scope, found)
    values = {
        "association": history[0] if history else None,
        "spending": spending_of(caller, found),
        "vouchers": vouchers_of(caller, found),
        "sales": sales_of(caller, found),
        **budget_of(caller, found),
    }
    return customer_page(request, caller, found, "customer", values)


@page("customers/<str:account_id>/information/", Permission.CUSTOMER_READ, methods=LISTING)
def customer_information(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Identity, contact, tags, and who managed the account when."""
    found = get_customer(viewed(caller), account_id=account_id)
    return customer_page(request, caller, found, "customer_information", {"managers": manager_history(caller, found)})


@page("customers/<str:account_id>/associations/", Permission.CUSTOMER_READ, methods=LISTING)
def customer_associations(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """To whom the customer was bound, as far as the caller may know."""
    found = get_customer(viewed(caller), account_id=account_id)
    return customer_page(request, caller, found, "customer_associations", associations_of(caller, found))


@page("customers/<str:account_id>/trail/", Permission.AUDIT_READ, methods=LISTING)
def customer_trail(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """What was done to the customer, by whom and when."""
    caller.must(Permission.CUSTOMER_READ)
    found = get_customer(viewed(caller), account_id=account_id)
    return customer_page(request, caller, found, "customer_trail", trail_of(caller, found))


def customer_page(
    request: HttpRequest, caller: Caller, found: Account, tab: str, values: dict[str, Any]
) -> HttpResponse:
    """The page around a tab."""
    own = found.partner_id == caller.account
    around = {
        "customer": found,
        "partner": name_of(caller, found.partner),
        "verification": (VERIFICATIONS[found.verification], VERIFICATION_TONES[found.verification]),
        "association_word": ASSOCIATIONS.get(found.association_kind or 0, ""),
        "customer_type": CUSTOMER_TYPES[found.customer_type],
        "tags": [tag for tag in found.labels.split(",") if tag],
        "is_own": own,
        "can_write": own and Permission.CUSTOMER_WRITE in caller.permissions,
        "can_assign": own and Permission.CUSTOMER_ASSIGN in caller.permissions,
        "can_part": own and Permission.ASSOCIATION_END in caller.permissions,
        "can_end": caller.kind is AccountKind.PROVIDER
        and found.partner_id is not None
        and Permission.ASSOCIATION_END in caller.permissions,
        "can_see_vouchers": Permission.VOUCHER_READ in caller.permissions,
        "can_suspend": can_suspend(caller, found),
        "can_undo": undoable(caller, found) is not None,
        **on_behalf_of(caller, found),
    }
    return account_page(
        request,
        caller,
        found,
        listing="customer",
        tabs=[one for one in TABS if one.name != "customer_budget" or is_partner(caller)],
        tab=tab,
        back=None if caller.account == found.pk else (reverse("customers"), _("Customers")),
        values={**around, **values},
    )
