"""Who writes the deductions of each cloud's bills: the bill itself, or we."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.audiences import is_provider
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.page import FORM, page
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.settlement.models import Mode
from openpartner.core.settlement.modes import CLOUD_MAX, set_settlement_mode, settled_clouds
from openpartner.listings.bill_words import cloud_word
from openpartner.listings.declare import Words

MODES: dict[Mode, Words] = {
    Mode.GIVEN: __("As the bill tells them"),
    Mode.OURS: __("Vouchers and credit are taken here"),
}


class SettlementModeForm(forms.Form):
    """A cloud, and the mode of its bills."""

    cloud = forms.CharField(
        label=__("Cloud"),
        max_length=CLOUD_MAX,
        help_text=__("As bill lines name it: aws, microsoft, oracle, tencent ..."),
    )
    mode = forms.ChoiceField(label=__("Deductions"), choices=list(MODES.items()), widget=forms.RadioSelect)


@page("cloud-accounts/settlement/", Permission.IMPORT, is_for=is_provider)
def settlement_modes(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The mode of every cloud."""
    rows = [
        {
            "cloud": cloud_word(one.cloud),
            "code": one.cloud,
            "mode": MODES[one.mode],
            "is_ours": one.mode is Mode.OURS,
            "is_chosen": one.is_chosen,
        }
        for one in settled_clouds(caller)
    ]
    return render(request, "console/settlement_modes.html", {"caller": caller, "rows": rows})


@page("cloud-accounts/settlement/set/", Permission.IMPORT, methods=FORM, is_for=is_provider)
def choose_settlement_mode(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Choose the mode of one cloud."""
    cloud = request.GET.get("cloud", "")[:CLOUD_MAX]
    form = SettlementModeForm(initial={"cloud": cloud, "mode": _now(caller, cloud)})
    if request.method == "POST":
        form = SettlementModeForm(request.POST)
        if form.is_valid() and _chosen(caller, form):
            return done(request, _("The mode counts from the next import on."), reverse("settlement_modes"))
    ask = Ask(
        title=__("Choose who writes the deductions"),
        lead=__("Deductions are what vouchers and credit pay of a bill line."),
        effects=[
            __("Bills of the cloud that are imported from now on are settled this way."),
            __("What is published stays as it is until its lines are imported again."),
        ],
        submit=__("Save"),
        back=reverse("settlement_modes"),
        back_label=__("Settlement"),
    )
    return form_page(request, caller, form, ask)


def _now(caller: Caller, cloud: str) -> Mode:
    """The mode that the cloud has; of one that nobody knows yet, that of all others."""
    return next((one.mode for one in settled_clouds(caller) if one.cloud == cloud), Mode.OURS)


def _chosen(caller: Caller, form: SettlementModeForm) -> bool:
    try:
        set_settlement_mode(caller, cloud=form.cleaned_data["cloud"], mode=Mode(form.cleaned_data["mode"]))
    except Invalid as error:
        add_refusal(form, error)
        return False
    return True
