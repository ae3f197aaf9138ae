"""Requests that nobody answered lapse."""

from __future__ import annotations

from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.schedule import recurring
from openpartner.core.jobs.work import Work
from openpartner.core.on_behalf.endings import anything_due, lapse

LAPSE = "authorization.lapse"
EVERY_SECONDS = 3600


@recurring(LAPSE, every_seconds=EVERY_SECONDS)
def lapse_if_due() -> None:
    """Enqueue the work when a request has lapsed: an idle installation gathers no jobs."""
    if anything_due():
        enqueue(None, LAPSE, {})


@job(LAPSE)
def lapse_requests(work: Work) -> None:
    """End the requests whose time is over, some hundreds in a step."""
    ended = work.done
    while anything_due():
        with work.step():
            ended += lapse()
            work.checkpoint("", done=ended)
