"""What rounding leaves over: a line of its own for each account and month, and control totals that say it all adds up.

The residue stands per sub-account and customer within the account, so that nobody is billed another's: each is within
10^-8 of what rounding left over of that customer's lines, and together they are the account's own, rounded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import TYPE_CHECKING

from openpartner.core.billing.formats.projection import round_even
from openpartner.lake import schema
from openpartner.lake.schema import Action, Charging

if TYPE_CHECKING:
    import duckdb

TABLE = "residues"
PAIRS = {
    "total_cost": "billed_delivered",
    "list_cost": "list_delivered",
    "contracted_cost": "contracted_delivered",
    "effective_cost": "effective_delivered",
}
"""A booked amount and what it was delivered as."""
GROUP = ("import_id", "cloud", "billing_account", "sub_account", "currency", "payer_id", "partner_id", "customer_id")
ACCOUNT = ("import_id", "cloud", "month", "billing_account", "currency")
"""What one control total is of."""
DIGITS_MAX = 80
RESIDUE_COLUMNS = frozenset(
    {
        *(*GROUP, *PAIRS, *PAIRS.values(), "bill_day", "billing_account_name", "sub_account_name", "month", "line_id"),
        *("cost_after_discount", "partner_cost", "charge_category", "charge_description", "charging", "action"),
        "source_line",
    }
)
"""What a line that holds a residue has."""
RESIDUE_BITS = 33
"""A residue's number begins behind every line that one import can have."""


@dataclass(frozen=True, slots=True)
class Control:
    """What an import holds for one month and billing account. `delivered = booked + left_over`, exactly."""

    cloud: str
    month: int
    billing_account: str
    currency: str
    lines: int
    parked: int
    delivered: Decimal
    booked: Decimal
    residue: Decimal
    left_over: Decimal


def make_residues(
    connection: duckdb.DuckDBPyConnection, lines: str, line_bits: int, *, above: int = 0, kept: str = ""
) -> str:
    """Work out the residues of placed lines; returns SQL of the lines that hold them, placed.

    `lines` has `month` beside the line; so has what is returned. Within an account the differences are rounded as they
    add up, in the order of its customers: the residues of an account add up to its own, rounded, and each is within
    10^-8 of its customer's. `kept` is SQL of residue lines that these stand in for: then they add up to the same as
    those, and the account's sum stays what it was. The residues of an import are numbered `above` earlier ones.
    """
    group = ", ".join((*GROUP, "month"))
    differences = ", ".join(f"sum({delivered}) - sum({booked}) AS d_{booked}" for booked, delivered in PAIRS.items())
    start = ", ".join(
        f"d_{booked} + CASE WHEN place = 1 THEN {_carried(booked) if kept else '0'} ELSE 0 END AS s_{booked}"
        for booked in PAIRS
    )
    running = ", ".join(f"CAST(sum(s_{booked}) OVER o AS {schema.DELIVERED}) AS a_{booked}" for booked in PAIRS)
    casts = ", ".join(f"CAST(a_{booked} AS {schema.SUM}) AS r_{booked}" for booked in PAIRS)
    rounded = ", ".join(
        f"CAST({round_even(f'a_{booked}', f'r_{booked}')} AS {schema.SUM}) AS e_{booked}" for booked in PAIRS
    )
    parts = ", ".join(
        f"CAST(e_{booked} - coalesce(lag(e_{booked}) OVER o, 0) AS {schema.BOOKED}) AS {booked}" for booked in PAIRS
    )
    names = "bill_day, billing_account_name, sub_account_name"
    window = f"WINDOW o AS (PARTITION BY {', '.join(ACCOUNT)} ORDER BY place)"
    old = _old_sums(kept) if kept else ""
    sql = (
        f"SELECT {group}, max(bill_day) AS bill_day, max(billing_account_name) AS billing_account_name,"  # noqa: S608  # of ours
        f" max(sub_account_name) AS sub_account_name, {differences} FROM ({lines}) GROUP BY ALL"
    )
    order = "sub_account NULLS FIRST, payer_id, partner_id, customer_id"
    sql = f"SELECT *, row_number() OVER (PARTITION BY {', '.join(ACCOUNT)} ORDER BY {order}) AS place FROM ({sql})"  # noqa: S608  # of ours
    sql = f"SELECT {group}, {names}, place, {start} FROM ({sql}) g {old}"  # noqa: S608  # of ours
    sql = f"SELECT *, {running} FROM ({sql}) {window}"  # noqa: S608  # of ours
    sql = f"SELECT *, {rounded} FROM (SELECT *, {casts} FROM ({sql}))"  # noqa: S608  # of ours
    sql = f"SELECT {group}, {names}, {parts} FROM ({sql}) {window}"  # noqa: S608  # of ours
    any_of = " OR ".join(f"{booked} <> 0" for booked in PAIRS)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {TABLE} AS SELECT *, row_number() OVER (ORDER BY {group}) AS place"  # noqa: S608  # of ours
        f" FROM ({sql}) WHERE {any_of}"
    )
    total = "total_cost"
    columns = {name: name for name in (*GROUP, "bill_day", "billing_account_name", "sub_account_name", *PAIRS)}
    columns |= dict.fromkeys(("cost_after_discount", "partner_cost"), total)
    columns |= {
        "line_id": f"(import_id << {line_bits}) + (CAST(1 AS BIGINT) << {RESIDUE_BITS}) + {above} + place",
        "charge_category": "'Adjustment'",
        "charge_description": "'Rounding'",
        "charging": f"'{Charging.OTHER}'",
        "action": f"'{Action.ROUNDING}'",
        "source_line": "'rounding'",
    }
    columns |= dict.fromkeys(schema.AS_DELIVERED, "0")
    assert columns.keys() | {"month"} == RESIDUE_COLUMNS
    chosen = ", ".join(f"CAST({sql} AS {schema.BY_NAME[name].type}) AS {name}" for name, sql in columns.items())
    return f"SELECT {chosen}, month FROM {TABLE}"  # noqa: S608  # of ours


