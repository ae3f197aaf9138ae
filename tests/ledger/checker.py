"""The independent checker: the ledger derived anew from its rows, without a line of the product.

Plain SQL reads two tables (and the rows of allocations, where there are any); everything else is worked out here, one
transfer after the other. What `openpartner ledger verify` asks the database, this asks nobody.

`python -m tests.ledger.checker postgresql://... | /path/openpartner.sqlite3` checks a ledger from outside.
"""

from __future__ import annotations

import sqlite3
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

Fetch = Callable[[str], Sequence[Sequence[Any]]]
"""Runs a statement and gives all its rows."""

POSTED, RESERVED, SETTLED, VOIDED = 1, 2, 3, 4

# The chart of accounts (docs/explanation/ledger.md) in numbers of our own: use of the debit and of the credit side.
ISSUED, ALLOCABLE, AVAILABLE, USED = 1, 2, 3, 4
BALANCE, OUTSIDE, UNBILLED, DUE, EARNED = 10, 11, 12, 13, 14
QUOTA_SOURCE, QUOTA, VOUCHER, VOUCHER_USED = 20, 21, 22, 23
CHART: dict[int, set[tuple[int, int]]] = {
    1: {(ISSUED, ALLOCABLE)},  # a line is granted
    2: {(ALLOCABLE, ISSUED)},  # and taken back
    3: {(ALLOCABLE, ALLOCABLE), (ALLOCABLE, AVAILABLE)},  # a pool, or a customer's credit
    4: {(ALLOCABLE, ALLOCABLE), (AVAILABLE, ALLOCABLE)},
    5: {(AVAILABLE, USED), (UNBILLED, EARNED), (EARNED, UNBILLED), (DUE, EARNED), (EARNED, DUE)},
    6: {(USED, AVAILABLE)},
    7: {(USED, AVAILABLE)},
    20: {(OUTSIDE, BALANCE)},  # topped up
    21: {(BALANCE, OUTSIDE)},
    23: {(BALANCE, BALANCE), (VOUCHER, VOUCHER)},  # transferred, and back
    24: {(BALANCE, BALANCE), (VOUCHER, VOUCHER)},
    25: {(DUE, UNBILLED), (UNBILLED, DUE)},
    40: {(QUOTA_SOURCE, QUOTA), (QUOTA, QUOTA)},
    41: {(QUOTA, QUOTA_SOURCE), (QUOTA, QUOTA)},
    42: {(QUOTA, VOUCHER), (QUOTA_SOURCE, VOUCHER)},
    43: {(VOUCHER, VOUCHER_USED)},
    44: {(VOUCHER, QUOTA), (VOUCHER, QUOTA_SOURCE)},
    45: {(VOUCHER, QUOTA), (VOUCHER, QUOTA_SOURCE)},
}
"""Between which uses a kind of transfer moves. Kinds that are not here are not judged by it; a reversal mirrors."""
LIMITED = {ALLOCABLE, BALANCE, QUOTA, VOUCHER}
"""Uses that never hold less than nothing, unless the row says that it has no limit."""


class AccountRow(NamedTuple):
    """A row of `ledger_account`."""

    id: int
    use: int
    currency: str
    debits: int
    credits: int
    reserved: int
    arriving: int
    floor: int | None


class TransferRow(NamedTuple):
    """A row of `ledger_transfer`."""

    id: int
    key: str
    kind: int
    phase: int
    at: datetime
    debit: int
    credit: int
    micros: int
    debit_after: int
    credit_after: int
    ends: int | None
    reverses: int | None


@dataclass
class Derived:
    """What one account's transfers add up to, and each balance on the way."""

    out: int = 0
    came: int = 0
    held: int = 0
    coming: int = 0
    times: list[datetime] = field(default_factory=list)
    balances: list[int] = field(default_factory=list)

    @property
    def balance(self) -> int:
        return self.came - self.out

    def at(self, moment: datetime) -> int:
        """The balance at an instant, transfers of that instant included."""
        place = bisect_right(self.times, moment)
        return self.balances[place - 1] if place else 0


ACCOUNTS = "SELECT id, use, currency, debits, credits, reserved, arriving, floor FROM ledger_account ORDER BY id"
TRANSFERS = (
    "SELECT id, key, kind, phase, at, debit_id, credit_id, micros, debit_after, credit_after, ends_id, reverses_id"
    " FROM ledger_transfer ORDER BY id"
)
ALLOCATIONS = (
    "SELECT a.id, a.micros, a.total_after, a.holder_id, a.giver_id, t.kind, t.micros, t.id FROM credit_allocation a"
    " LEFT JOIN ledger_transfer t ON t.cause = 'credit_allocation' AND t.cause_id = a.id ORDER BY a.id"
)


@dataclass
class Replay:
    """Every transfer carried out again, in the order of their ids, and what was wrong on the way."""

    accounts: dict[int, AccountRow]
    transfers: dict[int, TransferRow]
    derived: dict[int, Derived]
    faults: list[str]

    def at(self, account: int, moment: datetime) -> int:
        """What an account held at an instant."""
        return self.derived[account].at(moment)


def replay(fetch: Fetch) -> Replay:
    """Read the ledger and carry its transfers out again."""
    accounts = {row[0]: AccountRow(*row) for row in fetch(ACCOUNTS)}
    transfers = {row[0]: TransferRow._make([*row[:4], _moment(row[4]), *row[5:]]) for row in fetch(TRANSFERS)}
    done = Replay(accounts, transfers, defaultdict(Derived), [])
    used = Used()
    for one in transfers.values():
        done.faults += _shape(one, done, used)
        done.faults += _apply(one, done, used)
    for account in accounts.values():
        done.faults += _counters(account, done.derived[account.id])
    done.faults += _sums(accounts.values(), done.derived)
    return done


