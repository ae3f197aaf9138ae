"""The recurring work on contracts."""

from __future__ import annotations

from openpartner.core.agreements.timers import anything_due, look_at_due
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.schedule import recurring
from openpartner.core.jobs.work import Work

CONTRACTS = "agreements.contracts"
EVERY_SECONDS = 600


@recurring(CONTRACTS, every_seconds=EVERY_SECONDS)
def look_if_needed() -> None:
    """Enqueue the work when a contract's time has come: an idle installation gathers no jobs."""
    if anything_due():
        enqueue(None, CONTRACTS, {})


@job(CONTRACTS)
def look_at_contracts(work: Work) -> None:
    """Announce that contracts can be renewed, renew them when nobody asked for their end, and end the others."""
    while look_at_due():
        work.heartbeat()
