"""What is done to one partner: its remark, and the feature flags that the provider grants it."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.audiences import is_provider
from openpartner.console.customer_actions import RemarkForm
from openpartner.console.form_page import Ask, done, form_page
from openpartner.console.page import FORM, page
from openpartner.console.resellers import OFFERED, has_partners
from openpartner.core.accounts.models import Account, Flag
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.partners.commands import change_partner_remark, grant_flag, withdraw_flag
from openpartner.core.partners.queries import flags_of, get_partner
from openpartner.kit.masks import mask_name
from openpartner.listings.words import FLAGS

GRANT, WITHDRAW = "grant", "withdraw"
GAINED = {
    Flag.INDIRECT_CUSTOMER_VIEW: (
        __("Its people see the customers of its second-level resellers from now on, masked, and may export them."),
        __("They cannot change these customers: they stay with their reseller."),
        __("The flag can be withdrawn at any time."),
    ),
    Flag.POLICY_PRODUCTS: (
        __("Its programs can ask which products a policy is about, and how they are called."),
        __("The flag can be withdrawn at any time."),
    ),
    Flag.API_CUSTOMER_CREATION: (
        __("Its programs can create accounts that are bound to it at once."),
        __("The flag can be withdrawn at any time."),
    ),
    Flag.API_INVITATIONS: (
        __("Its programs can invite customers, and pass or reject their applications."),
        __("Its people do so in the console with or without the flag."),
        __("The flag can be withdrawn at any time."),
    ),
    Flag.REFERRAL: (
        __("It can invite customers by referral, who pay the provider themselves."),
        __("The flag can be withdrawn at any time."),
    ),
}
"""What changes when a flag is granted."""
LOST = {
    Flag.INDIRECT_CUSTOMER_VIEW: (
        __("Its people no longer see or export the customers of its second-level resellers, from now on."),
        __("Files that were exported before stay with whoever fetched them."),
        __("The flag can be granted again at any time."),
    ),
    Flag.POLICY_PRODUCTS: (
        __("Its programs can no longer ask which products a policy is about."),
        __("The flag can be granted again at any time."),
    ),
    Flag.API_CUSTOMER_CREATION: (
        __("Its programs can no longer create accounts; those it created stay."),
        __("The flag can be granted again at any time."),
    ),
    Flag.API_INVITATIONS: (
        __("Its programs can no longer invite customers or decide about applications; its people still can."),
        __("The flag can be granted again at any time."),
    ),
    Flag.REFERRAL: (
        __("It can no longer invite customers by referral; those it has stay."),
        __("The flag can be granted again at any time."),
    ),
}
"""What changes when it is withdrawn."""


class FlagForm(forms.Form):
    """What the person saw and agreed to, so that a page left open cannot do the opposite."""

    what = forms.ChoiceField(choices=[(GRANT, GRANT), (WITHDRAW, WITHDRAW)], widget=forms.HiddenInput)


@page("resellers/<str:account_id>/remark/", Permission.PARTNER_WRITE, methods=FORM, is_for=has_partners)
def edit_partner_remark(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Set the remark, which the partner above alone sees and writes."""
    found = get_partner(caller.scope, account_id=account_id)
    if found.partner_id != caller.account:
        raise NotVisible("partner")
    form = RemarkForm(request.POST or None, initial={"remark": found.remark})
    if request.method == "POST" and form.is_valid():
        change_partner_remark(caller, account_id=account_id, remark=form.cleaned_data["remark"])
        return done(request, _("The remark was changed."), reverse("reseller", args=[account_id]))
    ask = Ask(
        title=_("Edit remark"),
        lead=_lead(found),
        submit=_("Save"),
        back=reverse("reseller", args=[account_id]),
        back_label=mask_name(found.called),
    )
    return form_page(request, caller, form, ask)


@page("resellers/<str:account_id>/flags/<str:name>/", Permission.FLAG_GRANT, methods=FORM, is_for=is_provider)
def change_flag(request: HttpRequest, caller: Caller, account_id: str, name: str) -> HttpResponse:
    """Grant a feature flag to a partner, or withdraw it."""
    found = get_partner(caller.scope, account_id=account_id)
    flag = Flag(name) if name in Flag.values else None
    if flag is None or AccountKind(found.kind) not in OFFERED.get(flag, ()):
        raise NotVisible("feature flag")
    back = reverse("reseller_flags", args=[account_id])
    is_held = flag in flags_of(found)
    form = FlagForm(request.POST or None, initial={"what": WITHDRAW if is_held else GRANT})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["what"] == GRANT:
            grant_flag(caller, account_id=account_id, flag=flag)
            return done(request, _("The feature flag was granted."), back)
        withdraw_flag(caller, account_id=account_id, flag=flag)
        return done(request, _("The feature flag was withdrawn."), back)
    ask = Ask(
        title=_("Withdraw the feature flag") if is_held else _("Grant the feature flag"),
        lead=f"{FLAGS[flag]} · {_lead(found)}",
        effects=_effects(flag, is_held=is_held),
        submit=_("Withdraw") if is_held else _("Grant"),
        back=back,
        back_label=_("Feature flags"),
        is_dangerous=is_held,
    )
    return form_page(request, caller, form, ask)


def _lead(found: Account) -> str:
    return f"{mask_name(found.called)} · {found.uin}"


def _effects(flag: Flag, *, is_held: bool) -> list[str]:
    return [str(one) for one in (LOST if is_held else GAINED)[flag]]
