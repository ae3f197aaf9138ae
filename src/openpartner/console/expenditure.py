"""Customer expenditure: what each customer spent in a month, and the lines it is made of (huawei:B15, tencent:B.7)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openpartner.console.actions import Button
from openpartner.console.bill_state import shown_state
from openpartner.console.lists import Extras, list_page
from openpartner.console.menu import Group, Menu
from openpartner.console.page import LISTING, page
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.queries import Dimension
from openpartner.lake.schema import REFUNDS
from openpartner.listings.bill_figures import state_of, summed
from openpartner.listings.bill_filters import LineFilter, bill_filter, has_customers, months_of
from openpartner.listings.bill_lines import BILL_LINES
from openpartner.listings.bill_sums import BILL_SUMS
from openpartner.listings.declare import Words
from openpartner.listings.question import Question
from openpartner.listings.shown import ShownRow

CURRENCIES_MAX = 4
TOTALS = "console/bill_totals.html"


@page(
    "expenditure/",
    Permission.BILL_READ,
    menu=Menu(Group.BILLS, _("Customer expenditure"), "expenditure", "x"),
    methods=LISTING,
    is_list=True,
    is_for=has_customers,
)
def expenditure(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What each customer spent and got back in a month."""
    extras = Extras(
        lead=_("What customers owe for what they used. It is no bill of the partner's: see Bills."),
        above="console/expenditure_tabs.html",
        summary=_of_customers,
        summary_template=TOTALS,
        row_buttons=lambda row: _to_lines(row, request),
        empty=_("Expenditure appears here when bills of your customers have been imported."),
        values={"parts": _parts("expenditure")},
    )
    return list_page(request, BILL_SUMS, caller, extras)


@page("expenditure/details/", Permission.BILL_READ, methods=LISTING, is_list=True)
def expenditure_details(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The lines themselves; for a customer, its own."""
    own = not has_customers(caller)
    extras = Extras(
        title=_("Bill details") if own else _("Customer expenditure"),
        lead=_("Lines without cost are left out unless you ask for them.")
        if own
        else _("Every line of your customers' bills. Lines without cost are left out unless you ask for them."),
        back=(reverse("bills"), _("Bills")) if own else None,
        above="" if own else "console/expenditure_tabs.html",
        summary=_of_lines,
        summary_template=TOTALS,
        empty=_("Lines appear here when bills have been imported."),
        values={"parts": _parts("expenditure_details")},
    )
    return list_page(request, BILL_LINES, caller, extras)


def _parts(current: str) -> list[tuple[Words, str, bool]]:
    pages = (("expenditure", _("Summary")), ("expenditure_details", _("Details")))
    return [(label, reverse(name), name == current) for name, label in pages]


def _to_lines(row: ShownRow, request: HttpRequest) -> list[Button]:
    """To the lines of a row; of one whose account nobody has mapped too."""
    if not row.identity and row.subject:
        return []
    kept = {name: request.GET[name] for name in ("month", "until_month", "currency") if request.GET.get(name)}
    address = f"{reverse('expenditure_details')}?{urlencode({**kept, 'customer': row.identity or '-'})}"
    return [Button(_("Lines"), address, "right")]


def _of_customers(question: Question[Any]) -> dict[str, Any]:
    where: LineFilter | None = question.where
    assert where is not None
    first, last = months_of(question.scope, where)
    asked = bill_filter(question.scope, where, first=first, last=last)
    spent: dict[str, Decimal] = {}
    back: dict[str, Decimal] = {}
    counted: dict[str, int] = {}
    for currency, action, lines, total in summed(
        question.scope, asked, (Dimension.CURRENCY, Dimension.ACTION), ("total_cost",)
    ):
        into = back if action in REFUNDS else spent
        into[currency] = into.get(currency, Decimal(0)) + total
        counted[currency] = counted.get(currency, 0) + lines
    totals = [
        {
            "currency": currency,
            "amounts": [
                (_("Expenditure"), spent.get(currency, Decimal(0))),
                (_("Refunds"), back.get(currency, Decimal(0))),
                (_("Amount due"), spent.get(currency, Decimal(0)) + back.get(currency, Decimal(0))),
            ],
        }
        for currency in _most(counted)
    ]
    return {"totals": totals, "state": shown_state(state_of(question.scope, first, last, asked.clouds), first, last)}


def _of_lines(question: Question[Any]) -> dict[str, Any]:
    where: LineFilter | None = question.where
    assert where is not None
    first, last = months_of(question.scope, where)
    # Lines without cost add nothing: without that condition a summary may know the sums.
    asked = bill_filter(question.scope, where, first=first, last=last)
    amounts = ("list_cost", "voucher_deduction", "total_cost")
    rows = {row[0]: row for row in summed(question.scope, asked, (Dimension.CURRENCY,), amounts)}
    labels = (_("List cost"), _("Paid by vouchers"), _("Amount due"))
    totals = [
        {"currency": currency, "amounts": list(zip(labels, rows[currency][2:], strict=True))}
        for currency in _most({currency: row[1] for currency, row in rows.items()})
    ]
    return {"totals": totals, "state": shown_state(state_of(question.scope, first, last, asked.clouds), first, last)}


def _most(counted: dict[str, int]) -> Sequence[str]:
    """The currencies that most lines have."""
    return sorted(counted, key=lambda currency: -counted[currency])[:CURRENCIES_MAX]
