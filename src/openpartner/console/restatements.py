"""Restatements: months that were published again, when, why and what changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from openpartner.console.bills import sees_whole_bill
from openpartner.console.menu import Group, Menu
from openpartner.console.page import page
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.differences import Differences, differences
from openpartner.core.billing.models import Reason
from openpartner.core.billing.months import month_text
from openpartner.core.billing.restatements import Republication, republications
from openpartner.listings.bill_filters import closed_bills, pays_provider
from openpartner.listings.bill_words import cloud_word
from openpartner.listings.declare import Words

SHOWN = 100
REASONS: dict[str, Words] = {
    Reason.IMPORT: _("Import"),
    Reason.RESTATE: _("Restatement"),
    Reason.CLOSE: _("Month closed"),
    Reason.PLACE: _("Lines found their customer"),
    Reason.SETTLE: _("Settled anew"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One publication beside the one before it. Sums are the whole month's, and for the provider alone."""

    month: str
    cloud: Words
    number: int
    at: datetime
    reason: Words
    is_restated: bool
    lines: int | None
    total: Decimal | None
    notes: list[tuple[str, str]]
    owed: list[tuple[str, Decimal]]
    """What changed of all one's own lines, by currency: for a payer at its price, for others at the customers'."""
    sold: list[tuple[str, Decimal]]
    """The same of a payer's lines at the customers' prices."""


@page("restatements/", Permission.BILL_READ, menu=Menu(Group.BILLS, _("Restatements"), "restatements"))
def restatements(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What was published again, newest first: for partners and customers, only what changed after it was final."""
    closed = closed_bills(caller)
    is_provider = caller.kind is AccountKind.PROVIDER
    found = [] if closed else republications(caller.scope, only_restated=not is_provider, limit=SHOWN)
    owed: Differences = {}
    sold: Differences = {}
    sees_own, is_payer = sees_whole_bill(caller) and not is_provider, pays_provider(caller)
    if sees_own:
        owed = differences(caller.scope, [one.key for one in found], at_payer_price=is_payer)
    if sees_own and is_payer:
        sold = differences(caller.scope, [one.key for one in found], at_payer_price=False)
    values = {
        "caller": caller,
        "sees_own": sees_own,
        "is_payer": is_payer,
        "is_own": caller.kind is AccountKind.CUSTOMER,
        "closed": closed,
        "is_provider": is_provider,
        "changes": [_change(one, owed, sold, is_provider=is_provider) for one in found],
    }
    return render(request, "console/restatements.html", values)


def _change(one: Republication, owed: Differences, sold: Differences, *, is_provider: bool) -> Change:
    return Change(
        month_text(one.month),
        cloud_word(one.cloud),
        one.number,
        one.published_at,
        REASONS.get(one.reason, one.reason),
        one.is_restated,
        one.lines - one.lines_before if is_provider else None,
        one.total - one.total_before if is_provider else None,
        [(str(key).replace("_", " "), _told(value)) for key, value in one.changes.items()] if is_provider else [],
        owed.get(one.key, []),
        sold.get(one.key, []),
    )


def _told(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
