"""Confirming that customers have paid their bills, one or many, which restores their credit (tencent:B.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.actions import Bulk, Button
from openpartner.console.audiences import is_partner
from openpartner.console.codes import SEND, code_step, confirmed
from openpartner.console.form_page import Ask, done
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.money_form import REMARK_MAX, Figure, Preview, Steps, money_form, rehearsed, write_key
from openpartner.console.once import nothing_done
from openpartner.console.page import FORM, LISTING, action, page
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.months import month_of, month_text
from openpartner.core.credit.confirmations import AT_ONCE_MAX, BillState, Outcome, confirm_bill, confirm_bills
from openpartner.core.credit.purses import currency_of
from openpartner.core.credit.queries import credit_of
from openpartner.core.credit.records import BilledFilter, billed, is_final, last_whole_month
from openpartner.core.customers.queries import get_direct_customer
from openpartner.kit.ids import is_account_id
from openpartner.kit.masks import mask_name
from openpartner.kit.money import Money
from openpartner.listings.bill_confirmations import BILLS_TO_CONFIRM, CONFIRMATIONS, STATES
from openpartner.listings.declare import Words
from openpartner.listings.shown import ShownRow


class RemarkForm(forms.Form):
    """A remark on what is confirmed."""

    remark = forms.CharField(
        label=__("Remark"), required=False, max_length=REMARK_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A chosen customer with what would be confirmed, or what was."""

    account_id: str
    name: str
    uin: int
    paid: Money | None = None
    restored: Money | None = None
    why: Words = ""