def faults(fetch: Fetch, *, allocations: bool = True) -> list[str]:
    """A sentence for each thing that is not as it must be."""
    found = replay(fetch).faults
    return found + list(_allocations(fetch)) if allocations else found


@dataclass
class Used:
    """What happens once: ends of reservations, reversals, keys."""

    ended: set[int] = field(default_factory=set)
    reversed: set[int] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)


def _shape(one: TransferRow, done: Replay, used: Used) -> Iterator[str]:
    """What a transfer must be by itself."""
    debit, credit = done.accounts[one.debit], done.accounts[one.credit]
    if one.micros <= 0 or one.debit == one.credit:
        yield f"transfer {one.id} moves nothing, or to where it comes from"
    if debit.currency != credit.currency:
        yield f"transfer {one.id} joins {debit.currency} and {credit.currency}"
    if one.key in used.keys:
        yield f"transfer {one.id} has a key that was used"
    used.keys.add(one.key)
    if (one.phase in {SETTLED, VOIDED}) != (one.ends is not None):
        yield f"transfer {one.id} ends a reservation or does not, against its phase"
    if one.kind in CHART and (debit.use, credit.use) not in CHART[one.kind]:
        yield f"transfer {one.id} of kind {one.kind} goes from use {debit.use} to use {credit.use}"


def _apply(one: TransferRow, done: Replay, used: Used) -> Iterator[str]:
    debit, credit = done.derived[one.debit], done.derived[one.credit]
    for side in (debit, credit):
        if side.times and side.times[-1] > one.at:
            yield f"transfer {one.id} lies before the one that its account saw last"
    yield from _end(one, done, used)
    yield from _reverse(one, done, used)
    if one.phase == RESERVED:
        debit.held += one.micros
        credit.coming += one.micros
    elif one.phase in {POSTED, SETTLED}:
        debit.out += one.micros
        credit.came += one.micros
    if (one.debit_after, one.credit_after) != (debit.balance, credit.balance):
        told, derived = (one.debit_after, one.credit_after), (debit.balance, credit.balance)
        yield f"transfer {one.id} says {told} afterwards, and it is {derived}"
    floor = done.accounts[one.debit].floor
    if floor is not None and debit.balance - debit.held < floor:
        yield f"transfer {one.id} takes account {one.debit} below its floor of {floor}"
    for side in (debit, credit):
        side.times.append(one.at)
        side.balances.append(side.balance)


def _end(one: TransferRow, done: Replay, used: Used) -> Iterator[str]:
    if one.ends is None:
        return
    held = done.transfers.get(one.ends)
    if held is None or held.id > one.id or held.phase != RESERVED or held.id in used.ended:
        yield f"transfer {one.id} ends what is no reservation any more"
        return
    if (held.debit, held.credit) != (one.debit, one.credit) or one.micros > held.micros:
        yield f"transfer {one.id} is not what transfer {held.id} has reserved"
    done.derived[one.debit].held -= held.micros
    done.derived[one.credit].coming -= held.micros
    used.ended.add(held.id)


def _reverse(one: TransferRow, done: Replay, used: Used) -> Iterator[str]:
    if one.reverses is None:
        return
    first = done.transfers.get(one.reverses)
    if first is None or first.id > one.id or first.id in used.reversed:
        yield f"transfer {one.id} reverses what is not there, or a second time"
    elif (first.debit, first.credit, first.micros) != (one.credit, one.debit, one.micros):
        yield f"transfer {one.id} does not undo transfer {first.id}"
    used.reversed.add(one.reverses)


def _counters(account: AccountRow, derived: Derived) -> Iterator[str]:
    told = (account.debits, account.credits, account.reserved, account.arriving)
    found = (derived.out, derived.came, derived.held, derived.coming)
    if told != found:
        yield f"account {account.id} counts {told}, its transfers say {found}"
    if account.use in LIMITED and account.floor not in {0, None}:
        yield f"account {account.id} has a floor of {account.floor}"


def _sums(accounts: Any, derived: dict[int, Derived]) -> Iterator[str]:
    balances: Counter[str] = Counter()
    reservations: Counter[str] = Counter()
    for account in accounts:
        one = derived[account.id]
        balances[account.currency] += one.balance
        reservations[account.currency] += one.held - one.coming
    for name, sums in (("balances", balances), ("reservations", reservations)):
        yield from (f"{name} in {currency} sum to {total}" for currency, total in sums.items() if total)


def _allocations(fetch: Fetch) -> Iterator[str]:
    """Each row of an allocation has one transfer of its amount, and the running total of what was given is right."""
    totals: Counter[tuple[int, int]] = Counter()
    seen: set[int] = set()
    for row, micros, _total, holder, giver, kind, moved, transfer in fetch(ALLOCATIONS):
        if row in seen or transfer is None:
            yield f"allocation {row} has not one transfer"
        seen.add(row)
        gives = kind in {1, 3}
        if transfer is not None and (gives != (micros > 0) or abs(micros) != moved):
            yield f"allocation {row} changes {micros}, its transfer {moved}"
        totals[holder, giver] += micros


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def main(where: str) -> int:
    """Check a ledger and say what was found; the exit code."""
    if where.startswith("postgres"):
        import psycopg

        with psycopg.connect(where) as postgres:
            found = replay(lambda sql: postgres.execute(sql.encode()).fetchall())
    else:
        sqlite = sqlite3.connect(f"file:{where}?mode=ro", uri=True)
        found = replay(lambda sql: sqlite.execute(sql).fetchall())
        sqlite.close()
    print("\n".join(found.faults[:100]) or "sound", f"({len(found.transfers):,} transfers)")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
