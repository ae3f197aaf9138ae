"""What each customer has spent in each month, kept beside the lake: lists, budgets and credit read it at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet, Sum

from openpartner.core.billing.lake import working_lake
from openpartner.core.billing.models import BillMonth, CustomerMonth
from openpartner.kit.money import DECIMALS, decimal_of, rounded_parts
from openpartner.lake import schema
from openpartner.lake.grains import grains_of
from openpartner.lake.store import Lake
from openpartner.lake.write import units

ROWS_AT_ONCE = 10_000
RESIDUE = 10 ** (schema.BOOKED_DECIMALS - DECIMALS)
"""10^-8 in a millionth."""
KEYS = ("payer_id", "partner_id", "customer_id", "currency")
AMOUNTS = ("list_cost", "cost_after_discount", "voucher_deduction", "total_cost", "partner_cost")


class Key(NamedTuple):
    """Whose sums they are."""

    payer: int
    partner: int
    customer: int
    currency: str


class Sums(NamedTuple):
    """The columns of `CustomerMonth`, in their order."""

    list_micros: int
    discounted_micros: int
    voucher_micros: int
    total_micros: int
    total_residue: int
    partner_micros: int
    partner_residue: int


NOTHING = Sums(0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Changed:
    """One customer's sums before a publication and after it."""

    key: Key
    before: Sums
    after: Sums


@dataclass(frozen=True, slots=True)
class Spend:
    """Amounts of one currency, rounded to millionths."""

    currency: str
    list_cost: Decimal
    cost_after_discount: Decimal
    voucher_deduction: Decimal
    total_cost: Decimal
    partner_cost: Decimal


def keep(month: BillMonth, summary: str) -> list[Changed]:
    """Bring a month's rows to what the summary says, in the caller's transaction; returns what was different."""
    rows = CustomerMonth.objects.everything(reason="of a month that is being published").filter(month=month)
    found = rows.values_list(*KEYS, *Sums._fields)
    before = {Key(*row[: len(KEYS)]): Sums(*row[len(KEYS) :]) for row in found.iterator(chunk_size=ROWS_AT_ONCE)}
    after = _summed(working_lake(), summary)
    changed = [Changed(key, before.get(key, NOTHING), sums) for key, sums in after.items() if before.get(key) != sums]
    changed += [Changed(key, sums, NOTHING) for key, sums in before.items() if key not in after and sums != NOTHING]
    _write(month, [one for one in changed if one.key in before], [one for one in changed if one.key not in before])
    return changed


def month_spend(customers: Collection[int], month: int, partner: int | None = None) -> dict[int, list[Spend]]:
    """What customers spent in a month over all clouds, by customer and currency; those without lines are left out.

    The customers were read within the caller's scope; `partner` narrows to what they spent under that one.
    """
    rows = CustomerMonth.objects.everything(reason="the customers were read within the scope")
    months = BillMonth.objects.everything(reason="likewise").filter(month=month).values("pk")
    rows = rows.filter(customer__in=list(customers), month__in=months)
    return _spends(rows if partner is None else rows.filter(partner=partner))


def spend_between(
    customers: Collection[int], first: int, last: int, partner: int | None = None
) -> dict[int, list[Spend]]:
    """The same from one month to another, both included."""
    rows = CustomerMonth.objects.everything(reason="the customers were read within the scope")
    months = BillMonth.objects.everything(reason="likewise").filter(month__gte=first, month__lte=last).values("pk")
    rows = rows.filter(customer__in=list(customers), month__in=months)
    return _spends(rows if partner is None else rows.filter(partner=partner))


def _spends(rows: QuerySet[CustomerMonth]) -> dict[int, list[Spend]]:
    sums = {
        name: Sum(name)
        for name in ("list_micros", "discounted_micros", "voucher_micros", "total_micros", "partner_micros")
    }
    found: dict[int, list[Spend]] = {}
    for row in rows.values("customer", "currency").annotate(**sums).order_by("customer", "currency"):
        amounts = (decimal_of(row[name]) for name in sums)
        found.setdefault(row["customer"], []).append(Spend(row["currency"], *amounts))
    return found


def faults(lake: Lake, month: BillMonth, summary: str) -> Iterator[str]:
    """What differs between the kept rows and a summary, in sentences."""
    rows = CustomerMonth.objects.everything(reason="verifying").filter(month=month)
    kept = {
        Key(*row[: len(KEYS)]): Sums(*row[len(KEYS) :]) for row in rows.values_list(*KEYS, *Sums._fields).iterator()
    }
    summed = _summed(lake, summary)
    for key in sorted(kept.keys() | summed.keys()):
        if kept.get(key, NOTHING) != summed.get(key, NOTHING):
            yield f"the sums kept for customer {key.customer} under partner {key.partner} are not those of its lines"


def _summed(lake: Lake, summary: str) -> dict[Key, Sums]:
    """Sums other than zero of those lines whose customer is known."""
    sums = ", ".join(f"sum({amount})" for amount in AMOUNTS)
    with closing(lake.connect()) as lines:
        found = lines.execute(
            f"SELECT {', '.join(KEYS)}, {sums} FROM read_parquet($1)"  # noqa: S608  # of ours
            f" WHERE customer_id <> {schema.UNPLACED} GROUP BY ALL ORDER BY ALL",
            [lake.addresses(grains_of(lake, summary).by_customer)],
        )
        summed: dict[Key, Sums] = {}
        while rows := found.fetchmany(ROWS_AT_ONCE):
            summed.update((Key(*row[: len(KEYS)]), _sums(row[len(KEYS) :])) for row in rows)
    return {key: sums for key, sums in summed.items() if sums != NOTHING}


def _sums(amounts: Sequence[Decimal]) -> Sums:
    listed, discounted, voucher, total, partner = (rounded_parts(units(amount), RESIDUE) for amount in amounts)
    return Sums(listed[0], discounted[0], voucher[0], *total, *partner)


def _write(month: BillMonth, known: Sequence[Changed], new: Sequence[Changed]) -> None:
    """Statements of one row each, by the driver's own loop: what Django builds costs ten times as much."""
    sets = ", ".join(f"{name} = %s" for name in Sums._fields)
    names = ", ".join(("month_id", "provider_id", *KEYS, *Sums._fields))
    marks = ", ".join(["%s"] * (2 + len(KEYS) + len(Sums._fields)))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE customer_month SET {sets} WHERE month_id = %s AND payer_id = %s AND partner_id = %s"  # noqa: S608  # of ours
            " AND customer_id = %s AND currency = %s",
            [(*one.after, month.pk, *one.key) for one in known],
        )
        cursor.executemany(
            f"INSERT INTO customer_month ({names}) VALUES ({marks})",  # noqa: S608  # of ours
            [(month.pk, month.provider_id, *one.key, *one.after) for one in new],
        )
