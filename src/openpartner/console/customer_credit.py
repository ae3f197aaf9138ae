"""A customer's credit (tencent:B.2): what it has, what moved it, what it was given, and what holds for it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.account_page import name_of
from openpartner.console.customer import customer_page
from openpartner.console.form_page import Ask, add_refusal, done, form_page
from openpartner.console.lists import Extras, list_page
from openpartner.console.money_form import ChangeForm, Figure, Preview, Steps, money_form, rehearsed
from openpartner.console.page import FORM, LISTING, page
from openpartner.core.accounts.models import Account, Flag
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.allocations import allocate_credit
from openpartner.core.credit.policies import DEFAULT_THRESHOLDS, THRESHOLDS_MAX, rules_of, set_terms, terms_of
from openpartner.core.credit.purses import currency_of
from openpartner.core.credit.queries import allocations, credit_of, frozen_of, notices, partner_credit
from openpartner.core.credit.records import stated_account
from openpartner.core.customers.queries import get_customer, get_direct_customer
from openpartner.core.ledger.balances import statement
from openpartner.core.partners.queries import has_flag, viewed
from openpartner.kit.masks import mask_name
from openpartner.kit.money import Money
from openpartner.kit.slices import Slice
from openpartner.listings.credit import CREDIT_ALLOCATIONS, CREDIT_STATEMENT
from openpartner.listings.credit_words import KIND_TONES, KINDS, NOTICE_TONES, NOTICES

SHOWN = 8
PERCENT_MAX = 99


class TermsForm(forms.Form):
    """At which percents of its total a customer and its partner are warned, and whether it runs on in arrears."""

    thresholds = forms.CharField(
        label=__("Further alerts at"),
        required=False,
        max_length=64,
        help_text=__("Percents of the total from 1 to 99, separated by commas. 25, 10 and 0 are always there."),
    )
    is_non_stop = forms.BooleanField(label=__("Runs on in arrears (non-stop privilege)"), required=False)
    is_special = forms.BooleanField(label=__("Special suspension rules"), required=False)

    def clean_thresholds(self) -> list[int]:
        """The percents, without those that are always there."""
        words = [one.strip().removesuffix("%").strip() for one in self.cleaned_data["thresholds"].split(",")]
        given = [one for one in words if one]
        if not all(one.isascii() and one.isdigit() and 0 <= int(one) <= PERCENT_MAX for one in given):
            raise forms.ValidationError(_("Write whole percents from 1 to 99, separated by commas."))
        own = sorted({int(one) for one in given} - set(DEFAULT_THRESHOLDS), reverse=True)
        if len(own) > THRESHOLDS_MAX:
            raise forms.ValidationError(_("At most %(most)s further alerts.") % {"most": THRESHOLDS_MAX})
        return own


@page("customers/<str:account_id>/credit/", Permission.CREDIT_READ, methods=LISTING)
def customer_credit(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """What the customer may still spend and how that came about."""
    caller.must(Permission.CUSTOMER_READ)
    found = get_customer(viewed(caller), account_id=account_id)
    return customer_page(request, caller, found, "customer_credit", _credit(caller, found))


@page("customers/<str:account_id>/credit/records/", Permission.CREDIT_READ, methods=LISTING, is_list=True)
def customer_credit_records(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """What the customer was given and what was taken back."""
    found = get_customer(viewed(caller), account_id=account_id)
    return list_page(request, CREDIT_ALLOCATIONS, caller, _fixed(caller, found, _("Allocation records")))


@page("customers/<str:account_id>/credit/statement/", Permission.CREDIT_READ, is_list=True)
def customer_credit_statement(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Every posting of the customer's credit, with the balance after it."""
    found = get_customer(viewed(caller), account_id=account_id)
    return list_page(request, CREDIT_STATEMENT, caller, _fixed(caller, found, _("Credit statement")))


