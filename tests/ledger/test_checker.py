"""The independent checker finds each kind of damage: a sound ledger as rows, and the same with one thing wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.ledger import checker

Rows = list[list[Any]]

# use: 1 issued, 2 allocable, 3 available, 4 used; the columns of checker.AccountRow and checker.TransferRow.
ACCOUNTS: Rows = [
    [1, 1, "USD", 100, 0, 0, 0, None],
    [2, 2, "USD", 60, 100, 0, 0, 0],
    [3, 3, "USD", 25, 60, 10, 0, None],
    [4, 4, "USD", 0, 25, 0, 10, None],
]
TRANSFERS: Rows = [
    [1, "grant", 1, 1, "2026-03-01", 1, 2, 100, -100, 100, None, None],
    [2, "give", 3, 1, "2026-03-02", 2, 3, 60, 40, 60, None, None],
    [3, "hold", 8, 2, "2026-03-02", 3, 4, 30, 60, 0, None, None],
    [4, "settle", 8, 3, "2026-03-03", 3, 4, 20, 40, 20, 3, None],
    [5, "charge", 5, 1, "2026-03-04", 3, 4, 5, 35, 25, None, None],
    [6, "hold again", 8, 2, "2026-03-04", 3, 4, 10, 35, 25, None, None],
]
ALLOCATIONS: Rows = [[1, 100, 100, 7, 8, 1, 100, 1], [2, 60, 60, 9, 7, 3, 60, 2]]


def found(accounts: Rows, transfers: Rows, allocations: Rows) -> list[str]:
    """What the checker says of these rows."""
    tables: dict[str, Sequence[Sequence[Any]]] = {
        checker.ACCOUNTS: accounts,
        checker.TRANSFERS: transfers,
        checker.ALLOCATIONS: allocations,
    }
    return checker.faults(tables.__getitem__)


def copies() -> tuple[Rows, Rows, Rows]:
    a, b, c = ([list(row) for row in rows] for rows in (ACCOUNTS, TRANSFERS, ALLOCATIONS))
    return a, b, c


def test_a_sound_ledger_has_no_faults() -> None:
    assert found(*copies()) == []
    replayed = checker.replay({checker.ACCOUNTS: ACCOUNTS, checker.TRANSFERS: TRANSFERS}.__getitem__)
    moment = replayed.transfers[2].at
    assert [replayed.at(3, moment), replayed.at(4, moment), replayed.at(1, moment)] == [60, 0, -100]


def put(table: int, row: int, column: int, value: Any) -> Callable[[tuple[Rows, Rows, Rows]], None]:
    def change(tables: tuple[Rows, Rows, Rows]) -> None:
        tables[table][row][column] = value

    return change


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (put(0, 2, 3, 26), "counts"),  # money out of nowhere in a counter
        (put(0, 2, 5, 0), "counts"),  # a reservation forgotten
        (put(0, 3, 2, "EUR"), "joins"),
        (put(0, 1, 7, 41), "below its floor"),
        (put(1, 1, 7, 61), "afterwards"),  # an amount changed
        (put(1, 1, 8, 41), "afterwards"),  # a balance changed
        (put(1, 1, 1, "grant"), "key that was used"),
        (put(1, 3, 10, 1), "no reservation"),  # ends what is none
        (put(1, 3, 7, 31), "has reserved"),  # settles more than was reserved
        (put(1, 4, 4, "2026-03-02"), "lies before"),  # time steps back
        (put(1, 4, 11, 2), "does not undo"),
        (put(1, 4, 2, 1), "goes from use"),  # a grant from a customer
        (put(1, 4, 7, 0), "moves nothing"),
        (put(2, 1, 1, 59), "changes"),
        (put(2, 1, 7, None), "has not one transfer"),
    ],
)
def test_each_damage_is_named(spoil: Callable[[tuple[Rows, Rows, Rows]], None], says: str) -> None:
    tables = copies()
    spoil(tables)
    assert any(says in told for told in found(*tables))


def test_a_lost_transfer_is_seen() -> None:
    for number in range(len(TRANSFERS)):
        accounts, transfers, allocations = copies()
        del transfers[number]
        assert found(accounts, transfers, allocations)
