"""What a distributor lets one of its resellers do for its customers itself (huawei:B19)."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.audiences import is_distributor
from openpartner.console.budget_quotas import grants_quotas
from openpartner.console.form_page import Ask, done, form_page
from openpartner.console.page import FORM, LISTING, page
from openpartner.console.reseller_actions import GRANT, WITHDRAW, FlagForm
from openpartner.console.resellers import reseller_page
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.models import BudgetKind
from openpartner.core.budgets.rights import quotas_of
from openpartner.core.customers.models import ResellerRight, Right
from openpartner.core.customers.rights import grant_right, held_rights, withdraw_right
from openpartner.core.partners.queries import get_partner, get_reseller
from openpartner.kit.masks import mask_name
from openpartner.listings.budgets import BUDGET_KINDS
from openpartner.listings.declare import Words

RIGHTS: dict[Right, Words] = {
    Right.SET_BUDGET: __("Set budgets"),
    Right.FREEZE_ACCOUNT: __("Suspend accounts"),
    Right.FREEZE_RESOURCES: __("Suspend accounts with their resources"),
    Right.ORDERS_ON_BEHALF: __("Place orders on behalf of customers"),
    Right.OPERATIONS_ON_BEHALF: __("Operate resources on behalf of customers"),
}
NOTES: dict[Right, Words] = {
    Right.SET_BUDGET: __("Within the quotas that you grant it. You set these budgets no more."),
    Right.FREEZE_ACCOUNT: __("Its customers buy and change nothing until it lifts the suspension."),
    Right.FREEZE_RESOURCES: __("Pay-as-you-go resources of its customers stop, too."),
    Right.ORDERS_ON_BEHALF: __("It may ask its customers for the authorization; each customer decides."),
    Right.OPERATIONS_ON_BEHALF: __("It may ask its customers for the authorization; each customer decides."),
}
ON_BEHALF = (Right.ORDERS_ON_BEHALF, Right.OPERATIONS_ON_BEHALF)


@dataclass(frozen=True, slots=True)
class RightLine:
    """One right; without `held` it is not granted, without an address it is not for the reader to change."""

    label: Words
    note: Words
    held: ResellerRight | None
    address: str


@page("resellers/<str:account_id>/permissions/", Permission.PARTNER_READ, methods=LISTING, is_for=is_distributor)
def reseller_permissions(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Every right, whether the reseller holds it and since when, and its quotas of budgets."""
    get_reseller(caller.scope, account_id=account_id)
    found = get_partner(caller.scope, account_id=account_id)
    held, can_write = held_rights(found), Permission.PARTNER_WRITE in caller.permissions
    lines = [
        RightLine(
            RIGHTS[right],
            NOTES[right],
            held.get(right),
            reverse("change_right", args=[account_id, right]) if can_write else "",
        )
        for right in Right
    ]
    quotas = quotas_of(found.pk)
    values = {
        "rights": lines,
        "quotas": [(BUDGET_KINDS[kind], quotas[kind].amount if kind in quotas else None) for kind in BudgetKind],
        "can_grant_quotas": grants_quotas(caller) and Permission.CREDIT_WRITE in caller.permissions,
    }
    return reseller_page(request, caller, found, "reseller_permissions", values)


@page(
    "resellers/<str:account_id>/permissions/<str:name>/",
    Permission.PARTNER_WRITE,
    methods=FORM,
    is_for=is_distributor,
)
def change_right(request: HttpRequest, caller: Caller, account_id: str, name: str) -> HttpResponse:
    """Grant a right to a reseller, or withdraw it."""
    found = get_reseller(caller.scope, account_id=account_id)
    right = Right(name) if name in Right.values else None
    if right is None:
        raise NotVisible("right")
    back = reverse("reseller_permissions", args=[account_id])
    is_held = right in held_rights(found)
    form: forms.Form = FlagForm(request.POST or None, initial={"what": WITHDRAW if is_held else GRANT})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["what"] == GRANT:
            grant_right(caller, reseller=account_id, right=right)
            return done(request, _("The permission was granted."), back)
        if not is_held:
            raise Conflict(_("the reseller does not hold this right"))
        withdraw_right(caller, reseller=account_id, right=right)
        return done(request, _("The permission was withdrawn."), back)
    ask = Ask(
        title=_("Withdraw the permission") if is_held else _("Grant the permission"),
        lead=f"{RIGHTS[right]} · {mask_name(found.called)} · {found.uin}",
        effects=_effects(right, is_held=is_held),
        submit=_("Withdraw") if is_held else _("Grant"),
        back=back,
        back_label=_("Permissions"),
        is_dangerous=is_held,
    )
    return form_page(request, caller, form, ask)


def _effects(right: Right, *, is_held: bool) -> list[Words]:
    """What changes, a sentence each."""
    if not is_held:
        return [NOTES[right], _("The permission can be withdrawn at any time.")]
    if right in ON_BEHALF:
        return [
            _("Authorizations of its customers for this end at once, with their sessions, tokens and keys."),
            _("When it holds the permission again, its customers have to be asked again."),
        ]
    return [
        _("What it has set for its customers stays as it is."),
        _("From now on this is your work: you find its customers under the resellers' customers."),
    ]
