"""How much the budgets of a reseller's customers may add up to, as its distributor says (huawei:B19, huawei:E1)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.audiences import is_distributor
from openpartner.console.form_page import Ask, done
from openpartner.console.money_form import AmountField, Figure, Preview, Steps, money_form, rehearsed
from openpartner.console.page import FORM, page
from openpartner.console.reseller_credit import sees_partners_credit
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.commands import grant_quota, revoke_quota
from openpartner.core.budgets.models import BudgetKind
from openpartner.core.budgets.rights import quotas_of
from openpartner.core.credit.purses import currency_of
from openpartner.core.partners.queries import get_reseller
from openpartner.kit.masks import mask_name
from openpartner.kit.money import Money
from openpartner.listings.budgets import BUDGET_KINDS

GRANT, REVOKE = "grant", "revoke"


class QuotaForm(forms.Form):
    """Which quota, and how much it shall be."""

    kind = forms.TypedChoiceField(
        label=__("Budget type"),
        choices=list(BUDGET_KINDS.items()),
        coerce=lambda one: BudgetKind(int(one)),
        initial=BudgetKind.MONTHLY,
        widget=forms.RadioSelect,
    )
    way = forms.ChoiceField(
        label=__("What to do"),
        choices=[(GRANT, __("Set the quota")), (REVOKE, __("Take the quota away"))],
        initial=GRANT,
        widget=forms.RadioSelect,
    )
    amount = AmountField(label=__("Amount"), required=False)

    def clean(self) -> None:
        """An amount where a quota is set."""
        is_missing = "amount" not in self.errors and self.cleaned_data.get("amount") is None
        if is_missing and self.cleaned_data.get("way") == GRANT:
            self.add_error("amount", self.fields["amount"].error_messages["required"])


def grants_quotas(caller: Caller) -> bool:
    """Whether the caller has resellers whose budgets it bounds."""
    return is_distributor(caller) and sees_partners_credit(caller)


@page("resellers/<str:account_id>/budget-quotas/", Permission.CREDIT_WRITE, methods=FORM, is_for=grants_quotas)
def change_budget_quota(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Set or take away a quota of budgets, after seeing what it was."""
    found = get_reseller(caller.scope, account_id=account_id)
    currency, form = currency_of(found), QuotaForm(request.POST or None)
    back = reverse("reseller_credit", args=[account_id])

    def amounts() -> dict[BudgetKind, Money]:
        held = quotas_of(found.pk)
        return {kind: held[kind].amount if kind in held else Money(currency, 0) for kind in BudgetKind}

    def order() -> dict[BudgetKind, Money]:
        kind = form.cleaned_data["kind"]
        if form.cleaned_data["way"] == GRANT:
            grant_quota(caller, reseller=account_id, kind=kind, amount=form.cleaned_data["amount"])
        else:
            revoke_quota(caller, reseller=account_id, kind=kind)
        return amounts()

    words = {BudgetKind.MONTHLY: _("Quota of monthly budgets"), BudgetKind.PACKAGE: _("Quota of one-time budgets")}
    now = amounts()

    def preview() -> Preview:
        then = rehearsed(order)
        return Preview(figures=[Figure(words[kind], now[kind], then[kind]) for kind in BudgetKind])

    def act(_key: str) -> HttpResponse:
        order()
        return done(request, _("The quota was changed."), back)

    ask = Ask(
        title=_("Quotas of budgets"),
        lead=f"{mask_name(found.called)} · {found.uin}",
        effects=[
            _("The budgets that the reseller sets, of each type, may not add up to more than its quota."),
            _("Without a quota the reseller sets no budget of that type. Budgets that are set already stay."),
        ],
        submit=_("Change the quota"),
        back=back,
        back_label=_("Credit"),
    )
    figures = [Figure(words[kind], now[kind]) for kind in BudgetKind]
    return money_form(request, caller, form, ask, Steps(figures=figures, preview=preview, act=act, fields=FIELDS))


FIELDS = {"amount": "amount"}
