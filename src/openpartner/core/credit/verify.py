"""Comparing what allocations say with the ledger, which is the truth of their amounts."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from openpartner.core.credit.models import Given
from openpartner.core.ledger.models import Phase, Use
from openpartner.core.ledger.verify import TOLD_MAX

_MOVES = f"t.phase IN ({Phase.POSTED}, {Phase.SETTLED})"
_OF_CREDIT = f"({Use.ALLOCABLE}, {Use.AVAILABLE})"
_USE_OF = f"CASE a.given WHEN {Given.CUSTOMER} THEN {Use.AVAILABLE} ELSE {Use.ALLOCABLE} END"

# What came from a giver to what it has given somebody, and went back, with the sum so far and the balance afterwards.
# Whatever else moves there is spent or given on: its other side is not the giver's own.
_GIVEN = f"""
SELECT id, cause_id, holder_id, giver_id, use, currency, change, after_it,
       sum(change) OVER (PARTITION BY account ORDER BY at, id ROWS UNBOUNDED PRECEDING) AS total
FROM (
  SELECT t.id, t.at, t.cause_id, k.id AS account, k.holder_id, k.giver_id, k.use, k.currency,
         t.micros AS change, t.credit_after AS after_it
  FROM ledger_transfer t JOIN ledger_account k ON k.id = t.credit_id JOIN ledger_account o ON o.id = t.debit_id
  WHERE k.use IN {_OF_CREDIT} AND o.holder_id = k.giver_id AND k.holder_id <> k.giver_id AND {_MOVES}
  UNION ALL
  SELECT t.id, t.at, t.cause_id, k.id, k.holder_id, k.giver_id, k.use, k.currency, -t.micros, t.debit_after
  FROM ledger_transfer t JOIN ledger_account k ON k.id = t.debit_id JOIN ledger_account o ON o.id = t.credit_id
  WHERE k.use IN {_OF_CREDIT} AND o.holder_id = k.giver_id AND k.holder_id <> k.giver_id AND {_MOVES}
) AS moved
"""  # noqa: S608  # constants alone

_DIFFERING = f"""
SELECT a.id, h.uin, a.micros, a.total_after, a.available_after, a.currency, g.id, g.change, g.total, g.after_it
FROM credit_allocation a JOIN account h ON h.id = a.holder_id
LEFT JOIN ledger_transfer t ON t.cause = 'credit_allocation' AND t.cause_id = a.id
LEFT JOIN ({_GIVEN}) AS g ON g.id = t.id AND g.holder_id = a.holder_id AND g.giver_id = a.giver_id
  AND g.use = {_USE_OF} AND g.currency = a.currency
WHERE g.id IS NULL OR a.micros <> g.change OR a.total_after <> g.total OR a.available_after <> g.after_it
ORDER BY a.id
"""  # noqa: S608  # likewise


def faults() -> Iterator[str]:
    """A sentence for each allocation that says something else than the ledger, a thousand at most; it names the row.

    Compared are the change, what its receiver was given in all by this giver up to then, and what was available of
    it afterwards, all in millionths.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING)
        for row, uin, change, total, available, currency, transfer, *moved in cursor.fetchmany(TOLD_MAX):
            who = f"credit_allocation {row}, of {uin} in {currency},"
            says = f"{who} says a change of {change}, {total} in all and {available} available afterwards"
            if transfer is None:
                yield f"{says}; no transfer between its accounts names it"
                continue
            then = "a change of {}, {} in all and {} available".format(*moved)
            yield f"{says}; the ledger, with transfer {transfer}, says {then}"
