"""Walking the chain: what was edited, deleted, moved, cut off or never sealed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from django.db.models import Exists, OuterRef

from openpartner.core.audit import chain, heads
from openpartner.core.audit.chain import Row
from openpartner.core.audit.heads import Head
from openpartner.core.audit.models import AuditEvent, AuditLink, AuditSeal
from openpartner.core.audit.seal import unlinked
from openpartner.kit import clock

READ_AT_ONCE = 2000
UNSEALED_AFTER = timedelta(seconds=10)
"""A worker links within a second or two; an event that waits longer says that none runs, or none can."""
TOLD_MAX = 100
"""Faults of one kind that are told one by one; all are counted."""
SUSPECTS_COMPARED_MAX = 30
"""Links compared with one another to tell a moved one from an edited one: the work grows with the cube."""

Progress = Callable[[int, int], None]


class FaultKind(StrEnum):
    """What can be wrong with the log."""

    EDITED = "edited"
    DELETED = "deleted"
    REORDERED = "reordered"
    GAP = "gap"
    TRUNCATED = "truncated"
    HEAD = "another head"
    UNSEALED = "unsealed"


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding and the sentence people read."""

    kind: FaultKind
    says: str


@dataclass(slots=True)
class Report:
    """What a walk found. `sealed_at` is when the newest seal was made, None before the first."""

    links: int = 0
    sealed_at: datetime | None = None
    faults: list[Fault] = field(default_factory=list)
    counts: Counter[FaultKind] = field(default_factory=Counter)
    torn_lines: int = 0
    """Lines of heads.log that cannot be read: a power cut tears one, and proves nothing."""

    @property
    def broken(self) -> bool:
        return bool(self.counts)

    def add(self, kind: FaultKind, says: str) -> None:
        self.counts[kind] += 1
        if self.counts[kind] <= TOLD_MAX:
            self.faults.append(Fault(kind, says))


@dataclass(frozen=True, slots=True)
class Suspect:
    """A link whose hash is not what its event and its place say."""

    position: int
    event: int
    mac: str
    before: str
    row: Row


def verify(progress: Progress = lambda _done, _total: None) -> Report:
    """Compare events, links, seals and the file of heads with one another and return what does not fit.

    Sealing may go on meanwhile. Raises ChainKeyWrong when the key is absent and there is something to verify.
    """
    report = Report()
    # From the outside in: all that a head or a seal speaks of is older than it, so it is there when we look for it.
    _compare_heads(report)
    _compare_seals(report)
    _walk(report, progress)
    _find_unsealed(report)
    return report


def _compare_heads(report: Report) -> None:
    cut: Head | None = None
    for batch in _batches(heads.heads()):
        report.torn_lines += sum(1 for head in batch if head is None)
        whole = [head for head in batch if head is not None]
        macs = dict(AuditLink.objects.filter(position__in=[h.count for h in whole]).values_list("position", "mac"))
        last = _last_position()
        for head in whole:
            if head.count > last:
                cut = head if cut is None or head.count > cut.count else cut
            elif macs.get(head.count, head.head) != head.head:
                report.add(
                    FaultKind.HEAD,
                    f"line {head.line} of heads.log tells another head for link {head.count}: the chain was rewritten, "
                    "or cut off and continued",
                )
    if cut is not None:
        report.add(
            FaultKind.TRUNCATED,
            f"line {cut.line} of heads.log tells of {cut.count} links, but the chain ends at {_last_position()}: "
            "its tail was cut off (or the database was restored or replaced; if that was meant, put heads.log aside)",
        )


