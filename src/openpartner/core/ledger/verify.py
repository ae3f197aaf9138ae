"""Deriving every balance anew from the transfers, and naming each difference. Reads sets, never one row at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from openpartner.core.ledger.models import Phase

TOLD_MAX = 1_000
"""Faults of one check that are told; whoever repairs begins with these."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How much was read."""

    accounts: int
    postings: int


def counted() -> Counted:
    """How many accounts there are, and postings: each transfer is one on either side."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM ledger_account), (SELECT count(*) FROM ledger_transfer)")
        accounts, transfers = cursor.fetchone()
    return Counted(accounts, 2 * transfers)


def faults() -> Iterator[str]:
    """A sentence for each thing that is not as it must be; none when the ledger is sound.

    Checked: counters are the sums of transfers, balances after each transfer follow from the one before, every
    currency sums to zero, what is reserved arrives somewhere, no account is below its floor, a reservation ended by
    its own accounts and at most in its amount, a reversal undoes exactly what it names, no transfer joins currencies.
    """
    for check in _CHECKS:
        for row in _rows(check.sql):
            yield check.says.format(*row)


@dataclass(frozen=True, slots=True)
class _Check:
    """SQL that gives a row for each fault, and the sentence with its columns."""

    sql: str
    says: str


_MOVES = f"phase IN ({Phase.POSTED}, {Phase.SETTLED})"
_ENDS = f"t.phase IN ({Phase.SETTLED}, {Phase.VOIDED})"

# Per account: what went out, came in, is held back and is to come.
_DERIVED = f"""
SELECT account, sum(went) AS went, sum(came) AS came, sum(held) AS held, sum(coming) AS coming FROM (
  SELECT debit_id AS account, CASE WHEN {_MOVES} THEN micros ELSE 0 END AS went, 0 AS came,
         CASE WHEN phase = {Phase.RESERVED} THEN micros ELSE 0 END AS held, 0 AS coming FROM ledger_transfer
  UNION ALL
  SELECT credit_id, 0, CASE WHEN {_MOVES} THEN micros ELSE 0 END,
         0, CASE WHEN phase = {Phase.RESERVED} THEN micros ELSE 0 END FROM ledger_transfer
  UNION ALL
  SELECT r.debit_id, 0, 0, -r.micros, 0 FROM ledger_transfer t JOIN ledger_transfer r ON r.id = t.ends_id WHERE {_ENDS}
  UNION ALL
  SELECT r.credit_id, 0, 0, 0, -r.micros FROM ledger_transfer t JOIN ledger_transfer r ON r.id = t.ends_id WHERE {_ENDS}
) AS parts GROUP BY account
"""  # noqa: S608  # constants alone

_RUNNING = f"""
SELECT account, id, after_it, before_it + change FROM (
  SELECT account, id, change, after_it,
         coalesce(lag(after_it) OVER (PARTITION BY account ORDER BY at, id), 0) AS before_it
  FROM (
    SELECT debit_id AS account, id, at, CASE WHEN {_MOVES} THEN -micros ELSE 0 END AS change, debit_after AS after_it
    FROM ledger_transfer
    UNION ALL
    SELECT credit_id, id, at, CASE WHEN {_MOVES} THEN micros ELSE 0 END, credit_after FROM ledger_transfer
  ) AS sides
) AS steps WHERE after_it <> before_it + change
"""  # noqa: S608  # constants alone

_CHECKS = (
    _Check(
        "SELECT a.id, a.debits, a.credits, a.reserved, a.arriving, coalesce(d.went, 0), coalesce(d.came, 0),"  # noqa: S608  # likewise
        f" coalesce(d.held, 0), coalesce(d.coming, 0) FROM ledger_account a LEFT JOIN ({_DERIVED}) AS d"
        " ON d.account = a.id WHERE a.debits <> coalesce(d.went, 0) OR a.credits <> coalesce(d.came, 0)"
        " OR a.reserved <> coalesce(d.held, 0) OR a.arriving <> coalesce(d.coming, 0)",
        "account {0} counts {1} out, {2} in, {3} reserved, {4} arriving; its transfers say {5}, {6}, {7}, {8}",
    ),
    _Check(_RUNNING, "account {0}: after transfer {1} it says {2}, and {3} follows from the one before"),
    _Check(
        "SELECT currency, sum(credits - debits), sum(reserved - arriving) FROM ledger_account GROUP BY currency"
        " HAVING sum(credits - debits) <> 0 OR sum(reserved - arriving) <> 0",
        "{0} sums to {1} and its reservations to {2}, not to zero",
    ),
    _Check(
        "SELECT id, credits - debits - reserved, floor FROM ledger_account WHERE credits - debits - reserved < floor",
        "account {0} holds {1}, below its floor of {2}",
    ),
    _Check(
        "SELECT t.id, r.id FROM ledger_transfer t JOIN ledger_transfer r ON r.id = t.ends_id WHERE"  # noqa: S608  # likewise
        f" r.phase <> {Phase.RESERVED} OR r.debit_id <> t.debit_id OR r.credit_id <> t.credit_id"
        " OR t.micros > r.micros",
        "transfer {0} ends reservation {1} by other accounts or by more than was reserved",
    ),
    _Check(
        "SELECT t.id, r.id FROM ledger_transfer t JOIN ledger_transfer r ON r.id = t.reverses_id WHERE"
        " r.debit_id <> t.credit_id OR r.credit_id <> t.debit_id OR t.micros <> r.micros",
        "transfer {0} does not undo transfer {1}, which it names",
    ),
    _Check(
        "SELECT t.id FROM ledger_transfer t JOIN ledger_account d ON d.id = t.debit_id"
        " JOIN ledger_account c ON c.id = t.credit_id WHERE d.currency <> c.currency",
        "transfer {0} joins two currencies",
    ),
)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchmany(TOLD_MAX))