def _carried(booked: str) -> str:
    """SQL: what the first residue of an account starts from, so that all of them add up to the former ones."""
    whole = ", ".join(f"g.{name}" for name in ACCOUNT)
    return f"coalesce(o_{booked}, 0) - sum(d_{booked}) OVER (PARTITION BY {whole})"


def _old_sums(kept: str) -> str:
    sums = ", ".join(f"sum({booked}) AS o_{booked}" for booked in PAIRS)
    account = ", ".join(ACCOUNT)
    return f"LEFT JOIN (SELECT {account}, {sums} FROM ({kept}) GROUP BY ALL) USING ({account})"  # noqa: S608  # of ours


def controls(connection: duckdb.DuckDBPyConnection, lines: str) -> list[Control]:
    """Control totals of placed lines, by cloud, month, billing account and currency; after `make_residues`."""
    found = connection.execute(
        "SELECT cloud, month, billing_account, currency, lines, parked, delivered,"  # noqa: S608  # of ours
        f" CAST(booked + coalesce(residue, 0) AS {schema.SUM}), CAST(coalesce(residue, 0) AS {schema.SUM}),"
        f" CAST(delivered - booked - coalesce(residue, 0) AS {schema.DELIVERED}) FROM ("
        " SELECT cloud, month, billing_account, currency, count(*) AS lines,"
        " count(*) FILTER (customer_id = 0) AS parked, sum(billed_delivered) AS delivered, sum(total_cost) AS booked"
        f" FROM ({lines}) GROUP BY ALL) LEFT JOIN (SELECT cloud, month, billing_account, currency,"
        f" sum(total_cost) AS residue FROM {TABLE} GROUP BY ALL) USING (cloud, month, billing_account, currency)"
        " ORDER BY 1, 2, 3, 4"
    ).fetchall()
    return [Control(*row) for row in found]


def plain(amount: Decimal) -> str:
    """An exact amount as text, without an exponent and without zeros at its end."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts however many digits it has."""
    with localcontext(Context(prec=DIGITS_MAX)):
        return sum(amounts, Decimal(0))
