"""Issuing vouchers to one customer or several, with a preview and the result of each (tencent:B.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.form_page import Ask
from openpartner.console.money_form import AmountField, Figure, Preview, Steps, money_form, rehearsed
from openpartner.console.page import FORM, action, page
from openpartner.console.preferences import zone_of
from openpartner.console.vouchers import issues_vouchers
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.matching import customers
from openpartner.core.vouchers.issuing import CUSTOMERS_MAX, IssueResult, Terms, issue_vouchers
from openpartner.core.vouchers.models import TEXT_MAX
from openpartner.core.vouchers.purses import currency_of, own_account
from openpartner.core.vouchers.queries import pool_of_partner
from openpartner.core.vouchers.vocabulary import PaymentMode, Reach, Usage
from openpartner.kit.ids import UIN_MAX, is_account_id
from openpartner.kit.masks import mask_name
from openpartner.kit.money import Money
from openpartner.listings import controls
from openpartner.listings.declare import Reader, Words
from openpartner.listings.voucher_words import PAYMENT_MODES, REACHES, USAGES

NAMED = re.compile(r"[\s,;]+")
TEXT_OF_CUSTOMERS_MAX = 8_000


class IssueForm(forms.Form):
    """To whom, how much, and what it may pay until when."""

    customers = forms.CharField(
        label=__("Customers"),
        max_length=TEXT_OF_CUSTOMERS_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=__("UINs or account IDs of your customers, at most a hundred, one a line or with commas between."),
    )
    amount = AmountField(label=__("Amount for each"))
    usage = forms.ChoiceField(label=__("Usage"), choices=list(USAGES.items()), initial=Usage.OFFER)
    payment_mode = forms.ChoiceField(label=__("Pays"), choices=list(PAYMENT_MODES.items()), initial=PaymentMode.ALL)
    reach = forms.ChoiceField(label=__("Products"), choices=list(REACHES.items()), initial=Reach.ALL)
    products = forms.CharField(
        label=__("Codes of products"),
        required=False,
        max_length=TEXT_OF_CUSTOMERS_MAX,
        help_text=__("Separated by commas; where not all products are paid."),
    )
    reason = forms.CharField(
        label=__("Reason"), required=False, max_length=TEXT_MAX, help_text=__("The customer does not see it.")
    )

    def __init__(self, caller: Caller, zone: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._reader = Reader(zone)
        for name, label in (("valid_from", __("First day")), ("valid_until", __("Last day"))):
            self.fields[name] = controls.day()(caller)
            self.fields[name].label = label
        self.fields["valid_from"].required = False
        self.fields["valid_from"].help_text = _("Empty: from now on.")
        self.order_fields(["customers", "amount", "valid_from", "valid_until"])
        if caller.kind is AccountKind.SECOND_LEVEL_RESELLER:
            self.fields["usage"].choices = [(Usage.OFFER, USAGES[Usage.OFFER])]  # type: ignore[attr-defined]  # a choice

    def clean_customers(self) -> list[str]:
        """What was named, each once."""
        named = [one for one in dict.fromkeys(NAMED.split(self.cleaned_data["customers"])) if one]
        if not 1 <= len(named) <= CUSTOMERS_MAX:
            raise forms.ValidationError(_("Name from one to %(most)s customers.") % {"most": CUSTOMERS_MAX})
        for one in named:
            if not is_account_id(one) and not _is_uin(one):
                raise forms.ValidationError(_("This is no UIN and no account ID: %(text)s") % {"text": one[:40]})
        return named

    def terms(self) -> Terms:
        """What a valid form says about what vouchers pay and when."""
        given = self.cleaned_data
        since, until = given["valid_from"], given["valid_until"]
        return Terms(
            valid_from=controls.begin_of_day(since, self._reader) if since else None,
            # Of the day after, because a voucher ends just before that instant.
            valid_until=controls.begin_of_day(until + timedelta(days=1), self._reader),
            usage=Usage(given["usage"]),
            reach=Reach(given["reach"]),
            products=[one for one in NAMED.split(given["products"]) if one],
            payment_mode=PaymentMode(given["payment_mode"]),
            reason=given["reason"],
        )


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one customer."""

    name: str
    named: str
    code: str = ""
    why: Words = ""


