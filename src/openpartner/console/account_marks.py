"""What the provider knows of an account: marks that bar ways through the channel, and a limit of its customers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.audiences import is_provider
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.page import FORM, page
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.eligibility.marks import NOTE_MAX, end_mark, marks_of, set_mark
from openpartner.core.eligibility.models import Mark
from openpartner.core.eligibility.quotas import CUSTOMERS_MAX, customers_max_of, set_bind_quota
from openpartner.kit.masks import mask_name
from openpartner.listings.onboarding_words import MARKS

OF_PARTNERS = (Mark.BARRED_PARTNER, Mark.PREPAID_PARTNER)
OF_CUSTOMERS = tuple(one for one in Mark if one not in OF_PARTNERS)


class MarksForm(forms.Form):
    """Which marks hold. `seen` are those the person saw, so that a page left open takes nothing off."""

    marks = forms.MultipleChoiceField(required=False)
    note = forms.CharField(
        label=__("Note"),
        max_length=NOTE_MAX,
        required=False,
        help_text=__("Kept with the marks that are set now."),
    )
    customers_max = forms.IntegerField(
        label=__("Customers at most"),
        min_value=0,
        max_value=CUSTOMERS_MAX,
        required=False,
        help_text=__("Empty: as many as it likes."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, account: Account, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        is_partner = account.kind != AccountKind.CUSTOMER
        offered = OF_PARTNERS if is_partner else OF_CUSTOMERS
        self.fields["marks"] = forms.MultipleChoiceField(
            label=__("Marks"),
            choices=[(one.value, MARKS[one]) for one in offered],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        if not is_partner:
            del self.fields["customers_max"]


@page("accounts/<str:account_id>/marks/", Permission.FLAG_GRANT, methods=FORM, is_for=is_provider)
def account_marks(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Set and end marks of an account, and limit a partner's customers."""
    account = _account(caller, account_id)
    held = marks_of([account.pk]).get(account.pk, set())
    initial = {
        "marks": sorted(held),
        "seen": ",".join(sorted(held)),
        "customers_max": customers_max_of(account.pk),
    }
    form = MarksForm(account, request.POST or None, initial=initial)
    is_partner = account.kind != AccountKind.CUSTOMER
    back = reverse("reseller" if is_partner else "customer", args=[account_id])
    if request.method == "POST" and form.is_valid() and _changed(caller, account, form, held):
        return done(request, _("The marks were changed."), back)
    name = mask_name(account.called)
    ask = Ask(
        title=_("Marks"),
        lead=f"{name} · {account.uin}",
        effects=[
            __("Only the provider sees marks. Partners are told the reason in words when one bars something."),
            __("Customers that are bound already stay so."),
        ],
        submit=__("Save"),
        back=back,
        back_label=name,
    )
    return form_page(request, caller, form, ask)


def _changed(caller: Caller, account: Account, form: MarksForm, held: set[Mark]) -> bool:
    """Bring about what the person changed, all of it or nothing; False when the form says why not."""
    given = form.cleaned_data
    wanted = {Mark(one) for one in given["marks"]}
    seen = {Mark(one) for one in given["seen"].split(",") if one in Mark.values}
    try:
        with transaction.atomic():
            for mark in sorted(wanted - seen - held):
                set_mark(caller, account_id=account.account_id, mark=mark, note=given["note"])
            for mark in sorted((seen - wanted) & held):
                end_mark(caller, account_id=account.account_id, mark=mark)
            if "customers_max" in form.fields and given["customers_max"] != customers_max_of(account.pk):
                set_bind_quota(caller, account_id=account.account_id, customers_max=given["customers_max"])
    except Invalid as error:
        add_refusal(form, error)
        return False
    return True


def _account(caller: Caller, account_id: str) -> Account:
    found = Account.objects.within(caller.scope).filter(account_id=account_id).exclude(pk=caller.account).first()
    if found is None:
        raise NotVisible("account")
    return found
