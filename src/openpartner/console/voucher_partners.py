"""Vouchers that the provider gives to partners for their own cost (tencent:B.5, type I)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.form_page import Ask, done
from openpartner.console.money_form import Preview, Steps, money_form, rehearsed
from openpartner.console.page import FORM, page
from openpartner.console.preferences import zone_of
from openpartner.console.voucher_forms import TermsForm
from openpartner.console.voucher_parts import decides, named
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.partners.queries import partners
from openpartner.core.vouchers.approvals import PAYERS
from openpartner.core.vouchers.issuing import issue_to_partner
from openpartner.core.vouchers.models import Voucher
from openpartner.core.vouchers.vocabulary import Form
from openpartner.kit.money import Money

FIELDS = {"amount": "amount"}
FORMS = {Form.VOUCHER: __("Voucher"), Form.CASH: __("Cash coupon")}


class PartnerVoucherForm(TermsForm):
    """For which partner, how much, and what it may pay until when."""

    partner = forms.ChoiceField(label=__("Partner"))
    form = forms.TypedChoiceField(
        label=__("Form"),
        choices=[(int(one), word) for one, word in FORMS.items()],
        coerce=lambda one: Form(int(one)),
        initial=int(Form.VOUCHER),
    )

    def __init__(self, caller: Caller, zone: str, *args: Any, **options: Any) -> None:
        super().__init__(caller, zone, None, *args, **options)
        found = partners(caller.scope, PAYERS).order_by("legal_name", "pk")
        choices = [("", _("Choose …")), *((one.account_id, named(one)) for one in found)]
        self.fields["partner"].choices = choices  # type: ignore[attr-defined]  # a choice
        self.fields["reason"].help_text = _("The partner reads it in its records.")
        self.order_fields(["partner", "form", "amount", "valid_from", "valid_until"])


@page("vouchers/for-partners/new/", Permission.VOUCHER_WRITE, methods=FORM, is_for=decides)
def issue_partner_voucher(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Give a partner that pays you a voucher for its own cost, after seeing what it says."""
    form = PartnerVoucherForm(
        caller, zone_of(request), request.POST or None, initial={"partner": request.GET.get("partner", "")[:40]}
    )

    def issued(key: str | None) -> Voucher:
        given = form.cleaned_data
        return issue_to_partner(
            caller,
            partner=given["partner"],
            amount=given["amount"],
            terms=form.terms(),
            form=given["form"],
            key=key,
        )

    def preview() -> Preview:
        then = rehearsed(lambda: issued(None))
        amount = str(Money(then.currency, then.face_micros))
        whom = named(then.partner)
        return Preview(
            facts=[
                (_("Partner"), whom),
                (_("Form"), FORMS[Form(then.form)]),
                (_("Amount"), amount),
                *form.facts(),
            ]
        )

    def act(key: str) -> HttpResponse:
        made = issued(key)
        return done(request, _("The voucher was given to the partner."), reverse("voucher", args=[made.code]))

    ask = Ask(
        title=_("Give a partner a voucher"),
        effects=[
            _("It pays the partner's own cost, up to its amount: customers neither see nor use it."),
            _("It is out of nobody's pool or quota, and its end cannot be moved later."),
        ],
        submit=_("Give the voucher"),
        back=reverse("vouchers"),
        back_label=_("Vouchers"),
    )
    return money_form(request, caller, form, ask, Steps(preview=preview, act=act, fields=FIELDS))
