"""Moving amounts: the one writer of balances.

`post` takes a list of orders and does all of them or none, in the caller's transaction. It locks every account they
touch in the order of their keys, so that two callers never wait for each other in a ring, and only then looks whether
an order was carried out before: a repeat with the same content gets the first transfer, one with another is a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from openpartner.core.base.errors import Conflict, LimitReached
from openpartner.core.ledger.models import Kind, LedgerAccount, Phase, Transfer, Use
from openpartner.kit import clock
from openpartner.kit.money import MICROS_MAX

AT_ONCE = 500
"""SQLite takes 999 values in a statement of old builds."""


class NotCovered(LimitReached):
    """An account does not hold what an order takes from it. Tells the use, never the amount that is there."""

    def __init__(self, use: Use) -> None:
        super().__init__(f"{use.label}: not enough")
        self.use = use


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What brought a transfer about: a row of the capability that ordered it."""

    table: str = ""
    row: int | None = None


UNKNOWN_CAUSE = Cause()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One movement to be made. `micros` is above zero; the debit account gives, the credit account gets.

    With `covered` the debit account must hold the amount beside what is reserved of it; without, it may fall below
    zero where its floor allows. `ends` names the reservation that a SETTLED or VOIDED order ends: its accounts must be
    the reservation's, its amount at most what was reserved.
    """

    key: str
    kind: Kind
    debit: int
    credit: int
    micros: int
    covered: bool = True
    phase: Phase = Phase.POSTED
    ends: Transfer | None = None
    reverses: Transfer | None = None
    cause: Cause = UNKNOWN_CAUSE


def post(orders: Sequence[Order]) -> list[Transfer]:
    """Carry out all orders and return their transfers in the same order.

    Raises NotCovered when an account lacks what it should give, Conflict when a key was used for something else or a
    reservation has ended already. Nothing has moved then, once the caller's transaction has rolled back.
    """
    assert connection.in_atomic_block, "a transfer belongs to the transaction of its cause"
    if not orders:
        return []
    accounts = _locked({one for order in orders for one in (order.debit, order.credit)})
    done = _done([order.key for order in orders])
    fresh: list[Transfer] = []
    transfers: list[Transfer] = []
    for order in orders:
        first = done.get(order.key)
        if first is not None:
            _must_be_same(first, order)
            transfers.append(first)
            continue
        made = applied(order, accounts[order.debit], accounts[order.credit])
        done[order.key] = made
        fresh.append(made)
        transfers.append(made)
    if fresh:
        moved = {one for transfer in fresh for one in (transfer.debit_id, transfer.credit_id)}
        write(accounts[one] for one in sorted(moved))
        Transfer.objects.bulk_create(fresh, batch_size=AT_ONCE // 10)
    return transfers


def post_one(order: Order) -> Transfer:
    """Carry out one order; as `post`."""
    return post([order])[0]


def undo(transfer: Transfer, *, key: str, cause: Cause = UNKNOWN_CAUSE) -> Order:
    """The order that moves a posted transfer back and names it; it need not be covered."""
    assert transfer.phase in {Phase.POSTED, Phase.SETTLED}, "a reservation is voided, not reversed"
    return Order(
        key=key,
        kind=Kind.REVERSAL,
        debit=transfer.credit_id,
        credit=transfer.debit_id,
        micros=transfer.micros,
        covered=False,
        reverses=transfer,
        cause=cause,
    )


def _locked(wanted: set[int]) -> dict[int, LedgerAccount]:
    """The accounts by key, locked until the transaction ends; SQLite's writers wait for each other as a whole."""
    found: dict[int, LedgerAccount] = {}
    keys = sorted(wanted)
    every = LedgerAccount.objects.everything(reason="whoever orders has read them within a scope")
    rows = every.select_for_update(no_key=True)
    for start in range(0, len(keys), AT_ONCE):
        chunk = rows.filter(pk__in=keys[start : start + AT_ONCE]).order_by("pk")
        found.update((one.pk, one) for one in chunk)
    assert len(found) == len(keys), "an order names an account that does not exist"
    return found


def _done(keys: Sequence[str]) -> dict[str, Transfer]:
    found: dict[str, Transfer] = {}
    for start in range(0, len(keys), AT_ONCE):
        rows = Transfer.objects.filter(key__in=keys[start : start + AT_ONCE])
        found.update((one.key, one) for one in rows)
    return found


def _must_be_same(first: Transfer, order: Order) -> None:
    ends = order.ends.pk if order.ends else None
    reverses = order.reverses.pk if order.reverses else None
    same = (
        first.kind == order.kind
        and first.phase == order.phase
        and first.debit_id == order.debit
        and first.credit_id == order.credit
        and first.micros == order.micros
        and first.ends_id == ends
        and first.reverses_id == reverses
    )
    if not same:
        raise Conflict("this key was used for another transfer")


def applied(order: Order, debit: LedgerAccount, credit: LedgerAccount) -> Transfer:
    """Change the two accounts, which are locked, in memory and return the transfer, not saved yet."""
    assert order.micros > 0
    assert debit.pk != credit.pk
    assert debit.currency == credit.currency, "amounts of two currencies never meet"
    if order.ends is not None:
        _end(order, order.ends, debit, credit)
    if order.covered and order.phase in {Phase.POSTED, Phase.RESERVED} and debit.free.micros < order.micros:
        raise NotCovered(Use(debit.use))
    if order.phase is Phase.RESERVED:
        debit.reserved += order.micros
        credit.arriving += order.micros
    elif order.phase is not Phase.VOIDED:
        debit.debits += order.micros
        credit.credits += order.micros
    if debit.floor is not None and debit.free.micros < debit.floor:
        raise NotCovered(Use(debit.use))
    if max(debit.debits, debit.reserved, credit.credits, credit.arriving) > MICROS_MAX:
        raise LimitReached("the ledger cannot count that far")
    # The clock may be moved or step back; the history of one account never does.
    moment = max(at for at in (clock.now(), debit.moved_at, credit.moved_at) if at is not None)
    debit.moved_at = credit.moved_at = moment
    return Transfer(
        key=order.key,
        kind=order.kind,
        phase=order.phase,
        at=moment,
        debit_id=debit.pk,
        credit_id=credit.pk,
        micros=order.micros,
        debit_after=debit.balance.micros,
        credit_after=credit.balance.micros,
        ends=order.ends,
        reverses=order.reverses,
        cause=order.cause.table,
        cause_id=order.cause.row,
    )


def _end(order: Order, held: Transfer, debit: LedgerAccount, credit: LedgerAccount) -> None:
    """Release what a reservation holds; the whole of it, whatever part is settled."""
    assert order.phase in {Phase.SETTLED, Phase.VOIDED}
    assert held.phase == Phase.RESERVED
    assert (held.debit_id, held.credit_id) == (debit.pk, credit.pk)
    assert order.micros <= held.micros
    if Transfer.objects.filter(ends=held).exists():
        raise Conflict("this reservation has ended")
    debit.reserved -= held.micros
    credit.arriving -= held.micros


def write(accounts: Iterable[LedgerAccount]) -> None:
    """Save the counters that `applied` has changed."""
    values = [(one.debits, one.credits, one.reserved, one.arriving, one.moved_at, one.pk) for one in accounts]
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE ledger_account SET debits = %s, credits = %s, reserved = %s, arriving = %s, moved_at = %s"
            " WHERE id = %s",
            values,
        )