@page("customers/<str:account_id>/credit/set/", Permission.CREDIT_WRITE, methods=FORM)
def set_customer_credit(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Add credit or take it back, after seeing what will be left."""
    customer = get_direct_customer(caller, account_id=account_id)
    assert customer.partner is not None
    currency = currency_of(customer.partner)
    credit, own = credit_of(customer), partner_credit(caller)
    total, available = Money(currency, credit.total), Money(currency, credit.available)
    rules = rules_of({customer.pk: customer.partner.pk})[customer.pk]
    form = ChangeForm(request.POST or None)
    back = reverse("customer_credit", args=[account_id])

    def preview() -> Preview:
        change = form.change(currency)
        then = rehearsed(lambda: allocate_credit(caller, customer=customer, change=change, remark="", key="preview"))
        warnings = []
        is_short, will_be = rules.in_arrears(available.micros), rules.in_arrears(then.available.micros)
        if is_short and will_be:
            warnings.append(_("The customer stays in arrears: its services stay as they are."))
        elif rules.stops(then.available.micros):
            warnings.append(_("The customer comes into arrears: its services stop."))
        elif is_short:
            warnings.append(_("The customer leaves arrears: services that arrears have stopped go on."))
        return Preview(
            figures=[
                Figure(_("Total credit"), total, then.total),
                Figure(_("Available credit"), available, then.available),
                Figure(_("Left for you to allocate"), own.remaining, own.remaining - change),
            ],
            facts=[(_("Remark"), form.cleaned_data["remark"])] if form.cleaned_data["remark"] else [],
            warnings=warnings,
        )

    def act(key: str) -> HttpResponse:
        remark, change = form.cleaned_data["remark"], form.change(currency)
        result = allocate_credit(caller, customer=customer, change=change, remark=remark, key=key)
        told = _("The credit was changed by %(change)s. Available now: %(available)s.")
        return done(request, told % {"change": result.change.spoken, "available": result.available.spoken}, back)

    ask = Ask(
        title=_("Set credit"),
        lead=_lead(customer),
        effects=[
            _("It takes effect at once and has no end: credit is never reset."),
            _("At most what is available can be taken back."),
            _("Bills are charged at the customer's price, after vouchers; their figures may lag behind by hours."),
        ],
        submit=_("Change the credit"),
        back=back,
        back_label=_("Credit"),
    )
    figures = [
        Figure(_("Total credit"), total),
        Figure(_("Available credit"), available),
        Figure(_("Left for you to allocate"), own.remaining),
    ]
    return money_form(request, caller, form, ask, Steps(figures=figures, preview=preview, act=act))


@page("customers/<str:account_id>/credit/terms/", Permission.CREDIT_WRITE, methods=FORM)
def edit_credit_terms(request: HttpRequest, caller: Caller, account_id: str) -> HttpResponse:
    """Balance alerts of one customer, and its privileges where the partner may give them (tencent:A.4)."""
    customer = get_direct_customer(caller, account_id=account_id)
    terms = terms_of(customer.pk, caller.account)
    kept = {
        "thresholds": terms.thresholds.replace(",", ", "),
        "is_non_stop": terms.is_non_stop,
        "is_special": terms.is_special,
    }
    form = TermsForm(request.POST or None, initial=kept)
    open_to = {"is_non_stop": Flag.NON_STOP, "is_special": Flag.SPECIAL_SUSPENSION_RULES}
    for name, flag in open_to.items():
        if not has_flag(caller, flag):
            del form.fields[name]
    back = reverse("customer_credit", args=[account_id])
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in open_to if name in form.fields}
        try:
            set_terms(caller, customer=customer.uin, thresholds=form.cleaned_data["thresholds"], **given)
            return done(request, _("Alerts and terms were changed."), back)
        except Invalid as error:
            add_refusal(form, error)
    effects = [
        _("You and the customer are told by e-mail and here, at most once a day for each percentage."),
        _("An alert comes when what is available falls to the percentage of the total, or below it."),
    ]
    if "is_non_stop" in form.fields:
        effects.append(_("With the non-stop privilege nothing stops in arrears; what is used then is yours to pay."))
    ask = Ask(
        title=_("Alerts and terms"),
        lead=_lead(customer),
        effects=effects,
        submit=_("Save"),
        back=back,
        back_label=_("Credit"),
    )
    return form_page(request, caller, form, ask)


def _credit(caller: Caller, found: Account) -> dict[str, Any]:
    """What the tab shows. Who gave what and why is between those who give."""
    partner = found.partner
    if partner is None:
        return {"is_bound": False}
    currency = currency_of(partner)
    credit = credit_of(found)
    rules = rules_of({found.pk: partner.pk})[found.pk]
    account = stated_account(viewed(caller), found.account_id)
    frozen = sum(frozen_of(found.pk, partner.pk).values())
    is_own = partner.pk == caller.account
    return {
        "is_bound": True,
        "available": Money(currency, credit.available),
        "total": Money(currency, credit.total),
        "used": Money(currency, credit.total - credit.available),
        "frozen": Money(currency, frozen),
        "percent": max(0, min(100, 100 * credit.available // credit.total)) if credit.total > 0 else 0,
        "in_arrears": rules.in_arrears(credit.available),
        "is_stopped": rules.stops(credit.available),
        "rules": rules,
        "thresholds": [f"{one} %" for one in rules.thresholds],
        "records": allocations(found, partner.pk, Slice(0, SHOWN)).items if _gives(caller) else [],
        "postings": statement(account, Slice(0, SHOWN)).items if account is not None else [],
        "notices": notices(found, partner.pk, Slice(0, SHOWN)).items,
        "kinds": KINDS,
        "kind_tones": KIND_TONES,
        "notice_words": NOTICES,
        "notice_tones": NOTICE_TONES,
        "gives": _gives(caller),
        "can_allocate": is_own and Permission.CREDIT_WRITE in caller.permissions,
        "partner_name": name_of(caller, partner),
    }


def _gives(caller: Caller) -> bool:
    return caller.kind is not AccountKind.CUSTOMER


def _lead(customer: Account) -> str:
    return f"{mask_name(customer.called)} · {customer.uin}"


def _fixed(caller: Caller, found: Account, title: str) -> Extras:
    """One customer's records."""
    if found.partner_id is None:
        raise NotVisible("credit")
    lead = "" if caller.account == found.pk else _lead(found)
    return Extras(
        title=title,
        lead=lead,
        back=(reverse("customer_credit", args=[found.account_id]), _("Credit")),
        fixed={"holder": found.account_id},
        empty=_("Every change of the credit appears here, and stays."),
    )
