"""Sharing cases out between the engines leaves none of them out (CONTRIBUTING.md, "Tests")."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from functools import cache

import pytest

from tests.support import turns

FILES = "tests/wire/test_huawei_tokens.py", "tests/core/test_find.py", "tests/console/browser/test_lists.py"
SHARED = FILES[0]
TODAY = date(2026, 11, 22)


@cache
def cases(turn: str | None) -> frozenset[str]:
    """What an engine takes of the files."""
    environment = {name: value for name, value in os.environ.items() if name != turns.TURN}
    if turn is not None:
        environment[turns.TURN] = turn
    asked = [sys.executable, "-m", "pytest", *FILES, "--collect-only", "-q"]
    done = subprocess.run(asked, cwd=turns.TESTS.parent, env=environment, capture_output=True, text=True, check=True)
    return frozenset(line for line in done.stdout.splitlines() if "::" in line)


def named(found: frozenset[str]) -> set[str]:
    """The tests of cases."""
    return {case.partition("[")[0] for case in found}


@pytest.mark.slow  # three collections
def test_each_case_is_taken_and_each_test_by_both() -> None:
    every, first, second = (cases(turn) for turn in (None, *(told[turns.TURN] for told in turns.both(TODAY))))
    assert first | second == every
    assert named(first) == named(second) == named(every)
    both = {case for case in first & second if case.startswith(SHARED)}
    assert {case for case in both if "[" in case} == set(), "alike cases are taken once"
    assert len(first) < len(every) > len(second)
    assert {case for case in every if not case.startswith(SHARED)} <= first & second, "others are not shared"


@pytest.mark.parametrize("many", [2, 3, 4, 7])
def test_every_case_comes_to_each_engine_within_days(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[set[int]] = []
    for ahead in range(6):
        day = []
        for told in turns.both(TODAY + timedelta(days=ahead)):
            monkeypatch.setenv(turns.TURN, told[turns.TURN])
            day.append({number for number in range(many) if turns.is_own(number, many)})
        first, second = day
        assert first, "each engine takes some"
        assert second, "each engine takes some"
        assert first.isdisjoint(second)
        assert first | second == set(range(many))
        taken += [first, second]
    assert set.union(*taken[::2]) == set.union(*taken[1::2]) == set(range(many))


def test_every_choice_has_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = ["dark", "light"]
    monkeypatch.delenv(turns.TURN, raising=False)
    assert turns.todays(looks, "any") == looks
    for name in ("customers/", "credit/"):
        seen: list[str] = []
        for ahead in range(2):
            first, second = (told[turns.TURN] for told in turns.both(TODAY + timedelta(days=ahead)))
            monkeypatch.setenv(turns.TURN, first)
            seen += turns.todays(looks, name)
            monkeypatch.setenv(turns.TURN, second)
            assert turns.todays(looks, name) == seen[-1:], "a day is the same for both"
        assert sorted(seen) == looks


def test_every_case_has_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(turns.TURN, raising=False)
    assert turns.every_other("abcde") == "abcde"
    days: list[str] = []
    for ahead in range(2):
        monkeypatch.setenv(turns.TURN, turns.both(TODAY + timedelta(days=ahead))[0][turns.TURN])
        days.append("".join(turns.every_other("abcde")))
        assert turns.every_other("a") == "a", "what has no other half is tested every day"
    assert sorted(days) == ["ace", "bd"]
