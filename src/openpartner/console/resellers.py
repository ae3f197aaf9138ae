"""Resellers of a distributor, and all partners for the provider (seed 000, huawei:B19, tencent:B.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.account_page import TabLink, account_page, associations_of, name_of, trail_of
from openpartner.console.actions import Button
from openpartner.console.audiences import is_distributor, is_provider
from openpartner.console.bills import bills_of
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import LISTING, page
from openpartner.core.accounts.models import Account, FeatureFlag, Flag
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import PARTNER_KINDS, AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.queries import Dimension
from openpartner.core.partners.queries import flags_of, get_partner
from openpartner.kit.masks import mask_name
from openpartner.listings.customers import closed_indirect
from openpartner.listings.declare import Words
from openpartner.listings.relations import RELATIONS
from openpartner.listings.resellers import RESELLERS, sees_customers_of_resellers
from openpartner.listings.words import ACCOUNT_KINDS, FLAGS

OFFERED: dict[Flag, frozenset[AccountKind]] = {
    Flag.INDIRECT_CUSTOMER_VIEW: frozenset({AccountKind.DISTRIBUTOR}),
    Flag.POLICY_PRODUCTS: PARTNER_KINDS,
    Flag.API_CUSTOMER_CREATION: PARTNER_KINDS,
    Flag.API_INVITATIONS: PARTNER_KINDS,
    Flag.REFERRAL: PARTNER_KINDS,
}
"""The flags that open something here, and to partners of which kinds. Others are shown where they are held."""


@dataclass(frozen=True, slots=True)
class FlagLine:
    """One flag of a partner; without `held` it is not granted."""

    flag: Flag
    label: Words
    held: FeatureFlag | None
    address: str


TABS = (
    TabLink(__("Overview"), "reseller", Permission.PARTNER_READ),
    TabLink(__("Credit"), "reseller_credit", Permission.CREDIT_READ),
    TabLink(__("Bills"), "reseller_bills", Permission.BILL_READ),
    TabLink(__("Permissions"), "reseller_permissions", Permission.PARTNER_READ),
    TabLink(__("Feature flags"), "reseller_flags", Permission.FLAG_GRANT),
    TabLink(__("Marks"), "account_marks", Permission.FLAG_GRANT),
    TabLink(__("Associations"), "reseller_associations", Permission.PARTNER_READ),
    TabLink(__("Audit trail"), "reseller_trail", Permission.AUDIT_READ),
)


def has_partners(caller: Caller) -> bool:
    """Whether there can be partners under the caller."""
    return is_provider(caller) or is_distributor(caller)


@page(
    "resellers/",
    Permission.PARTNER_READ,
    menu=Menu(Group.SALES, __("Resellers"), "resellers", "r"),
    methods=LISTING,
    is_for=is_distributor,
    is_list=True,
)
def resellers(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The second-level resellers of a distributor."""
    extras = Extras(
        title=__("My resellers"),
        lead=closed_indirect(caller),
        buttons=[_to_relations(), *_inviting(caller)],
        empty=__("Second-level resellers appear here when they are bound to you."),
    )
    return list_page(request, RESELLERS, caller, extras)


def _inviting(caller: Caller) -> list[Button]:
    """Where a distributor who may asks for more of them."""
    if Permission.PARTNER_WRITE not in caller.permissions:
        return []
    return [Button(_("Invite a reseller"), reverse("invite_a_reseller"), "plus", is_primary=True)]


