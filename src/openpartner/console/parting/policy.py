"""The rules for ending and moving associations, which the provider sets for a payer (tencent:A.2, huawei:F15)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.audiences import is_provider
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.page import FORM, page
from openpartner.console.parting.progress import lead_of
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.parting.policies import DAYS_MAX, REQUESTS_AT_MOST, parting_policy_of, set_parting_policy
from openpartner.core.partners.queries import get_partner


class PartingPolicyForm(forms.Form):
    """What holds for the customers of a payer and of its resellers."""

    answer_days = forms.IntegerField(
        label=__("Days until a customer's request is approved by itself"),
        required=False,
        min_value=1,
        max_value=DAYS_MAX,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=__("Empty: it waits until it is answered."),
    )
    requests_max = forms.IntegerField(
        label=__("Requests of each side within three months"),
        min_value=1,
        max_value=REQUESTS_AT_MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    partner_waits = forms.BooleanField(
        label=__("A partner waits for three months after its customer's last request"), required=False
    )
    reviews_migrations = forms.BooleanField(
        label=__("You approve each customer that moves to the partner"), required=False
    )


@page("resellers/<str:account_id>/parting/", Permission.FLAG_GRANT, methods=FORM, is_for=is_provider)
def edit_parting_policy(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Set the rules of one payer."""
    found = get_partner(caller.scope, account_id=account_id)
    if not AccountKind(found.kind).pays:
        raise NotVisible("partner")
    now = parting_policy_of(found)
    initial = {
        "answer_days": now.answer_days,
        "requests_max": now.requests_max,
        "partner_waits": now.partner_waits,
        "reviews_migrations": now.reviews_migrations,
    }
    form = PartingPolicyForm(request.POST if request.method == "POST" else None, initial=initial)
    back = reverse("reseller", args=[account_id])
    if request.method == "POST" and form.is_valid():
        try:
            set_parting_policy(caller, partner=account_id, **form.cleaned_data)
            return done(request, _("The rules were changed."), back)
        except Invalid as error:
            add_refusal(form, error)
    ask = Ask(
        title=_("Rules for unbinding and migration"),
        lead=lead_of(found),
        effects=[
            _("They hold for customers of this partner and of its second-level resellers."),
            _("Requests that wait already keep the term they were made with."),
        ],
        submit=_("Save"),
        back=back,
        back_label=_("Partner"),
    )
    return form_page(request, caller, form, ask)
