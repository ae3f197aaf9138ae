"""Vouchers for a customer's trial: applied for by a partner, cancelled by it, decided by the provider (tencent:B.5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.form_page import Ask, done
from openpartner.console.lists import Extras, list_page
from openpartner.console.money_form import Figure, Preview, Steps, money_form, rehearsed
from openpartner.console.page import FORM, LISTING, page
from openpartner.console.preferences import zone_of
from openpartner.console.voucher_forms import TermsForm, template_asked
from openpartner.console.voucher_parts import (
    Decision,
    NamesField,
    RemarkForm,
    ask_about,
    button,
    decide,
    decides,
    has_parts,
    ids_of,
    issues_vouchers,
    may_write,
    name_of,
    own_voucher,
    parts,
    sees_reasons,
)
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.matching import customers
from openpartner.core.customers.queries import get_direct_customer
from openpartner.core.vouchers.approvals import (
    PAYERS,
    apply_for_voucher,
    approve_voucher,
    cancel_application,
    reject_voucher,
)
from openpartner.core.vouchers.models import Voucher
from openpartner.core.vouchers.purses import currency_of, own_account
from openpartner.core.vouchers.queries import VoucherRow, pool_of_partner
from openpartner.core.vouchers.vocabulary import Usage, VoucherKind
from openpartner.kit.money import Money
from openpartner.listings.declare import Words
from openpartner.listings.vouchers import VOUCHER_APPLICATIONS

FIELDS = {"amount": "amount"}


class ApproveForm(RemarkForm):
    """Approving, perhaps with a voucher for the customer beside the partner's own."""

    for_customer = forms.BooleanField(label=__("Give the customer a voucher of the same amount"), required=False)


class ApplyForm(TermsForm):
    """For whose trial, how much, and what it may pay until when."""

    customer = NamesField(most=1, label=__("Customer"), help_text=__("The UIN or account ID of one of your customers."))

    def __init__(self, caller: Caller, zone: str, *args: Any, **options: Any) -> None:
        super().__init__(caller, zone, *args, **options)
        self.fields.pop("usage", None)
        self.order_fields(["customer", "amount", "valid_from", "valid_until"])

    def clean(self) -> None:
        """A voucher that is applied for is for a trial."""
        self.cleaned_data["usage"] = Usage.TRIAL


def applies(caller: Caller) -> bool:
    """Whether the caller applies for vouchers: those whose cost they pay."""
    return caller.kind in PAYERS and issues_vouchers(caller)


def _sees_applications(caller: Caller) -> bool:
    return applies(caller) or (decides(caller) and sees_reasons(caller))


