"""The kinds of jobs: each a function of `Work`, registered under a stable name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from openpartner.core.base.permissions import Permission
from openpartner.core.jobs.work import Work

Run = Callable[[Work], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind: its function, and the permission its caller must still hold when it runs."""

    name: str
    run: Run
    permission: Permission | None
    doc: str


KINDS: dict[str, Kind] = {}
"""Every kind by name. A capability's kinds stand in its `jobs.py`, which is imported when Django starts."""


def job(name: str, *, permission: Permission | None = None) -> Callable[[Run], Run]:
    """Register a function as a kind of job.

    The function may be called again from any checkpoint it wrote: after a crash, after a stop, and once more at
    its last checkpoint when the worker died just before the job was marked as done.
    """

    def decorate(run: Run) -> Run:
        assert name not in KINDS, name
        KINDS[name] = Kind(name, run, permission, (inspect.getdoc(run) or "").split("\n")[0])
        return run

    return decorate
