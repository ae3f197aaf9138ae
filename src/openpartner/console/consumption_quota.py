"""The consumption quota of a partner (huawei:B20, huawei:E3): what of it is used, when it is told, how much it is."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.audiences import is_provider
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.menu import Group, Menu
from openpartner.console.money_form import DIGITS_MAX, Figure, Preview, Steps, money_form, rehearsed
from openpartner.console.page import FORM, page
from openpartner.console.preferences import zone_of
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.consumption import Consumption, consumption, own_consumption, set_consumption_quota
from openpartner.core.budgets.quota_alerts import PERCENT_MAX, newest_alerts, set_consumption_threshold, threshold_of
from openpartner.core.partners.queries import get_partner
from openpartner.kit.masks import mask_name
from openpartner.kit.money import DECIMALS

SHOWN = 8
FULL = 100


class ThresholdForm(forms.Form):
    """At how much of the quota somebody is told."""

    percent = forms.IntegerField(
        label=__("Percent of the quota"),
        min_value=1,
        max_value=PERCENT_MAX,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class ConsumptionQuotaForm(forms.Form):
    """How much a partner may owe."""

    amount = forms.DecimalField(
        label=__("Amount"),
        min_value=Decimal(0),
        max_digits=DIGITS_MAX,
        decimal_places=DECIMALS,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=__("0 takes the quota away."),
    )


def has_consumption_quota(caller: Caller) -> bool:
    """Whether the caller owes the provider: who pays does, and nobody with assigned customers sees it."""
    return caller.kind.pays and caller.scope.manager is None


@page(
    "credit/consumption/",
    Permission.CREDIT_READ,
    menu=Menu(Group.MONEY, __("Consumption quota"), "gauge"),
    is_for=has_consumption_quota,
)
def consumption_quota(request: HttpRequest, caller: Caller) -> HttpResponse:
    """How much of its quota the partner has used, of what that is made up, and when it was told."""
    found, threshold = own_consumption(caller), threshold_of(caller.account)
    values = {
        "caller": caller,
        "zone": zone_of(request),
        "found": found,
        "percent": max(0, min(FULL, found.percent or 0)),
        "tone": _tone(found, threshold),
        "threshold": threshold,
        "can_set": Permission.CREDIT_WRITE in caller.permissions,
        "alerts": newest_alerts(caller.account, SHOWN),
    }
    return render(request, "console/consumption_quota.html", values)


@page("credit/consumption/threshold/", Permission.CREDIT_WRITE, methods=FORM, is_for=has_consumption_quota)
def edit_consumption_threshold(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Say at how many percent of the quota the partner is told."""
    form = ThresholdForm(request.POST or None, initial={"percent": threshold_of(caller.account)})
    back = reverse("consumption_quota")
    if request.method == "POST" and form.is_valid():
        try:
            set_consumption_threshold(caller, percent=form.cleaned_data["percent"])
            return done(request, _("The threshold was changed."), back)
        except Invalid as error:
            add_refusal(form, error)
    ask = Ask(
        title=_("Alert threshold"),
        effects=[
            _("The recipients of budget alerts are told once when so much of the quota is used."),
            _("They are told again after less of it was used in between, or the threshold was changed."),
        ],
        submit=_("Save"),
        back=back,
        back_label=_("Consumption quota"),
    )
    return form_page(request, caller, form, ask)


@page("resellers/<str:account_id>/consumption-quota/", Permission.CREDIT_WRITE, methods=FORM, is_for=is_provider)
def change_consumption_quota(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Set how much a partner may owe, after seeing what it owes."""
    found = get_partner(caller.scope, account_id=account_id)
    if not AccountKind(found.kind).pays:
        raise NotVisible("partner")
    form, back, now = (
        ConsumptionQuotaForm(request.POST or None),
        reverse("reseller_credit", args=[account_id]),
        consumption(found),
    )

    def order() -> Consumption:
        set_consumption_quota(caller, partner=account_id, amount=form.cleaned_data["amount"])
        return consumption(found)

    def preview() -> Preview:
        then = rehearsed(order)
        figures = [Figure(_("Consumption quota"), now.quota, then.quota), Figure(_("Used"), now.used, then.used)]
        over = _("More than that is used already: customers of the resale association cannot buy.")
        return Preview(figures=figures, warnings=[over] if then.is_over else [])

    def act(_key: str) -> HttpResponse:
        order()
        return done(request, _("The quota was changed."), back)

    ask = Ask(
        title=_("Consumption quota"),
        lead=f"{mask_name(found.called)} · {found.uin}",
        effects=[
            _("The most that the partner may owe you. It is not money and pays for nothing."),
            _("Above it the partner's customers of the resale association cannot buy."),
        ],
        submit=_("Change the quota"),
        back=back,
        back_label=_("Credit"),
    )
    figures = [Figure(_("Consumption quota"), now.quota), Figure(_("Used"), now.used)]
    return money_form(request, caller, form, ask, Steps(figures=figures, preview=preview, act=act, fields=FIELDS))


FIELDS = {"amount": "amount"}


def _tone(found: Consumption, threshold: int) -> str:
    if found.is_over or (found.percent or 0) >= FULL:
        return "bad"
    return "warn" if (found.percent or 0) >= threshold else "good"
