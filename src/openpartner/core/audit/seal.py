"""Sealing: committed events are linked into the chain, by one process at a time, every second.

Commands insert their events unchained, so that they never queue behind one another. On PostgreSQL an event can
commit after one with a higher number was linked; it is linked as soon as it is seen. What is looked through for
such latecomers is bounded by the seals themselves: they tell which event the chain had reached, and when.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from openpartner.core.audit import chain, heads
from openpartner.core.audit.models import AuditEvent, AuditLink, AuditSeal
from openpartner.kit import clock

LINKED_AT_ONCE = 1000
"""Links of one transaction and one seal: some 30 ms of SQLite's write lock."""
LATE = timedelta(seconds=60)
"""A transaction that takes longer to commit than this is found by the next sweep instead of within a second."""
SWEPT = timedelta(hours=24)
SWEEP_EVERY_SECONDS = 600
FLOOR_KEPT_SECONDS = 30
LOCK = 0x6F70_6155_6469_7401  # any number of our own, for PostgreSQL's advisory lock


class Sealer:
    """Links and seals. One per process; it remembers up to which event nothing unlinked is expected."""

    def __init__(self) -> None:
        self._floor = 0
        self._floor_until = 0.0
        self._sweep_at = 0.0
        self._caught_up = False

    def run(self) -> int:
        """Link and seal what is new and return how many events; one indexed query when there is nothing."""
        floor = self._look_above()
        if not unlinked(floor).exists():
            return 0
        if not self._caught_up:
            self._catch_up()
        total = 0
        while count := _seal_some(floor):
            total += count
            if count < LINKED_AT_ONCE:
                break
        return total

    def _look_above(self) -> int:
        moment = time.monotonic()
        if moment >= self._sweep_at:
            # Also the first look of a process: counted from the last seal, because while nobody sealed any
            # transaction may have committed.
            self._sweep_at = moment + SWEEP_EVERY_SECONDS
            newest = AuditSeal.objects.order_by("-pk").first()
            return reached(newest.at - SWEPT) if newest is not None else 0
        if moment >= self._floor_until:
            self._floor_until = moment + FLOOR_KEPT_SECONDS
            self._floor = reached(clock.now() - LATE)
        return self._floor

    def _catch_up(self) -> None:
        newest = AuditSeal.objects.order_by("-pk").first()
        if newest is not None:
            heads.catch_up(newest)
        self._caught_up = True


def reached(moment: datetime) -> int:
    """The event that the chain had reached at a moment, 0 when there was no chain."""
    seal = AuditSeal.objects.filter(at__lte=moment).order_by("-at", "-pk").first()
    if seal is None:
        return 0
    return AuditLink.objects.filter(position=seal.count).values_list("event", flat=True).first() or 0


def unlinked(above: int = 0) -> QuerySet[AuditEvent]:
    """The events above a number that are in no link, in their order."""
    # Both sides are bounded: a merge join on PostgreSQL would otherwise walk all links.
    linked = AuditLink.objects.filter(event=OuterRef("pk"), event__gt=above)
    events = AuditEvent.objects.everything(reason="the chain spans all tenants")
    return events.filter(~Exists(linked), pk__gt=above).order_by("pk")


def _seal_some(above: int) -> int:
    """Link up to `LINKED_AT_ONCE` events and seal them; 0 when there are none or another process is at it."""
    with transaction.atomic():
        if not _alone():
            return 0
        newest = AuditSeal.objects.order_by("-pk").first()
        key = chain.read_or_make_key() if newest is None else chain.read_key()
        if newest is not None and newest.key_id != chain.key_id(key):
            raise chain.ChainKeyWrong(
                "DATA/keys/audit.key is not the key that sealed the audit log: put the right one back from the backup"
                " (every machine that runs a worker needs the same one)"
            )
        last = AuditLink.objects.order_by("-position").first()
        position, before = (last.position, last.mac) if last is not None else (0, chain.GENESIS)
        links = []
        for event in unlinked(above).values_list(*chain.FIELDS)[:LINKED_AT_ONCE]:
            position += 1
            before = chain.mac(key, before, position, event)
            links.append(AuditLink(position=position, event=event[0], mac=before))
        if not links:
            return 0
        AuditLink.objects.bulk_create(links)
        seal = AuditSeal.objects.create(at=clock.now(), count=position, head=before, key_id=chain.key_id(key))
    # After the commit: a line without its seal would look like a chain that was cut.
    heads.append(seal)
    return len(links)


def _alone() -> bool:
    """Whether no other process seals. SQLite's write transaction says so by itself."""
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        row = cursor.fetchone()
    return bool(row and row[0])
