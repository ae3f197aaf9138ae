"""Mending a month whose files are damaged and cannot be brought back from a copy.

A summary is made anew from its lines and nothing is lost. Lines that are lost are given up only when an operator says
so; the month says so too, as a restatement, and the same files can be imported again.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from django.db import transaction

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, NotVisible, Unavailable
from openpartner.core.base.scope import Scope
from openpartner.core.billing.imports import must_be_provider
from openpartner.core.billing.intact import check
from openpartner.core.billing.lake import working_lake
from openpartner.core.billing.models import BillFile, BillImport, BillMonth, BillVersion, ControlTotal, Reason
from openpartner.core.billing.months import month_text
from openpartner.core.billing.publishing import Publication, Stale, current_files, new_token, publish
from openpartner.lake.grains import grains_of
from openpartner.lake.store import Lake
from openpartner.lake.summaries import write_summary


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of a month: the version it has now, and what had to be given up for it."""

    version: int
    lost_files: tuple[str, ...]
    lost_lines: int


def mend_month(caller: Caller, *, cloud: str, month: int, give_up_lost_lines: bool = False) -> Mended:
    """Publish a month again without its damaged files and with a new summary.

    NotAllowed but for the provider's own people who may import; NotVisible when there is no such month; Conflict when
    nothing is damaged, when lines would be lost that nobody has given up, or when the month moved on meanwhile.
    """
    rows = BillMonth.objects.within(Scope(provider=must_be_provider(caller)))
    row = rows.filter(cloud=cloud, month=month, version__gt=0).first()
    if row is None:
        raise NotVisible("month of bills")
    lake, files = working_lake(), current_files(row)
    version = BillVersion.objects.within(caller.scope).get(month=row, number=row.version)
    lost = [file for file in files if not _is_intact(lake, file.name)]
    if not lost and _is_intact_summary(lake, version.summary):
        raise Conflict("none of its files is damaged or missing")
    lines = sum(file.lines for file in lost)
    if lost and not give_up_lost_lines:
        raise Conflict(
            f"{lines} lines in {len(lost)} files are damaged or missing: bring the files back from a copy, or give the"
            " lines up"
        )
    return _publish(caller, lake, row, [file for file in files if file not in lost], lost)


def _publish(caller: Caller, lake: Lake, row: BillMonth, kept: list[BillFile], lost: list[BillFile]) -> Mended:
    with closing(lake.connect()) as connection:
        summary = write_summary(lake, connection, [file.name for file in kept], month_text(row.month))
    lines, names = sum(file.lines for file in lost), tuple(file.name for file in lost)
    plan = Publication(
        token=new_token(),
        drop=[file.pk for file in lost],
        summary=summary,
        reason=Reason.RESTATE,
        changes={"lines_lost": lines, "files_lost": list(names)},
    )
    try:
        with transaction.atomic():
            version = publish(caller, row, plan)
            if lost:
                _forget_sources(row)
    except Stale as error:
        raise Conflict("somebody has published the month meanwhile; look at it again") from error
    return Mended(version.number, names, lines)


def _forget_sources(row: BillMonth) -> None:
    """Have the files that brought the lines count as new: the same file again would otherwise change nothing."""
    totals = ControlTotal.objects.everything(reason="of the month that is mended").filter(
        provider=row.provider_id, cloud=row.cloud, month=row.month
    )
    imports = BillImport.objects.everything(reason="likewise").filter(pk__in=totals.values("source"))
    imports.update(sha256="")


def _is_intact_summary(lake: Lake, head: str) -> bool:
    return _is_intact(lake, head) and all(_is_intact(lake, part.name) for part in grains_of(lake, head).parts)


def _is_intact(lake: Lake, name: str) -> bool:
    try:
        check(lake, [name], again=True)
    except Unavailable:
        return False
    return True
