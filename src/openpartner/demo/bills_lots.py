"""Who gets how many made-up bill lines in a month: few customers have most of them, and only while associated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from openpartner.core.accounts.models import Account, Association
from openpartner.core.base.kinds import AccountKind
from openpartner.core.billing.months import first_day, last_day
from openpartner.demo import plan
from openpartner.demo.bills_tables import insert
from openpartner.kit.clock import BEIJING
from openpartner.lake.write import LINES_A_FILE

if TYPE_CHECKING:
    import duckdb

MEMBERS_MAX = 200_000
"""Customers that are billed: the first of them. A larger channel has quiet customers."""
AT_ONCE = 50_000
STEEPNESS = 4
"""The customer of rank n has 1 / (n + this) of the lines: of two thousand the first has one line of twenty-five."""
PERSONA_RANK = 18
"""Whom one signs in as has enough to look at and is not the largest."""
FOUND = "customer BIGINT, uin VARCHAR, account_id VARCHAR, account_name VARCHAR, name VARCHAR"
BOND = "customer BIGINT, partner BIGINT, payer BIGINT, since DATE, until DATE"
PAYER = "payer BIGINT, payer_uin VARCHAR, payer_account_id VARCHAR, payer_name VARCHAR, partner_permille INTEGER"


@dataclass(frozen=True, slots=True)
class Span:
    """A cloud's month as far as it has gone, and how many lines it should have by then had it been whole."""

    cloud: str
    month: int
    until: date
    lines: int

    @property
    def first(self) -> date:
        return first_day(self.month)

    @property
    def is_whole(self) -> bool:
        return self.until == last_day(self.month)


def read_channel(connection: duckdb.DuckDBPyConnection, provider: int, seed: int) -> None:
    """Copy who is whose from the database into the tables member, bond and payer."""
    connection.execute(f"CREATE TEMP TABLE found ({FOUND})")
    customers = (
        Account.objects.everything(reason="the demo bills everybody")
        .filter(provider=provider, kind=AccountKind.CUSTOMER)
        .order_by("pk")
        .values_list("pk", "uin", "account_id", "account_name", "legal_name")[:MEMBERS_MAX]
    )
    for rows in _batches(customers.iterator(AT_ONCE)):
        insert(connection, "found", FOUND, rows)
    connection.execute(
        "CREATE TEMP TABLE member AS SELECT customer, uin, account_id, name, 1.0 / (rank + $steep) AS weight,"
        " cloud <> 0 OR is_persona AS tencent, cloud <> 1 OR is_persona AS huawei FROM ("
        " SELECT *, CASE WHEN is_persona THEN $persona ELSE row_number() OVER (ORDER BY hash($seed, customer)) END"
        " AS rank, hash($seed, customer, 'cloud') % 4 AS cloud"
        " FROM (SELECT *, account_name = $name AS is_persona FROM found)) ORDER BY customer",
        {"steep": STEEPNESS, "persona": PERSONA_RANK, "seed": seed, "name": plan.CUSTOMER_PERSONA[2]},
    )
    connection.execute(f"CREATE TEMP TABLE bond ({BOND})")
    last = connection.execute("SELECT coalesce(max(customer), 0) FROM member").fetchone()
    assert last is not None
    buyers = Account.objects.everything(reason="the demo bills everybody").filter(kind=AccountKind.CUSTOMER)
    bonds = (
        Association.objects.everything(reason="the demo bills everybody")
        .filter(provider=provider, child__in=buyers, child__lte=last[0])
        .order_by("pk")
        .values_list("child_id", "partner_id", "payer_id", "since", "until")
    )
    for found in _batches(bonds.iterator(AT_ONCE)):
        rows = [
            (child, partner, payer, _day(since), _day(until) if until else None)
            for child, partner, payer, since, until in found
        ]
        insert(connection, "bond", BOND, rows)
    _read_payers(connection, provider, seed)


def _read_payers(connection: duckdb.DuckDBPyConnection, provider: int, seed: int) -> None:
    connection.execute(f"CREATE TEMP TABLE payer ({PAYER})")
    payers = Account.objects.everything(reason="the demo bills everybody").filter(
        provider=provider, kind__in=[AccountKind.DISTRIBUTOR, AccountKind.RESELLER]
    )
    for one in payers:
        connection.execute(
            "INSERT INTO payer VALUES ($1, $2, $3, $4, 800 + hash($5, $1) % 9 * 10)",
            [one.pk, str(one.uin), one.account_id, one.legal_name, seed],
        )


def _batches(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    source = iter(rows)
    while found := list(islice(source, AT_ONCE)):
        yield found


def _day(moment: datetime) -> date:
    return moment.astimezone(BEIJING).date()


LOTS = """
CREATE OR REPLACE TEMP TABLE lot AS
SELECT *, row_number() OVER (ORDER BY payer, partner, customer) AS no,
       CAST(sum(n) OVER (ORDER BY payer, partner, customer) - n AS BIGINT) AS lines_before
FROM (
    SELECT payer, partner, customer, uin, account_id, name, payer_uin, payer_account_id, payer_name, partner_permille,
           [100, 100, 100, 95, 90][CAST(hash($seed, partner) % 5 AS BIGINT) + 1] AS customer_percent, begins,
           CAST(ends - begins + 1 AS INTEGER) AS days,
           CAST(floor($lines * weight / whole * (ends - begins + 1) / $days_in_month
                      * (0.75 + hash($seed, customer, $month) % 1000 / 2000.0)
                      + hash($seed, customer, $month, 'part') % 1000 / 1000.0) AS BIGINT) AS n
    FROM (SELECT *, greatest(since + 1, CAST($first AS DATE)) AS begins,
                 least(coalesce(until, DATE '9999-12-31') - 1, CAST($until AS DATE)) AS ends FROM bond)
    JOIN (SELECT *, sum(weight) OVER () AS whole FROM member WHERE {cloud}) USING (customer) JOIN payer USING (payer)
    WHERE begins <= ends)
WHERE n > 0
"""


def draw(connection: duckdb.DuckDBPyConnection, span: Span, seed: int) -> int:
    """Make the table lot of a cloud's month, and return how many lines it stands for."""
    assert span.cloud in {"tencent", "huawei"}
    connection.execute(
        LOTS.replace("{cloud}", span.cloud),
        {
            "seed": seed,
            "lines": span.lines,
            "month": span.month,
            "first": span.first,
            "until": span.until,
            "days_in_month": (last_day(span.month) - span.first + timedelta(days=1)).days,
        },
    )
    found = connection.execute("SELECT coalesce(sum(n), 0) FROM lot").fetchone()
    assert found is not None
    return int(found[0])


def cuts(connection: duckdb.DuckDBPyConnection, lines: int = LINES_A_FILE) -> Iterator[tuple[int, int, int]]:
    """Neighbouring lots of about so many lines, one file each: the first's number, the last's, how many lines."""
    first, held = 1, 0
    for no, n in connection.execute("SELECT no, n FROM lot ORDER BY no").fetchall():
        if held and held + n > lines:
            yield first, no - 1, held
            first, held = no, 0
        held += n
    if held:
        yield first, no, held
