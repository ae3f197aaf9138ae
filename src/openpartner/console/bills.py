"""Bills by month: what a payer owes the provider, what a reseller's customers owe, what a customer owes (huawei:B17).

A payer and the provider see the payer's price; second-level resellers and customers the customers'.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from openpartner.console.bill_state import State, shown_state
from openpartner.console.menu import Group, Menu
from openpartner.console.page import page
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing.months import month_of, month_text
from openpartner.core.billing.queries import BillFilter, Dimension
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import mask_name
from openpartner.lake.schema import ADJUSTMENTS, REFUNDS
from openpartner.listings.bill_figures import as_of, state_of, summed
from openpartner.listings.bill_filters import closed_bills, has_customers, pays_provider, this_month
from openpartner.listings.bill_people import People
from openpartner.listings.bill_words import ACTIONS
from openpartner.listings.declare import Words

MONTHS = 18
SHOWN = 20
"""Rows of a month's tables; the explorer has all of them."""
ZERO = Decimal("0E-8")


@dataclass(slots=True)
class Bill:
    """What one month comes to in one currency."""

    month: int
    currency: str
    consumption: Decimal = ZERO
    refunds: Decimal = ZERO
    adjustments: Decimal = ZERO
    tax: Decimal = ZERO
    lines: int = 0
    state: State | None = None

    @property
    def due(self) -> Decimal:
        """Consumption, refunds and adjustments, without tax. Negative when more came back than was spent."""
        return self.consumption + self.refunds + self.adjustments

    @property
    def payable(self) -> Decimal:
        """The same; nothing when it is negative (huawei:B17)."""
        return max(self.due, ZERO)

    @property
    def text(self) -> str:
        """The month as people write it."""
        return month_text(self.month)

    def add(self, action: str, lines: int, amount: Decimal, tax: Decimal) -> None:
        """Add lines of one kind of action."""
        if action in REFUNDS:
            self.refunds += amount
        elif action in ADJUSTMENTS:
            self.adjustments += amount
        else:
            self.consumption += amount
        self.tax += tax
        self.lines += lines


@dataclass(slots=True)
class Share:
    """A row of a month's tables."""

    label: str
    currency: str
    note: str = ""
    address: str = ""
    amounts: list[Decimal] = field(default_factory=lambda: [ZERO, ZERO, ZERO])
    """Consumption, refunds and adjustments."""

    @property
    def due(self) -> Decimal:
        """All three."""
        return sum(self.amounts, ZERO)


def sees_whole_bill(caller: Caller) -> bool:
    """Whether the caller sees all lines of its account: people with assigned customers do not."""
    return caller.scope.manager is None