@page(
    "bill-confirmations/",
    Permission.CREDIT_READ,
    menu=Menu(Group.MONEY, __("Bill confirmation"), "check"),
    methods=LISTING,
    is_for=is_partner,
    is_list=True,
)
def bill_confirmations(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The bills of a month: which are paid, and which wait."""
    month = _asked_month(request)
    own = _own(caller)
    is_open = not is_final(own, month)
    can_confirm = Permission.CREDIT_WRITE in caller.permissions and not is_open

    def buttons(row: ShownRow) -> list[Button]:
        if _is_confirmed(caller, month, row):
            return []
        return [Button(_("Confirm"), reverse("confirm_customer_bill", args=[row.identity, month_text(month)]), "check")]

    lead = _("%(month)s, over all clouds, at your customers' prices in %(currency)s.")
    told = lead % {"month": month_text(month), "currency": currency_of(own)}
    if is_open:
        told += " " + _("The month is not final yet: its bills can be confirmed when it is.")
    extras = Extras(
        lead=told,
        buttons=[Button(_("Confirmed bills"), reverse("confirmed_bills"), "audit")],
        bulk=[Bulk(_("Confirm"), reverse("confirm_chosen_bills", args=[month_text(month)]), "check")]
        if can_confirm
        else [],
        row_buttons=buttons if can_confirm else None,
        empty=_("No customer has a bill of this month."),
    )
    return list_page(request, BILLS_TO_CONFIRM, caller, extras)


@page("bill-confirmations/history/", Permission.CREDIT_READ, methods=LISTING, is_for=is_partner, is_list=True)
def confirmed_bills(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What was confirmed, by whom and when."""
    extras = Extras(
        back=(reverse("bill_confirmations"), _("Bill confirmation")),
        empty=_("Every bill that is confirmed as paid appears here, and stays."),
    )
    return list_page(request, CONFIRMATIONS, caller, extras)


@page("customers/<str:account_id>/bills/<str:month>/confirm/", Permission.CREDIT_WRITE, methods=FORM, is_for=is_partner)
def confirm_customer_bill(request: HttpRequest, caller: Caller, account_id: str, month: str) -> HttpResponse:
    """Confirm one bill, after seeing what comes back as credit."""
    number = _month(month)
    customer = billed(caller.own(), BilledFilter(month=number)).filter(account_id=account_id).first()
    if customer is None:
        get_direct_customer(caller, account_id=account_id)  # whoever is none of the caller's is not there
        raise Conflict(_("there is no bill of this month"))
    own = _own(caller)
    currency = currency_of(own)
    total, paid = Money(currency, customer.total), Money(currency, customer.paid)  # type: ignore[attr-defined]  # annotated
    available = Money(currency, credit_of(customer, caller.account).available)
    form = RemarkForm(request.POST or None)
    back = f"{reverse('bill_confirmations')}?month={month}"

    def preview() -> Preview:
        then = rehearsed(lambda: confirm_bill(caller, customer=customer.uin, month=number, key="preview"))
        remark = form.cleaned_data["remark"]
        figures = [
            Figure(_("Confirmed as paid"), paid, paid + then.paid),
            Figure(_("Available credit"), available, available + then.restored),
        ]
        return Preview(figures=figures, facts=[(_("Remark"), remark)] if remark else [])

    def act(key: str) -> HttpResponse:
        remark = form.cleaned_data["remark"]
        result = confirm_bill(caller, customer=customer.uin, month=number, remark=remark, key=key)
        told = _("The bill was confirmed: %(paid)s paid, %(restored)s restored as credit.")
        return done(request, told % {"paid": result.paid.spoken, "restored": result.restored.spoken}, back)

    ask = Ask(
        title=_("Confirm the bill of %(month)s") % {"month": month},
        lead=f"{mask_name(customer.called)} · {customer.uin}",
        effects=[
            _("You say that the customer has paid you; what its bill took from its credit is available again."),
            _("It cannot be taken back. When the bill is restated, the difference can be confirmed."),
        ],
        submit=_("Confirm"),
        back=back,
        back_label=_("Bill confirmation"),
    )
    figures = [
        Figure(_("Bill"), total),
        Figure(_("Confirmed as paid"), paid),
        Figure(_("Left to confirm"), total - paid),
    ]
    steps = Steps(figures=figures, preview=preview, act=act, fields={"remark": "remark"})
    return money_form(request, caller, form, ask, steps)


@action("bill-confirmations/<str:month>/confirm/", Permission.CREDIT_WRITE, is_for=is_partner)
def confirm_chosen_bills(request: HttpRequest, caller: Caller, month: str) -> HttpResponse:
    """Confirm several bills: a preview of each first, and afterwards the result of each."""
    number = _month(month)
    chosen = [one for one in dict.fromkeys(request.POST.getlist("row")) if is_account_id(one)]
    if not 1 <= len(chosen) <= AT_ONCE_MAX:
        raise Invalid("row", _("choose from one to a thousand customers in the list first"))
    rows = {
        one.account_id: one for one in billed(caller.own(), BilledFilter(month=number)).filter(account_id__in=chosen)
    }
    known = [rows[one] for one in chosen if one in rows]
    form = RemarkForm(request.POST if "confirm" in request.POST else None)
    uins, is_done = [one.uin for one in known], False
    outcomes: Sequence[Outcome] = []
    code = code_step(request, caller, _("Bill confirmation"))
    if code is not None and SEND in request.POST:
        code.send()
    elif form.is_bound and form.is_valid():
        remark, key = form.cleaned_data["remark"], write_key(request)
        told = confirmed(code, lambda: confirm_bills(caller, customers=uins, month=number, remark=remark, key=key))
        outcomes, is_done = told or [], told is not None
    if not is_done:
        nothing_done(request)
        outcomes = rehearsed(lambda: confirm_bills(caller, customers=uins, month=number, key="preview"))
    lines = [_line(one, outcome) for one, outcome in zip(known, outcomes, strict=True)]
    currency = currency_of(_own(caller))
    values = {
        "caller": caller,
        "form": form,
        "code": code,
        "month": month,
        "lines": lines,
        "strangers": len(chosen) - len(known),
        "is_done": is_done,
        "good": sum(1 for one in lines if not one.why),
        "paid": sum((one.paid for one in lines if one.paid), Money(currency, 0)),
        "restored": sum((one.restored for one in lines if one.restored), Money(currency, 0)),
        "back": f"{reverse('bill_confirmations')}?month={month}",
    }
    is_wrong = form.errors or (code is not None and code.is_wrong)
    return render(request, "console/confirm_bills.html", values, status=422 if is_wrong else 200)


def _is_confirmed(caller: Caller, month: int, row: ShownRow) -> bool:
    """Whether nothing is left to confirm of a row's bill: as it says itself, or as is known where it does not."""
    shown = next((str(cell.text) for cell in row.cells if cell.column.key == "state"), None)
    if shown is not None:
        return shown == str(STATES[BillState.CONFIRMED])
    rows = billed(caller.own(), BilledFilter(month=month, state=BillState.CONFIRMED))
    return rows.filter(account_id=row.identity).exists()


def _line(customer: Account, outcome: Outcome) -> Line:
    name = mask_name(customer.called)
    if outcome.done is None:
        return Line(customer.account_id, name, customer.uin, why=_(outcome.fault))
    return Line(customer.account_id, name, customer.uin, outcome.done.paid, outcome.done.restored)


def _own(caller: Caller) -> Account:
    return Account.objects.everything(reason="the caller's own account").get(pk=caller.account)


def _asked_month(request: HttpRequest) -> int:
    try:
        return month_of(request.GET.get("month", ""))
    except ValueError:
        return last_whole_month()


def _month(text: str) -> int:
    try:
        return month_of(text)
    except ValueError as error:
        raise NotVisible("month") from error
