"""Having standings looked at again by a worker."""

from __future__ import annotations

from collections.abc import Collection

from openpartner.core.jobs.enqueue import enqueue

REASSESS = "credit.reassess"
AT_ONCE = 5_000
"""Customers in a job."""


def ask_to_reassess(keys: Collection[int]) -> None:
    """Enqueue it for customers, by primary key; part of the transaction that changes something."""
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), AT_ONCE):
        enqueue(None, REASSESS, {"customers": wanted[start : start + AT_ONCE]})