@page("bills/", Permission.BILL_READ, menu=Menu(Group.BILLS, __("Bills"), "bills", "b"), is_for=sees_whole_bill)
def bills(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The bills of the last months; the running one is an estimate."""
    closed = closed_bills(caller)
    rows = [] if closed else bills_of(caller.scope, at_payer_price=pays_provider(caller))
    values = {"caller": caller, "closed": closed, "rows": rows, "newest": rows[0] if rows else None, **_words(caller)}
    return render(request, "console/bills.html", values)


@page("bills/<str:month>/", Permission.BILL_READ, is_for=sees_whole_bill)
def bill(request: HttpRequest, caller: Caller, month: str) -> HttpResponse:
    """One month's bill: by product, by whoever it is of, and by kind."""
    try:
        asked = month_of(month)
    except ValueError as error:
        raise NotVisible("bill") from error
    closed = closed_bills(caller)
    rows = [] if closed else bills_of(caller.scope, at_payer_price=pays_provider(caller), first=asked, last=asked)
    values: dict[str, Any] = {"caller": caller, "closed": closed, "month": month_text(asked), "rows": rows}
    if not closed:
        values |= {"tables": _tables(caller, asked), "state": rows[0].state if rows else None}
    return render(request, "console/bill.html", {**values, **_words(caller)})


def bills_of(
    scope: Scope,
    *,
    at_payer_price: bool,
    first: int | None = None,
    last: int | None = None,
    only: tuple[Dimension, int] | None = None,
) -> list[Bill]:
    """What each month comes to, newest first; `only` those lines whose payer or partner is this account."""
    last = this_month() if last is None else last
    first = last - MONTHS if first is None else first
    amounts = ("partner_cost", "partner_tax") if at_payer_price else ("total_cost", "tax")
    where = BillFilter(first_month=first, last_month=last)
    by = (only[0] if only else Dimension.PAYER, Dimension.MONTH, Dimension.CURRENCY, Dimension.ACTION)
    found: dict[tuple[int, str], Bill] = {}
    for account, month, currency, action, lines, amount, tax in summed(scope, where, by, amounts):
        if only is None or account == only[1]:
            found.setdefault((month, currency), Bill(month, currency)).add(action, lines, amount, tax)
    published = state_of(scope, first, last).months
    for one in found.values():
        one.state = shown_state(as_of([info for info in published if info.month == one.month]), one.month, one.month)
    return sorted(found.values(), key=lambda one: (-one.month, one.currency))


def _words(caller: Caller) -> dict[str, Any]:
    is_own = caller.kind is AccountKind.CUSTOMER
    lead: Words
    if caller.kind is AccountKind.PROVIDER:
        lead = __("What all payers owe for a month, at their own prices and without tax.")
    elif caller.kind.pays:
        lead = __("What you owe the provider for a month, at your own prices and without tax.")
    elif is_own:
        lead = __("What you owe for a month, without tax.")
    else:
        lead = __("What your customers owe for a month, at their prices and without tax.")
    return {"lead": lead, "is_payer": pays_provider(caller), "is_own": is_own, "this_month": month_text(this_month())}


def _tables(caller: Caller, month: int) -> list[tuple[Words, str, list[Share], int]]:
    """Title, kind, rows and how many more there are of each table."""
    where = BillFilter.month(month)
    amount = "partner_cost" if pays_provider(caller) else "total_cost"
    tables: list[tuple[Words, str, list[Share]]] = [(__("By product"), "product", _by_product(caller, where, amount))]
    if caller.kind is AccountKind.PROVIDER:
        tables.append((__("By payer"), "payer", _by_account(caller, where, amount, Dimension.PAYER)))
    if has_customers(caller):
        tables.append((__("By customer"), "customer", _by_customer(caller, where, amount)))
    tables.append((__("By bill type"), "action", _by_action(caller, where, amount)))
    return [(title, kind, rows[:SHOWN], max(0, len(rows) - SHOWN)) for title, kind, rows in tables]


def _by_product(caller: Caller, where: BillFilter, amount: str) -> list[Share]:
    """Services; what was given back or adjusted stands under its service too."""
    rows: dict[Any, Share] = {}
    for code, name, currency, action, _lines, cost in summed(
        caller.scope, where, (Dimension.SERVICE, Dimension.CURRENCY, Dimension.ACTION), (amount,)
    ):
        address = _lines_address(where, service=code or "-") if _can_see_lines(caller) else ""
        row = rows.setdefault((code, currency), Share(name or code or _("Others"), currency, code or "", address))
        _add(row, action, cost)
    return _sorted(rows)


def _by_action(caller: Caller, where: BillFilter, amount: str) -> list[Share]:
    rows: dict[Any, Share] = {}
    for currency, action, lines, cost in summed(caller.scope, where, (Dimension.CURRENCY, Dimension.ACTION), (amount,)):
        address = _lines_address(where, action=action or "-") if _can_see_lines(caller) else ""
        note = _("%(count)s lines") % {"count": f"{lines:,}"}
        row = rows.setdefault((action, currency), Share(str(ACTIONS.get(action, action)), currency, note, address))
        _add(row, action, cost)
    return _sorted(rows)


def _by_account(caller: Caller, where: BillFilter, amount: str, by: Dimension) -> list[Share]:
    found = summed(caller.scope, where, (by, Dimension.CURRENCY, Dimension.ACTION), (amount,))
    people = People(caller.scope)
    people.know(row[0] for row in found)
    rows: dict[Any, Share] = {}
    for key, currency, action, _lines, cost in found:
        _add(rows.setdefault((key, currency), _account(people, key, currency)), action, cost)
    return _sorted(rows)


def _by_customer(caller: Caller, where: BillFilter, amount: str) -> list[Share]:
    """Customers; those of resellers as one under their reseller where the caller may not look at them."""
    by = (Dimension.CUSTOMER, Dimension.PARTNER, Dimension.CURRENCY, Dimension.ACTION)
    found = summed(caller.scope, where, by, (amount,))
    only_own = viewed(caller) != caller.scope
    people = People(caller.scope)
    people.know(row[1] if only_own and row[1] != caller.account else row[0] for row in found)
    rows: dict[Any, Share] = {}
    for customer, partner, currency, action, _lines, cost in found:
        is_hidden = only_own and partner != caller.account
        key = partner if is_hidden else customer
        row = rows.get((key, currency))
        if row is None:
            row = rows[key, currency] = _account(people, key, currency)
            if is_hidden:
                row.note = _("All customers of this reseller")
            elif customer:
                row.address = _lines_address(where, customer=people.fact(customer, "account_id"))
        _add(row, action, cost)
    return _sorted(rows)


def _account(people: People, key: int, currency: str) -> Share:
    if not key:
        return Share(_("Not mapped"), currency)
    return Share(mask_name(people.fact(key, "legal_name")), currency, str(people.fact(key, "uin")))


def _add(row: Share, action: str, cost: Decimal) -> None:
    row.amounts[1 if action in REFUNDS else 2 if action in ADJUSTMENTS else 0] += cost


def _sorted(rows: dict[Any, Share]) -> list[Share]:
    return sorted(rows.values(), key=lambda row: (-abs(row.due), row.label))


def _can_see_lines(caller: Caller) -> bool:
    """Whether the list of lines shows the same lines: a distributor's leaves out its resellers' customers."""
    return viewed(caller) == caller.scope


def _lines_address(where: BillFilter, **query: str) -> str:
    """The lines of the month behind a figure."""
    asked = {"month": month_text(where.first_month), **query, "zeros": "yes"}
    return f"{reverse('expenditure_details')}?{urlencode(asked)}"
