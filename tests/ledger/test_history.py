"""The check of histories accepts what can be put in order and names what cannot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.ledger.checker import TransferRow
from tests.ledger.history import check

NOON = datetime(2026, 3, 1, tzinfo=UTC)
FROM, TO = 1, 2


def transfer(number: int, micros: int, debit_after: int, credit_after: int) -> TransferRow:
    return TransferRow(number, f"k{number}", 3, 1, NOON, FROM, TO, micros, debit_after, credit_after, None, None)


TRANSFERS = [transfer(1, 100, -100, 100), transfer(2, 10, -110, 110), transfer(3, 5, -115, 115)]
"""The first happened before everybody."""


def move(number: int, called: int, answered: int, **told: int) -> dict[str, Any]:
    one = TRANSFERS[number - 1]
    seen = {"debit_after": one.debit_after, "credit_after": one.credit_after}
    return {"op": "move", "transfer": number, "called": called, "answered": answered, **seen, **told}


def look(version: int, called: int, answered: int) -> dict[str, Any]:
    return {"op": "look", "account": TO, "version": version, "called": called, "answered": answered}


def refused(micros: int, called: int, answered: int) -> dict[str, Any]:
    return {"op": "refused", "account": TO, "micros": micros, "called": called, "answered": answered}


MOVES = [move(2, 10, 20), move(3, 15, 30)]


def said(*more: dict[str, Any], moves: list[dict[str, Any]] = MOVES) -> list[str]:
    return check([*moves, *more], TRANSFERS, 1).faults


def test_what_overlaps_may_be_in_either_order() -> None:
    assert said(look(100, 5, 18), look(110, 12, 16), look(115, 16, 40), refused(111, 1, 12)) == []


def test_a_move_that_began_after_another_was_answered_is_behind_it() -> None:
    assert said(moves=[move(2, 31, 40), move(3, 10, 20)]) == [
        "1 operations have no instant between their call and their answer"
    ]


def test_a_look_behind_what_was_acknowledged_is_stale() -> None:
    assert len(said(look(110, 31, 40))) == 1  # the move to 115 was answered at 30
    assert len(said(look(115, 1, 9))) == 1  # and none had begun before 10


def test_two_looks_do_not_go_back() -> None:
    assert said(look(115, 16, 18), look(110, 19, 30))


def test_what_never_was_cannot_be_seen() -> None:
    assert said(look(112, 10, 30)) == [f"account {TO} was seen at 112, which it never was"]


def test_lost_invented_and_doubled_moves_are_named() -> None:
    assert any("nobody was told" in told for told in said(moves=[MOVES[0]]))
    assert any("not there" in told for told in said({**MOVES[0], "transfer": 9}))
    assert any("one transfer" in told for told in said(MOVES[0]))


def test_wrong_answers_are_named() -> None:
    assert any("was told" in told for told in said(moves=[move(2, 10, 20, credit_after=111), MOVES[1]]))
    assert any("something else" in told for told in said({**MOVES[0], "repeats": True, "credit_after": 1}))
    assert said({**MOVES[0], "repeats": True}) == []


def test_a_refusal_needs_an_instant_at_which_it_was_right() -> None:
    assert said(refused(100, 31, 40)) == [f"account {TO} was refused 100, and had it all the while"]
    assert said(refused(112, 5, 12)) == []  # at 10 there were 100
    assert said(refused(112, 31, 40))  # from 30 on there are 115
