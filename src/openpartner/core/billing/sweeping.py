"""Deleting files of the lake that no reader needs any more.

Never a file that a current version may read: only rows that a publication has ended, or that no publication took, are
deleted, and then their files; what is on the disk without a row goes once it is old. A sweep that dies leaves files
without rows, which the next one finds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from openpartner.core.billing.lake import working_lake
from openpartner.core.billing.models import BillFile, BillRange, BillSpan, BillVersion
from openpartner.core.billing.publishing import STAGED_FOR
from openpartner.kit import clock
from openpartner.lake.grains import head_of
from openpartner.lake.shelves import Folder, Shelf
from openpartner.lake.store import LINES, SPILL, STAGING, SUMMARIES, Lake

log = logging.getLogger("openpartner.lake")

KIND = "bill.sweep"
UNNAMED_FOR = timedelta(days=1)
"""A file that no row names is older than this before it is deleted: it may be of an attempt that is still writing."""
BESIDE_FOR = timedelta(days=2)
"""The same for what jobs leave in the folders they work in."""
ROWS_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """How old things must be before they are deleted."""

    replaced: timedelta
    staged: timedelta = STAGED_FOR
    unnamed: timedelta = UNNAMED_FOR
    beside: timedelta = BESIDE_FOR

    @classmethod
    def of_settings(cls) -> Ages:
        """Those of this installation."""
        return cls(replaced=timedelta(hours=settings.OPENPARTNER.lake_grace_hours))


@dataclass(slots=True)
class Swept:
    """What a sweep has deleted."""

    files: int = 0
    size: int = 0


def anything_to_sweep() -> bool:
    """Whether rows of replaced or forsaken files are old enough: one indexed query."""
    return _due(Ages.of_settings()).exists()


def sweep(ages: Ages, beat: Callable[[], None] = lambda: None, *, is_cautious: bool = True) -> Swept:
    """Delete what is old enough and return how much that was.

    A cautious sweep leaves unnamed files alone while more files are unnamed than named: the lake may be that of
    another database, which somebody is about to restore.
    """
    lake, swept = working_lake(), Swept()
    while keys := list(_due(ages).values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        for name in _forget(_due(ages), keys):
            _delete(lake.shelf, name, swept)
        beat()
    for folder, names in ((LINES, _of_lines), (SUMMARIES, _of_summaries)):
        listed = list(lake.shelf.listed(folder))  # before the manifest: what comes meanwhile is left alone
        named, replaced = names(ages)
        before = (clock.now() - ages.unnamed).timestamp()
        unnamed = [one.name for one in listed if head_of(one.name) not in named and one.at <= before]
        if is_cautious and len(unnamed) * 2 > len(listed):
            log.warning("%s: %d of %d files are unknown and left alone", folder, len(unnamed), len(listed))
            unnamed = []
        for name in (*unnamed, *(one.name for one in listed if head_of(one.name) in replaced)):
            _delete(lake.shelf, name, swept)
        beat()
    for folder in (STAGING, SPILL):
        _clear(lake, folder, (clock.now() - ages.beside).timestamp(), swept)
    return swept


def _due(ages: Ages) -> QuerySet[BillFile]:
    """Files that a publication has ended, and files that none took, long enough ago. Neither ever comes back."""
    moment = clock.now()
    replaced = Q(until__isnull=False, gone_at__isnull=False, gone_at__lte=moment - ages.replaced)
    forsaken = Q(since__isnull=True, staged_at__lte=moment - ages.staged)
    return BillFile.objects.everything(reason="files that nobody reads any more").filter(replaced | forsaken)


def _forget(due: QuerySet[BillFile], keys: list[int]) -> list[str]:
    """Delete the rows of some files that are still due, and return the names of the files."""
    with transaction.atomic():
        # Locked before their ranges go: a publication at this moment takes all of a file or finds nothing of it.
        rows = dict(due.select_for_update().filter(pk__in=keys).values_list("pk", "name"))
        for part in (BillRange, BillSpan):
            part.objects.everything(reason="of files that are deleted").filter(file__in=list(rows)).delete()
        due.filter(pk__in=list(rows)).delete()
    return list(rows.values())


def _of_lines(_ages: Ages) -> tuple[set[str], set[str]]:
    """Every file of lines that has a row; none of them has been replaced for long, or its row would be gone."""
    rows = BillFile.objects.everything(reason="every file that is named")
    return set(rows.values_list("name", flat=True)), set()


def _of_summaries(ages: Ages) -> tuple[set[str], set[str]]:
    """The heads of the summaries of all versions, and among them those that were replaced long enough ago."""
    before = clock.now() - ages.replaced
    named, replaced = set(), set()
    versions = BillVersion.objects.everything(reason="every summary that is named").order_by("month", "-number")
    rows = versions.values_list("month", "summary", "published_at")
    for _month, of_month in groupby(rows.iterator(), key=itemgetter(0)):
        replaced_at: datetime | None = None
        for _pk, name, published_at in of_month:
            named.add(name)
            if replaced_at is not None and replaced_at <= before:
                replaced.add(name)
            replaced_at = published_at
    return named, replaced


def _delete(shelf: Shelf, name: str, swept: Swept) -> None:
    try:
        size = shelf.size(name)
        shelf.remove(name)
    except FileNotFoundError:
        return
    swept.files += 1
    swept.size += size


def _clear(lake: Lake, folder: str, before: float, swept: Swept) -> None:
    """Delete what has not been touched since then, files and the folders that held nothing else."""
    paths = sorted(lake.path(folder).rglob("*"), reverse=True)  # what is inside comes first
    folders = [path for path in paths if path.is_dir() and path.stat().st_mtime < before]
    disk = Folder(lake.root)
    for one in list(disk.listed(folder)):
        if one.at < before:
            _delete(disk, one.name, swept)
    for path in folders:
        with suppress(OSError):  # something is still in it
            path.rmdir()
