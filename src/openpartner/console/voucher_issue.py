"""Issuing vouchers to one customer or several, with a preview and the result of each (tencent:B.5)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext

from openpartner.console.form_page import Ask
from openpartner.console.money_form import Figure, Preview, Steps, money_form, rehearsed
from openpartner.console.page import FORM, action, page
from openpartner.console.preferences import zone_of
from openpartner.console.voucher_forms import TermsForm, last_day, template_asked
from openpartner.console.voucher_parts import (
    TEXT_OF_NAMES_MAX,
    Line,
    NamesField,
    ids_of,
    issues_vouchers,
    lines_of,
    results_page,
    told_bad,
    told_good,
)
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.matching import customers
from openpartner.core.vouchers.issuing import CUSTOMERS_MAX, issue_vouchers
from openpartner.core.vouchers.purses import currency_of, own_account
from openpartner.core.vouchers.queries import QuotaRow, pool_of_partner
from openpartner.core.vouchers.records import usable_quotas
from openpartner.core.vouchers.vocabulary import QuotaKind
from openpartner.kit.ids import is_account_id
from openpartner.kit.money import Money
from openpartner.listings.voucher_words import QUOTA_KINDS

FIELDS = {"amount": "amount"}


class IssueForm(TermsForm):
    """To whom, how much, and what it may pay until when."""

    customers = NamesField(
        most=CUSTOMERS_MAX,
        label=__("Customers"),
        help_text=__("UINs or account IDs of your customers, at most a hundred, one a line or with commas between."),
    )
    quota = forms.ChoiceField(label=__("Out of"), required=False)

    def __init__(self, caller: Caller, zone: str, *args: Any, **options: Any) -> None:
        super().__init__(caller, zone, *args, **options)
        self.fields["amount"].label = _("Amount for each")
        self.order_fields(["customers", "quota", "amount", "valid_from", "valid_until"])
        found = usable_quotas(caller.own())
        if not found:
            del self.fields["quota"]
            return
        pool = [("", QUOTA_KINDS[QuotaKind.POOL]), *((one.quota.code, self._told(one)) for one in found)]
        if "valid_until" in self.fields:
            self.fields["valid_until"].required = False
            self.fields["valid_until"].help_text = _("Empty: that of the quota. A pool has none.")
        self.fields["quota"].choices = pool  # type: ignore[attr-defined]  # a choice

    def _told(self, row: QuotaRow) -> str:
        """A quota with what is left of it."""
        quota, until = row.quota, row.quota.valid_until
        left = Money(quota.currency, row.left_micros).spoken
        end = f" · {last_day(until, self.reader):%Y-%m-%d}" if until else ""
        return f"{QUOTA_KINDS[quota.kind]} {quota.code} · {left}{end}"


@page("vouchers/issue/", Permission.VOUCHER_WRITE, methods=FORM, is_for=issues_vouchers)
def issue_voucher(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Issue a voucher to each of several customers, after seeing who gets one and what stays in the pool."""
    own = own_account(caller)
    currency, pool = currency_of(own), pool_of_partner(own.pk)
    left = Money(currency, pool.left_micros)
    template = template_asked(caller, request.POST.get("template") or request.GET.get("template", ""))
    initial = {
        "customers": request.GET.get("customers", "")[:TEXT_OF_NAMES_MAX],
        "quota": request.GET.get("quota", ""),
    }
    form = IssueForm(caller, zone_of(request), template, request.POST or None, initial=initial)

    def issued(key: str | None) -> list[Line]:
        rows = customers(caller.own())
        named = ids_of(rows, form.cleaned_data["customers"])
        results = issue_vouchers(
            caller,
            customers=list(dict.fromkeys(named.values())),
            amount=form.cleaned_data["amount"],
            terms=form.terms(),
            quota=form.cleaned_data.get("quota") or None,
            template=form.template_key,
            key=key,
        )
        told = [(one.account_id, one.voucher.code if one.voucher else "", one.error) for one in results]
        return lines_of(rows, named, told, _("Not one of your own customers"))

    def preview() -> Preview:
        lines = rehearsed(lambda: issued(None))
        amount = form.cleaned_data["amount"]
        spent = Money.of(amount * sum(1 for one in lines if not one.why), currency)
        return Preview(
            figures=[]
            if form.cleaned_data.get("quota")
            else [Figure(_("Left in your voucher pool"), left, left - spent)],
            facts=[
                (_("Customers"), told_good(lines)),
                (_("Amount for each"), str(Money.of(amount, currency))),
                *form.facts(),
            ],
            warnings=told_bad(lines),
        )

    def act(key: str) -> HttpResponse:
        lines = issued(key)
        good = sum(1 for one in lines if not one.why)
        lead = ngettext("%(n)s voucher was issued.", "%(n)s vouchers were issued.", good) % {"n": good}
        return results_page(request, caller, ask, lines, lead, "voucher")

    ask = Ask(
        title=_("Issue vouchers"),
        lead=_("From the template %(name)s") % {"name": template.name} if template else "",
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
