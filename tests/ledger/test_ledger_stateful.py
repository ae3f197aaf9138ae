"""Any order of grants, allocations, reservations, bills, vouchers and freezes keeps every invariant of the ledger.

Sums are zero, nobody passes a limit, a repeat has one effect and its first answer, balances of any instant are those
that replaying gives, and two checkers that share no code find nothing (issue 5, section 7).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import SEED
from tests.ledger.machine import LedgerMachine
from tests.proofs.record import count
from tests.support.people import World

pytestmark = [pytest.mark.campaign, pytest.mark.slow]  # thousands of small transactions

RUNS = 1_000
STEPS = 40


def test_every_order_of_events_keeps_the_ledger_sound(world: World, campaign: Callable[[int], int]) -> None:
    LedgerMachine.world = world
    LedgerMachine.tally.clear()
    runs = campaign(RUNS)
    run_state_machine_as_test(
        seed(SEED)(LedgerMachine),
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # shrinking takes minutes; the failing steps are printed as they are
            suppress_health_check=list(HealthCheck),
        ),
    )
    tally = LedgerMachine.tally
    count(
        "ledger, any order of events",
        seed=SEED,
        **{name.replace(" ", "_"): tally[name] for name in sorted(tally)},
        faults=0,
    )
    assert tally["runs"] >= runs // 2
    assert tally["refusals"] > 0
