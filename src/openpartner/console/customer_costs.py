"""What one customer spends: this month and the last one, the change, the trend and what it is for (huawei:B4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from openpartner.console.bill_state import State, shown_state
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.months import first_day, last_day, month_of_day, month_text
from openpartner.core.billing.queries import BillFilter, Dimension
from openpartner.core.partners.queries import viewed
from openpartner.listings.bill_figures import state_of, summed
from openpartner.listings.bill_filters import closed_bills, today

MONTHS = 12
RANKED = 5
ZERO = Decimal("0E-8")


@dataclass(frozen=True, slots=True)
class Rank:
    """A product and its part of the month."""

    label: str
    amount: Decimal
    percent: int
    """Of the most costly one, for its bar."""
    address: str


@dataclass(frozen=True, slots=True)
class Spending:
    """The expenditure analysis of a customer, in the currency of most of its lines."""

    currency: str
    month: str
    so_far: Decimal
    last: Decimal
    """The whole month before."""
    until: date
    """The last of the days of the month before that are as many as have begun of this one."""
    last_so_far: Decimal
    """Of those days."""
    change: Decimal | None
    """Of the month so far against the same days of the month before, as a share of it."""
    ranks: list[Rank]
    state: State
    address: str
    explorer: str
    drawing: dict[str, Any]
    trend: list[tuple[str, Decimal, str]]
    """Month, amount and the address of its lines, for those who do not see the picture."""


def spending_of(caller: Caller, customer: Account) -> Spending | None:
    """What the caller may know of a customer's expenditure; None without the right or without bills."""
    if Permission.BILL_READ not in caller.permissions or closed_bills(caller):
        return None
    scope, day = viewed(caller), today()
    now = month_of_day(day)
    where = BillFilter(first_month=now - MONTHS + 1, last_month=now, customer=customer.pk)
    rows = summed(scope, where, (Dimension.CURRENCY, Dimension.MONTH), ("total_cost",))
    if not rows:
        return None
    counted: dict[str, int] = {}
    for money, _month, lines, _amount in rows:
        counted[money] = counted.get(money, 0) + lines
    currency = max(counted, key=lambda one: counted[one])
    by_month = {month: amount for money, month, _lines, amount in rows if money == currency}
    months = list(range(max(min(by_month), now - MONTHS + 1), now + 1))
    so_far, last = by_month.get(now, ZERO), by_month.get(now - 1, ZERO)
    until = min(last_day(now - 1), first_day(now - 1) + timedelta(days=day.day - 1))
    last_so_far = _until(caller, customer, until, currency) if now - 1 in by_month else ZERO
    ranked = now if now in by_month else max(by_month)
    return Spending(
        currency=currency,
        month=month_text(ranked),
        so_far=so_far,
        last=last,
        until=until,
        last_so_far=last_so_far,
        change=(so_far - last_so_far) / abs(last_so_far) if last_so_far else None,
        ranks=_ranks(caller, customer, ranked, currency),
        state=shown_state(state_of(scope, now - 1, now, customer=customer.pk), now - 1, now),
        address=_lines(customer, month=month_text(ranked)),
        explorer=f"{reverse('costs')}?{urlencode(_of(caller, customer))}",
        drawing={
            "kind": "bars",
            "stacked": False,
            "currency": currency,
            "labels": [month_text(month) for month in months],
            "by_day": False,
            "series": [
                {
                    "name": _("Amount due"),
                    "values": [float(round(by_month.get(month, ZERO), 2)) for month in months],
                    "address": _lines(customer),
                }
            ],
        },
        trend=[
            (month_text(month), by_month.get(month, ZERO), _lines(customer, month=month_text(month)))
            for month in months
        ],
    )


def _until(caller: Caller, customer: Account, day: date, currency: str) -> Decimal:
    """What a month came to up to a day."""
    where = BillFilter.month(
        month_of_day(day), until=day, since=day.replace(day=1), customer=customer.pk, equal={"currency": (currency,)}
    )
    return sum((row[-1] for row in summed(viewed(caller), where, (Dimension.CURRENCY,), ("total_cost",))), ZERO)


def _ranks(caller: Caller, customer: Account, month: int, currency: str) -> list[Rank]:
    where = BillFilter.month(month, customer=customer.pk, equal={"currency": (currency,)})
    found = summed(viewed(caller), where, (Dimension.SERVICE,), ("total_cost",))
    top = sorted(found, key=lambda row: -row[-1])[:RANKED]
    most = max((row[-1] for row in top), default=ZERO)
    return [
        Rank(
            name or code or _("No value"),
            amount,
            max(0, int(amount * 100 / most)) if most > 0 else 0,
            _lines(customer, month=month_text(month), service=code or "-"),
        )
        for code, name, _lines_count, amount in top
    ]


def _of(caller: Caller, customer: Account) -> dict[str, str]:
    return {} if caller.account == customer.pk else {"customer": customer.account_id}


def _lines(customer: Account, **query: str) -> str:
    return f"{reverse('expenditure_details')}?{urlencode({'customer': customer.account_id, **query})}"
