"""Recurring work: each slot of time is a row, and whoever inserts it does what is due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection, transaction

from openpartner.core.jobs.models import Job, Tick
from openpartner.kit import clock

log = logging.getLogger("openpartner.jobs")

TICKS_KEPT = 100
"""Slots of each name that stay to be looked at; older ones are deleted with the next slot."""
FORGOTTEN_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Recurring:
    """Something done once per slot of so many seconds, by one worker of all."""

    name: str
    every_seconds: int
    run: Callable[[], None]


RECURRING: dict[str, Recurring] = {}


def recurring(name: str, *, every_seconds: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a function to run once per slot, in the transaction that takes the slot.

    It should be short, and enqueue a job for anything longer: slot and job are then committed together.
    """
    assert every_seconds >= 1

    def decorate(run: Callable[[], None]) -> Callable[[], None]:
        assert name not in RECURRING, name
        RECURRING[name] = Recurring(name, every_seconds, run)
        return run

    return decorate


class Timetable:
    """What this process has already tried, so that a slot costs one attempt and not one query per second."""

    def __init__(self) -> None:
        self._tried: dict[str, int] = {}

    def run_due(self) -> list[str]:
        """Run what is due and not yet taken; returns the names. Slots missed while nobody ran are not made up for.

        One that fails is logged and left to the other workers, and to the next slot.
        """
        ran = []
        for entry in RECURRING.values():
            slot = clock.epoch_seconds() // entry.every_seconds
            if self._tried.get(entry.name) == slot:
                continue
            self._tried[entry.name] = slot
            try:
                if _run_slot(entry, slot):
                    ran.append(entry.name)
            except (InterfaceError, OperationalError):
                del self._tried[entry.name]  # the database is away, not the work at fault
                raise
            except Exception:
                log.exception("%s failed in slot %d", entry.name, slot)
        return ran


def forget_ended(age: timedelta) -> int:
    """Delete up to a thousand of the system's own jobs that ended longer ago than this; returns how many."""
    ended = Job.objects.everything(reason="jobs of the system belong to no tenant").filter(
        account__isnull=True, finished_at__lt=clock.now() - age
    )
    keys = list(ended.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    if not keys:
        return 0
    with transaction.atomic():
        return ended.filter(pk__in=keys).delete()[0]


def _run_slot(entry: Recurring, slot: int) -> bool:
    # Read first: on SQLite even an insertion that changes nothing waits for the write lock.
    if Tick.objects.filter(name=entry.name, slot=slot).exists():
        return False
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO tick (name, slot) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING id", [entry.name, slot]
            )
            if not cursor.fetchall():
                return False
        Tick.objects.filter(name=entry.name, slot__lt=slot - TICKS_KEPT).delete()
        entry.run()
    return True
