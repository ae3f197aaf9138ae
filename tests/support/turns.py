"""Cases shared out between the engines where both are tested at once: a day this one's, a day the other's.

What is shared out are the cases of one test that differ in what is asked of a page or an operation, where the database
does the same for each; the test itself still runs on both engines. The folders that hold such tests are SHARED, and a
file elsewhere says so with the mark `turns`. Two long sweeps take halves by day on either engine (`todays`,
`every_other`). Alone (`pytest`, `make test-postgres`, `make prove`) a run takes everything.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import pytest

TURN = "OPENPARTNER_TEST_TURN"
"""The day's turn and whose it is, such as `2 of first`; nothing for who takes all."""
FIRST, SECOND = "first", "second"
SHARES = 3
"""The first has the browser tests to itself, so it takes one of so many alike cases and the second the others."""
Choice = TypeVar("Choice")
TESTS = Path(__file__).parents[1]
SHARED = [TESTS / name for name in ("console", "faults", "listings", "sdk", "wire")]
WHOLE = TESTS / "console" / "browser"
"""It runs on one engine alone."""


def both(day: date) -> tuple[dict[str, str], dict[str, str]]:
    """What the first and the second of two engines that are tested at once are told."""
    turn = day.toordinal() % (2 * SHARES)
    return {TURN: f"{turn} of {FIRST}"}, {TURN: f"{turn} of {SECOND}"}


def taken(items: Iterable[pytest.Item]) -> set[pytest.Item]:
    """The cases the engine takes, whatever order they come in."""
    own: set[pytest.Item] = set()
    for _test, group in groupby(sorted(items, key=_place), key=_test_of):
        cases = list(group)
        shared = len(cases) > 1 and _is_shared(cases[0])
        own.update(case for number, case in enumerate(cases) if not shared or is_own(number, len(cases)))
    return own


def is_own(number: int, cases: int) -> bool:
    """Whether the engine takes the case of this number among so many alike ones; each takes some."""
    told = os.environ.get(TURN)
    if told is None:
        return True
    turn, _of, whose = told.split()
    return ((number + int(turn)) % min(cases, SHARES) == 0) == (whose == FIRST)


def todays(choices: Sequence[Choice], name: str) -> Sequence[Choice]:
    """All choices; where both engines are tested at once, the one whose day it is for what bears the name."""
    told = os.environ.get(TURN)
    if told is None:
        return choices
    return [choices[(crc32(name.encode()) + int(told.split()[0])) % len(choices)]]


def every_other(cases: Sequence[Choice]) -> Sequence[Choice]:
    """All cases; where both engines are tested at once, one half a day and the other half the next."""
    told = os.environ.get(TURN)
    return cases if told is None else cases[int(told.split()[0]) % 2 :: 2] or cases


def _test_of(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _place(item: pytest.Item) -> tuple[str, int]:
    """Alike cases in an order that has nothing to do with what their names say: each engine gets some of everything."""
    return _test_of(item), crc32(item.nodeid.encode())


def _is_shared(item: pytest.Item) -> bool:
    if any(item.iter_markers("engine")) or item.path.is_relative_to(WHOLE):
        return False
    return any(item.iter_markers("turns")) or any(item.path.is_relative_to(folder) for folder in SHARED)