def _compare_seals(report: Report) -> None:
    newest = AuditSeal.objects.order_by("-pk").first()
    report.sealed_at = newest.at if newest is not None else None
    sealed = AuditSeal.objects.order_by("-count").values_list("count", flat=True).first() or 0
    last = _last_position()
    if sealed > last:
        report.add(FaultKind.TRUNCATED, f"a seal closes {sealed} links, but the chain ends at {last}: it was cut off")
    # Asked again: links and their seal are committed together, but perhaps between our two reads.
    elif sealed < last and not AuditSeal.objects.filter(count__gte=last).exists():
        report.add(FaultKind.GAP, f"the chain has {last} links, but the last seal closes {sealed}: seals are missing")
    same = AuditLink.objects.filter(position=OuterRef("count"), mac=OuterRef("head"))
    for seal in AuditSeal.objects.filter(~Exists(same), count__lte=last).order_by("pk").iterator(READ_AT_ONCE):
        report.add(FaultKind.HEAD, f"seal {seal.pk} tells another head for link {seal.count}")


def _walk(report: Report, progress: Progress) -> None:
    last = _last_position()
    if not last:
        return
    key = chain.read_key()
    suspects: list[Suspect] = []
    position, before = 0, chain.GENESIS
    while position < last:
        links = list(
            AuditLink.objects.filter(position__gt=position, position__lte=last)
            .order_by("position")
            .values_list("position", "event", "mac")[:READ_AT_ONCE]
        )
        rows = _events([event for _, event, _ in links])
        for place, event, mac in links:
            follows = place == position + 1
            if not follows:
                report.add(FaultKind.GAP, f"links {position + 1} to {place - 1} are missing")
            row = rows.get(event)
            if row is None:
                report.add(FaultKind.DELETED, f"event {event} (link {place}) is missing or cannot be read")
            elif follows and chain.mac(key, before, place, row) != mac:
                suspects.append(Suspect(place, event, mac, before, row))
            position, before = place, mac
        report.links += len(links)
        progress(position, last)
        if len(suspects) > SUSPECTS_COMPARED_MAX:
            _tell(key, suspects, report)
            suspects = []
    _tell(key, suspects, report)


def _events(keys: list[int]) -> dict[int, Row]:
    """The rows of these events by key; one that Django cannot even read is left out."""
    events = AuditEvent.objects.everything(reason="the chain spans all tenants")
    try:
        return {row[0]: row for row in events.filter(pk__in=keys).values_list(*chain.FIELDS)}
    except ValueError:
        if len(keys) == 1:
            return {}
        half = len(keys) // 2
        return _events(keys[:half]) | _events(keys[half:])


def _tell(key: bytes, suspects: list[Suspect], report: Report) -> None:
    """Say of each suspect whether it was moved or edited."""
    compared = suspects[:SUSPECTS_COMPARED_MAX]
    macs = {mac for other in compared for mac in (other.before, other.mac)}
    for suspect in suspects:
        if any(chain.mac(key, mac, suspect.position, suspect.row) == suspect.mac for mac in macs):
            continue  # whole in itself: it is the link before it that is told
        says = f"link {suspect.position} and event {suspect.event} do not fit"
        if suspect in compared and _moved(key, suspect, compared, macs):
            report.add(FaultKind.REORDERED, f"{says}: they were put in another order")
        else:
            report.add(FaultKind.EDITED, f"{says}: one of them was edited")


def _moved(key: bytes, suspect: Suspect, others: Iterable[Suspect], macs: set[str]) -> bool:
    """Whether the link was made for another suspect's event, or for another suspect's place."""
    for other in others:
        if chain.mac(key, suspect.before, suspect.position, other.row) == suspect.mac:
            return True
        if any(chain.mac(key, mac, other.position, suspect.row) == suspect.mac for mac in macs):
            return True
    return False


def _find_unsealed(report: Report) -> None:
    late = unlinked().filter(at__lt=clock.now() - UNSEALED_AFTER)
    count = late.count()
    if count:
        oldest = late.order_by("at", "pk").values_list("pk", "at")[0]
        report.add(
            FaultKind.UNSEALED,
            f"{count} events are in no link, the oldest is event {oldest[0]} of {oldest[1]:%F %T} UTC: "
            "does a worker run?",
        )


def _last_position() -> int:
    return AuditLink.objects.order_by("-position").values_list("position", flat=True).first() or 0


def _batches(items: Iterator[Head | None]) -> Iterator[list[Head | None]]:
    while batch := list(islice(items, READ_AT_ONCE)):
        yield batch