@page(
    "partners/",
    Permission.PARTNER_READ,
    menu=Menu(Group.SALES, __("Partners"), "resellers", "r", below="/resellers/"),
    methods=LISTING,
    is_for=is_provider,
    is_list=True,
)
def partners(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Every distributor, reseller and second-level reseller of the channel."""
    extras = Extras(
        title=__("Partners"),
        lead=__("Distributors and resellers bound to you, and the second-level resellers of distributors."),
        buttons=[_to_relations()],
        empty=__("Partners appear here when they are bound to you."),
    )
    return list_page(request, RESELLERS, caller, extras)


@page("resellers/customers/", Permission.PARTNER_READ, methods=LISTING, is_for=has_partners, is_list=True)
def relations(request: HttpRequest, caller: Caller) -> HttpResponse:
    """All second-level resellers with their customers, to be looked at and exported."""
    extras = Extras(
        back=_back(caller),
        lead=__("Every customer of every second-level reseller. Export takes what is on screen, or all."),
        empty=__("Your second-level resellers have no customers yet."),
    )
    return list_page(request, RELATIONS, caller, extras)


@page(
    "resellers/<str:account_id>/customers/",
    Permission.PARTNER_READ,
    methods=LISTING,
    is_for=has_partners,
    is_list=True,
)
def reseller_customers(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """The customers of one reseller; a file of it asks the same."""
    found = get_partner(caller.scope, account_id=account_id)
    name = mask_name(found.called)
    extras = Extras(
        title=_("Customers of %(name)s") % {"name": name},
        lead=f"{ACCOUNT_KINDS[found.kind]} · {found.uin}",
        back=(reverse("reseller", args=[found.account_id]), name),
        fixed={"reseller": found.account_id},
        empty=__("This partner has no customers yet."),
    )
    return list_page(request, RELATIONS, caller, extras)


@page("resellers/<str:account_id>/", Permission.PARTNER_READ, methods=LISTING, is_for=has_partners)
def reseller(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Who the partner is and how it stands."""
    found = get_partner(caller.scope, account_id=account_id)
    sees = sees_customers_of_resellers(caller)
    values = {
        "customers_address": reverse("reseller_customers", args=[found.account_id]) if sees else "",
        "closed": "" if sees else closed_indirect(caller),
    }
    return reseller_page(request, caller, found, "reseller", values)


@page("resellers/<str:account_id>/flags/", Permission.FLAG_GRANT, methods=LISTING, is_for=is_provider)
def reseller_flags(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """What the partner was put on the allowlist for."""
    found = get_partner(caller.scope, account_id=account_id)
    held, kind = flags_of(found), AccountKind(found.kind)
    lines = [
        FlagLine(
            flag,
            FLAGS[flag],
            held.get(flag),
            reverse("change_flag", args=[found.account_id, flag]) if kind in OFFERED.get(flag, ()) else "",
        )
        for flag in Flag
        if flag in held or kind in OFFERED.get(flag, ())
    ]
    return reseller_page(request, caller, found, "reseller_flags", {"flags": lines})


@page("resellers/<str:account_id>/associations/", Permission.PARTNER_READ, methods=LISTING, is_for=has_partners)
def reseller_associations(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """To whom the partner was bound, as far as the caller may know."""
    found = get_partner(caller.scope, account_id=account_id)
    return reseller_page(request, caller, found, "reseller_associations", associations_of(caller, found))


@page("resellers/<str:account_id>/bills/", Permission.PARTNER_READ, methods=LISTING, is_for=has_partners)
def reseller_bills(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """What the customers of a partner owe by month, and what its payer owes the provider for it."""
    caller.must(Permission.BILL_READ)
    found = get_partner(caller.scope, account_id=account_id)
    of = (Dimension.PAYER if AccountKind(found.kind).pays else Dimension.PARTNER, found.pk)
    values = {
        "for_customers": bills_of(caller.scope, at_payer_price=False, only=of),
        "for_payer": bills_of(caller.scope, at_payer_price=True, only=of),
        "is_payer": is_distributor(caller),
    }
    return reseller_page(request, caller, found, "reseller_bills", values)


@page("resellers/<str:account_id>/trail/", Permission.AUDIT_READ, methods=LISTING, is_for=has_partners)
def reseller_trail(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """What was done to the partner, by whom and when."""
    caller.must(Permission.PARTNER_READ)
    found = get_partner(caller.scope, account_id=account_id)
    return reseller_page(request, caller, found, "reseller_trail", trail_of(caller, found))


def _to_relations() -> Button:
    return Button(RELATIONS.title, reverse("relations"), "export")


def _back(caller: Caller) -> tuple[str, Words]:
    if is_provider(caller):
        return reverse("partners"), __("Partners")
    return reverse("resellers"), __("My resellers")


def _has_tab(caller: Caller, found: Account, tab: str) -> bool:
    """The provider grants flags, a distributor the permissions of its resellers; the other tabs are for both."""
    if tab == "reseller_flags":
        return is_provider(caller)
    if tab == "reseller_permissions":
        return is_distributor(caller) and found.kind == AccountKind.SECOND_LEVEL_RESELLER
    return True


def reseller_page(
    request: HttpRequest, caller: Caller, found: Account, tab: str, values: dict[str, Any]
) -> HttpResponse:
    """The page around a tab."""
    around = {
        "partner": found,
        "can_write": found.partner_id == caller.account and Permission.PARTNER_WRITE in caller.permissions,
        "can_set_rules": AccountKind(found.kind).pays
        and is_provider(caller)
        and Permission.FLAG_GRANT in caller.permissions,
        "kind": ACCOUNT_KINDS[AccountKind(found.kind)],
        "parent": name_of(caller, found.partner) if is_provider(caller) else "",
    }
    return account_page(
        request,
        caller,
        found,
        listing="reseller",
        tabs=[one for one in TABS if _has_tab(caller, found, one.name)],
        tab=tab,
        back=_back(caller),
        values={**around, **values},
    )