@page("vouchers/issue/", Permission.VOUCHER_WRITE, methods=FORM, is_for=issues_vouchers)
def issue_voucher(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Issue a voucher to each of several customers, after seeing who gets one and what stays in the pool."""
    own = own_account(caller)
    currency, pool = currency_of(own), pool_of_partner(own.pk)
    left = Money(currency, pool.left_micros)
    initial = {"customers": request.GET.get("customers", "")[:TEXT_OF_CUSTOMERS_MAX]}
    form = IssueForm(caller, zone_of(request), request.POST or None, initial=initial)

    def issued(key: str | None) -> list[Line]:
        named = _named(caller, form.cleaned_data["customers"])
        results = issue_vouchers(
            caller,
            customers=list(dict.fromkeys(named.values())),
            amount=form.cleaned_data["amount"],
            terms=form.terms(),
            key=key,
        )
        return _lines(caller, named, results)

    def preview() -> Preview:
        lines = rehearsed(lambda: issued(None))
        good = [one for one in lines if not one.why]
        amount = form.cleaned_data["amount"]
        spent = Money.of(amount * len(good), currency)
        return Preview(
            figures=[Figure(_("Left in your voucher pool"), left, left - spent)],
            facts=[
                (_("Customers"), "\n".join(f"{one.name} · {one.named}" for one in good) or _("Nobody")),
                (_("Amount for each"), str(Money.of(amount, currency))),
                (_("Last day"), f"{form.cleaned_data['valid_until']:%Y-%m-%d}"),
                (_("Pays"), PAYMENT_MODES[form.cleaned_data["payment_mode"]]),
                (_("Products"), REACHES[form.cleaned_data["reach"]]),
            ],
            warnings=[f"{one.named}: {one.why}" for one in lines if one.why],
        )

    def act(key: str) -> HttpResponse:
        lines = issued(key)
        good = sum(1 for one in lines if not one.why)
        return render(request, "console/vouchers_issued.html", {"caller": caller, "lines": lines, "good": good})

    ask = Ask(
        title=_("Issue vouchers"),
        effects=[
            _("Each customer gets a voucher of its own, and can use it at once or from the first day."),
            _("Bills are paid with vouchers before credit. A voucher nobody has used can be withdrawn."),
            _("Its end cannot be moved later."),
        ],
        submit=_("Issue"),
        back=reverse("vouchers"),
        back_label=_("Vouchers"),
    )
    figures = [Figure(_("Left in your voucher pool"), left), Figure(_("Pool"), Money(currency, pool.total_micros))]
    return money_form(request, caller, form, ask, Steps(figures=figures, preview=preview, act=act, fields=FIELDS))


@action("customers/vouchers/", Permission.VOUCHER_WRITE, is_for=issues_vouchers)
def issue_to_chosen(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Go on to the form with the customers that were chosen in the list."""
    chosen = [one for one in dict.fromkeys(request.POST.getlist("row")) if is_account_id(one)]
    if not 1 <= len(chosen) <= CUSTOMERS_MAX:
        raise Invalid("row", _("choose from one to a hundred customers in the list first"))
    found = customers(caller.own()).filter(account_id__in=chosen).values_list("uin", flat=True)
    address = f"{reverse('issue_voucher')}?{urlencode({'customers': ', '.join(map(str, found))})}"
    return HttpResponseRedirect(address)


FIELDS = {"amount": "amount"}


def _is_uin(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < len(str(UIN_MAX)) + 1 and int(text) <= UIN_MAX


def _named(caller: Caller, given: Sequence[str]) -> dict[str, str]:
    """The account id of each customer that was named; what is none of the caller's stands for itself."""
    uins = [int(one) for one in given if _is_uin(one)]
    found = dict(customers(caller.own()).filter(uin__in=uins).values_list("uin", "account_id"))
    return {one: found.get(int(one), one) if _is_uin(one) else one for one in given}


def _lines(caller: Caller, named: dict[str, str], results: Sequence[IssueResult]) -> list[Line]:
    known = {
        one.account_id: mask_name(one.legal_name or one.account_name)
        for one in customers(caller.own()).filter(account_id__in=list(named.values()))
    }
    words = {account_id: word for word, account_id in reversed(named.items())}
    lines = []
    for one in results:
        name, word = known.get(one.account_id, ""), words[one.account_id]
        if one.voucher is not None:
            lines.append(Line(name, word, one.voucher.code))
        elif one.account_id not in known:
            lines.append(Line(name, word, why=_("Not one of your own customers")))
        else:
            lines.append(Line(name, word, why=_(one.error.message) if one.error is not None else ""))
    return lines
