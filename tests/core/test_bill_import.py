"""Importing bills (issue 4, section 2): exact, whole, mapped by the dated table alone, replaced exactly, interrupted safely."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from openpartner.core.billing.imports import Asked, ImportState, apply_import, control_totals, faults_of, start_import
from openpartner.core.billing.models import BillFile, BillImport, BillMonth
from openpartner.core.billing.queries import BillFilter, Dimension, sums
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.models import Job
from openpartner.core.jobs.run import run_claimed
from openpartner.worker.callers import rebuild
from tests.support.people import World

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parents[1] / "data" / "focus" / "focus_sample_1000.csv"
SAMPLE_BILLED = Decimal("20.52022672899")
"""sum(BilledCost), as tests/data/focus/README.md says."""
ALL_MONTHS = BillFilter(first_month=0, last_month=99_999)


def work() -> None:
    """Do every job that waits, as a worker would."""
    from openpartner.core.jobs.registry import KINDS

    while (claimed := claim(process_token(), sorted(KINDS))) is not None:
        run_claimed(claimed, rebuild, lambda: False)


def bring(
    world: World, path: Path, *, dry_run: bool = False, asked: Asked | None = None, to_apply: bool = False
) -> BillImport:
    """Import a file as the provider and return its row when it is done."""
    row = start_import(world.pia.caller, path, dry_run=dry_run, asked=asked, to_apply=to_apply)
    work()
    row.refresh_from_db()
    return row


def totals(world: World, where: BillFilter = ALL_MONTHS, *by: Dimension) -> dict[object, tuple[int, Decimal]]:
    found = sums(world.pia.caller.scope, where, by, ["total_cost"])
    return {tuple(row[:-2]): (row[-2], row[-1]) for row in found}


def test_the_focus_sample_goes_in_whole(world: World) -> None:
    row = bring(world, SAMPLE)
    job = Job.objects.everything(reason="test").get(pk=row.job)
    assert job.state == "done", job.error
    assert (row.state, row.lines, row.parked, row.faults) == (ImportState.PUBLISHED, 1000, 1000, 0)
    controls = control_totals(world.pia.caller.scope, row.pk)
    assert sum(Decimal(one.billed_delivered) for one in controls) == SAMPLE_BILLED
    assert sum(one.lines for one in controls) == 1000
    for one in controls:
        assert Decimal(one.billed_delivered) == Decimal(one.billed_booked) + Decimal(one.left_over)
    print(totals(world, ALL_MONTHS, Dimension.CLOUD))
    for one in controls:
        assert abs(Decimal(one.left_over)) < Decimal("0.00000001")