@page("vouchers/applications/", Permission.VOUCHER_READ, methods=LISTING, is_for=_sees_applications, is_list=True)
def voucher_applications(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What partners have applied for, and what became of it; a partner's own."""
    is_provider = decides(caller)
    can_apply = applies(caller) and may_write(caller)
    extras = Extras(
        title=_("Vouchers"),
        lead=_("What partners apply for, to be approved or rejected.")
        if is_provider
        else _("Vouchers that pay your own cost for a customer's trial. The provider reviews them."),
        buttons=[button("apply_for", _("Apply for a voucher"), "plus", is_primary=True)] if can_apply else [],
        above=has_parts(caller),
        empty=_("Applications appear here, with what the provider answered."),
        values=parts(caller, "voucher_applications"),
    )
    return list_page(request, VOUCHER_APPLICATIONS, caller, extras)


@page("vouchers/apply/", Permission.VOUCHER_WRITE, methods=FORM, is_for=applies)
def apply_for(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Apply for a voucher for one customer's trial, after seeing what is held back from the pool."""
    own = own_account(caller)
    currency = currency_of(own)
    left = Money(currency, pool_of_partner(own.pk).left_micros)
    template = template_asked(caller, request.POST.get("template") or request.GET.get("template", ""))
    if template is not None and template.usage != Usage.TRIAL:
        raise NotVisible("template")
    initial = {"customer": request.GET.get("customer", "")[:40]}
    form = ApplyForm(caller, zone_of(request), template, request.POST or None, initial=initial)

    def applied(key: str | None) -> Voucher:
        (given,) = ids_of(customers(caller.own()), form.cleaned_data["customer"]).values()
        try:
            customer = get_direct_customer(caller, account_id=given)
        except NotVisible as error:
            raise Invalid("customer", _("is not one of your own customers")) from error
        amount, terms = form.cleaned_data["amount"], replace(form.terms(), usage=Usage.TRIAL)
        return apply_for_voucher(
            caller, customer=customer.account_id, amount=amount, terms=terms, template=form.template_key, key=key
        )

    def preview() -> Preview:
        then = rehearsed(lambda: applied(None))
        amount = Money(currency, then.face_micros)
        assert then.customer is not None
        facts: list[tuple[Words, Words]] = [
            (_("Customer"), f"{name_of(then.customer)} · {then.customer.uin}"),
            (_("Amount"), str(amount)),
        ]
        return Preview(
            figures=[Figure(_("Left in your voucher pool"), left, left - amount)], facts=[*facts, *form.facts()]
        )

    def act(key: str) -> HttpResponse:
        made = applied(key)
        return done(request, _("The voucher was applied for."), reverse("voucher", args=[made.code]))

    ask = Ask(
        title=_("Apply for a voucher"),
        lead=_("From the template %(name)s") % {"name": template.name} if template else "",
        effects=[
            _("The provider reviews it. Until then its amount is held back from your pool, and you can cancel it."),
            _("When it is approved, it pays your cost for this customer, up to its amount."),
        ],
        submit=_("Apply"),
        back=reverse("voucher_applications"),
        back_label=_("Applications"),
    )
    steps = Steps(figures=[Figure(_("Left in your voucher pool"), left)], preview=preview, act=act, fields=FIELDS)
    return money_form(request, caller, form, ask, steps)


@page("vouchers/<str:code>/cancel/", Permission.VOUCHER_WRITE, methods=FORM, is_for=applies)
def cancel_one(request: HttpRequest, caller: Caller, code: str) -> HttpResponse:
    """Take back an application before it is decided."""
    row = own_voucher(caller, code, VoucherKind.TRIAL)
    decision = Decision(
        ask=ask_about(row, _("Cancel the application"), is_dangerous=True),
        figures=_figures(row),
        effects=[_("Its amount is free in your pool again.")],
        told=_("The application was cancelled."),
        act=lambda _remark: cancel_application(caller, code=code),
    )
    return decide(request, caller, forms.Form(request.POST or None), decision)


@page("vouchers/<str:code>/approve/", Permission.VOUCHER_WRITE, methods=FORM, is_for=decides)
def approve_one(request: HttpRequest, caller: Caller, code: str) -> HttpResponse:
    """Let a partner have the voucher for a trial that it has applied for."""
    row = own_voucher(caller, code, VoucherKind.TRIAL)
    form = ApproveForm(request.POST or None)

    def facts() -> list[tuple[Words, Words]]:
        given = form.cleaned_data["for_customer"]
        return [(_("For the customer"), _("A voucher of the same amount"))] if given else []

    decision = Decision(
        ask=ask_about(row, _("Approve the voucher")),
        figures=_figures(row),
        effects=[_("The partner's cost for this customer is paid by it, up to its amount.")],
        told=_("The voucher was approved."),
        act=lambda remark: approve_voucher(
            caller, code=code, remark=remark, for_customer=form.cleaned_data["for_customer"]
        ),
        facts=facts,
    )
    return decide(request, caller, form, decision)


@page("vouchers/<str:code>/reject/", Permission.VOUCHER_WRITE, methods=FORM, is_for=decides)
def reject_one(request: HttpRequest, caller: Caller, code: str) -> HttpResponse:
    """Turn down a voucher that a partner has applied for."""
    row = own_voucher(caller, code, VoucherKind.TRIAL)
    decision = Decision(
        ask=ask_about(row, _("Reject the voucher"), is_dangerous=True),
        figures=_figures(row),
        effects=[_("Its amount is free in the partner's pool again.")],
        told=_("The voucher was rejected."),
        act=lambda remark: reject_voucher(caller, code=code, remark=remark),
    )
    return decide(request, caller, RemarkForm(request.POST or None), decision)


def _figures(row: VoucherRow) -> list[Figure]:
    return [Figure(_("Amount"), Money(row.voucher.currency, row.voucher.face_micros))]
