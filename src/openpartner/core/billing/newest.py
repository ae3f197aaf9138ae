"""What each customer spent in the newest month with bills: one row for each, which lists are ordered by."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection
from django.db.models import Max

from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind, Site
from openpartner.core.billing.followers import Published
from openpartner.core.billing.models import BillMonth, CustomerSpent
from openpartner.core.customers.search import keys_value

WHY = "repeated from what was published"
AT_ONCE = 5_000
TURNS = 1_869_505_637
"""Whose turn it is, among PostgreSQL's advisory locks: a number that nobody else uses."""
SUMS = (
    "INSERT INTO customer_spent (customer_id, provider_id, payer_id, partner_id, month, micros)"  # noqa: S608  # constants alone
    " SELECT a.id, a.provider_id, a.payer_id, a.partner_id, b.month, CAST(sum(m.total_micros) AS bigint)"
    " FROM customer_month m JOIN bill_month b ON b.id = m.month_id"
    " JOIN account a ON a.id = m.customer_id AND a.partner_id = m.partner_id AND a.provider_id = b.provider_id"
    f" WHERE m.currency = CASE WHEN a.site = '{Site.CN.value}' THEN 'CNY' ELSE 'USD' END AND {{0}}"
    " GROUP BY a.id, a.provider_id, a.payer_id, a.partner_id, b.month"
)
"""Of customers that are bound to the partner under which they spent it, in the currency of their credit."""
NEWEST = "b.month = (SELECT max(n.month) FROM bill_month n WHERE n.provider_id = b.provider_id AND n.version > 0)"
_AMONG = {
    "sqlite": "m.customer_id IN (SELECT value FROM json_each(%s))",
    "postgresql": "m.customer_id IN (SELECT unnest((%s)::bigint[]))",
}


def follow(_caller: Caller, published: Published) -> None:
    """Repeat what a publication changed, if its month is the newest; with a new one, what there was begins anew."""
    month = published.month
    _take_turn(month.provider_id)
    if month.month < (newest_month(month.provider_id) or 0):
        return
    rows = CustomerSpent.objects.everything(reason=WHY).filter(provider=month.provider_id)
    rows.filter(month__lt=month.month).delete()
    _repeat(month, sorted({one.key.customer for one in published.changed}))


def _take_turn(provider: int) -> None:
    """Let one publication of a provider repeat at a time: two clouds of a month write the same rows.

    Held until the transaction ends; rows of ledger accounts are locked after it, never before. SQLite has one writer.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [TURNS, provider])


def newest_month(provider: int) -> int | None:
    """The newest month of which a provider has published bills."""
    rows = BillMonth.objects.everything(reason=WHY).filter(provider=provider, version__gt=0)
    found: int | None = rows.aggregate(newest=Max("month"))["newest"]
    return found


def forget(child: Account, _by: str) -> None:
    """Drop what is repeated of a locked customer that leaves its partner."""
    CustomerSpent.objects.everything(reason=WHY).filter(customer=child).delete()


def repeat(child: Account) -> None:
    """Repeat what a customer, that has just been bound, spent under its partner before."""
    if child.kind != AccountKind.CUSTOMER or child.provider_id is None:
        return
    newest = newest_month(child.provider_id)
    if newest is not None:
        rows = BillMonth.objects.everything(reason=WHY).filter(provider=child.provider_id, month=newest)
        _repeat(rows[0], [child.pk])


def _repeat(month: BillMonth, customers: Sequence[int]) -> None:
    for start in range(0, len(customers), AT_ONCE):
        _repeat_some(month, customers[start : start + AT_ONCE])


def _repeat_some(month: BillMonth, customers: Collection[int]) -> None:
    CustomerSpent.objects.everything(reason=WHY).filter(customer__in=customers).delete()
    condition = f"b.provider_id = %s AND b.month = %s AND {_AMONG[connection.vendor]}"
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(condition), [month.provider_id, month.month, keys_value(list(customers))])
