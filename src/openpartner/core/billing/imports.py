"""Starting an import of bills, applying what a dry run has checked, and reading what became of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.billing import sources
from openpartner.core.billing.formats.known import FORMATS
from openpartner.core.billing.models import BillImport, ControlTotal
from openpartner.core.billing.months import month_of
from openpartner.core.billing.reading import Fault
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.jobs.schedule import recurring
from openpartner.core.loading.models import ImportFault
from openpartner.kit import clock

KIND = "bill.import"
NAME_MAX = 200
SAYS_MAX = 300
KEPT_FOR = timedelta(hours=24)
"""How long the file of a dry run waits to be applied."""
TOLD_FOR = timedelta(days=7)
SWEEP_EVERY_SECONDS = 3_600
OPEN = (JobState.QUEUED, JobState.RUNNING)


class ImportState(StrEnum):
    """What became of a file."""

    WAITING = "waiting"
    CHECKED = "checked"
    """A dry run found nothing wrong; nothing was changed."""
    REFUSED = "refused"
    PUBLISHED = "published"
    SAME = "same"
    """The same file had been published before: nothing was to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a file is to be read."""

    format: str = ""
    """Of the formats there are; empty to tell it by the first line."""
    is_by_days: bool = False
    """Replace only the days that the file has lines of, not the whole month of each account."""
    month: str = ""
    """The bill month of lines that name none, such as 2026-11."""
    currency: str = "USD"
    """The currency of lines that name none."""


def must_be_provider(caller: Caller) -> int:
    """The key of the provider whose bills these are. NotAllowed for anybody else, and without the permission."""
    caller.must(Permission.IMPORT)
    if caller.kind is not AccountKind.PROVIDER:
        raise NotAllowed("bills are imported by the provider")
    return caller.account


def start_import(
    caller: Caller, source: Path, *, dry_run: bool, name: str = "", asked: Asked | None = None, to_apply: bool = False
) -> BillImport:
    """Keep a copy of a file of bills and enqueue its import; returns its row, whose `job` reads it.

    `name` is what the file is called, unless the path says so. The file of a dry run `to_apply` is kept for a day when
    nothing is wrong with it, for `apply_import`. NotAllowed for anybody but the provider; Invalid when the file is too
    large or none of the formats.
    """
    provider = must_be_provider(caller)
    asked = asked or Asked()
    _check(asked)
    kept = sources.keep(source)
    try:
        fmt = sources.format_of(kept.name, asked.format)
        with transaction.atomic():
            row = BillImport.objects.create(
                provider_id=provider,
                name=(name or source.name)[:NAME_MAX],
                sha256=kept.sha256,
                format=fmt.key,
                state=ImportState.WAITING,
                created_at=clock.now(),
            )
            args = {
                "import": row.pk,
                "file": kept.name,
                "name": row.name,
                "dry_run": dry_run,
                "to_apply": to_apply,
                "days": asked.is_by_days,
                "month": asked.month,
                "currency": asked.currency,
            }
            row.job = enqueue(caller, KIND, args).pk
            row.save(update_fields=["job"])
    except BaseException:
        sources.remove(kept.name)
        raise
    return row


def apply_import(caller: Caller, import_id: int) -> BillImport:
    """Enqueue the import of a file that a dry run found nothing wrong with; asked again it is the same.

    NotVisible when there is no such import; Conflict when the dry run has not ended well or its file is gone.
    """
    must_be_provider(caller)
    with transaction.atomic():
        row = _import(caller.scope, import_id, locked=True)
        job = Job.objects.within(caller.scope).filter(pk=row.job or 0).first()
        args: dict[str, Any] = json.loads(job.args) if job else {}
        if args and not args["dry_run"]:
            return row
        if row.state != ImportState.CHECKED or not args.get("to_apply"):
            raise Conflict("only a dry run that found nothing wrong can be applied")
        if not sources.path_of(args["file"]).exists():
            raise Conflict("the file is kept for a day and is gone now; bring it again")
        row.job = enqueue(caller, KIND, {**args, "dry_run": False}).pk
        row.save(update_fields=["job"])
    return row


def get_import(scope: Scope, import_id: int) -> BillImport:
    """One import; NotVisible when it is another provider's or absent."""
    return _import(scope, import_id)


def job_of(scope: Scope, row: BillImport) -> Job | None:
    """The job that reads the file, or did last."""
    return Job.objects.within(scope).filter(pk=row.job or 0).first()


def can_be_applied(scope: Scope, row: BillImport) -> bool:
    """Whether the file of a dry run is still there to be applied."""
    job = job_of(scope, row)
    if row.state != ImportState.CHECKED or job is None or job.state != JobState.DONE:
        return False
    args = json.loads(job.args)
    return bool(args["dry_run"] and args["to_apply"]) and sources.path_of(args["file"]).exists()


def control_totals(scope: Scope, import_id: int) -> list[ControlTotal]:
    """What an import holds by cloud, month, billing account and currency."""
    rows = ControlTotal.objects.within(scope).filter(source=import_id)
    return list(rows.order_by("cloud", "month", "billing_account", "currency"))


def faults_of(scope: Scope, row: BillImport) -> list[ImportFault]:
    """What is wrong with the file, in the order of its lines; the first thousand."""
    return list(ImportFault.objects.within(scope).filter(job=row.job or 0).order_by("line", "id"))


def keep_faults(provider: int, job: int, faults: Sequence[Fault]) -> None:
    """Remember what is wrong, to be told."""
    ImportFault.objects.bulk_create(
        [
            ImportFault(owner=provider, job=job, line=one.line, column=one.column[:64], says=one.says[:SAYS_MAX])
            for one in faults
        ],
        batch_size=500,
    )


def same_before(row: BillImport) -> BillImport | None:
    """The import that published the same file, if nothing of it was replaced since."""
    published = BillImport.objects.everything(reason="the same file").filter(
        provider=row.provider_id, sha256=row.sha256, state=ImportState.PUBLISHED
    )
    before = published.exclude(pk=row.pk).order_by("-published_at", "-pk").first()
    if before is None:
        return None
    # Of the same second is later too: bringing a file again for nothing does no harm, leaving it out would.
    after = BillImport.objects.everything(reason="later files").filter(
        provider=row.provider_id, state=ImportState.PUBLISHED, published_at__gte=before.published_at
    )
    after = after.exclude(pk=before.pk)
    later = ControlTotal.objects.everything(reason="of later files").filter(
        source__in=after.values("pk"),
        provider=row.provider_id,
        cloud=OuterRef("cloud"),
        month=OuterRef("month"),
        billing_account=OuterRef("billing_account"),
    )
    own = ControlTotal.objects.everything(reason="of the same file").filter(source=before)
    return None if own.filter(Exists(later)).exists() else before


def own_imports(provider: int, formats: Sequence[str]) -> list[int]:
    """The imports that came in a vendor's own format."""
    rows = BillImport.objects.everything(reason="placing").filter(provider=provider, format__in=formats)
    return list(rows.values_list("pk", flat=True))


@recurring("bills.sweep-imports", every_seconds=SWEEP_EVERY_SECONDS)
def sweep() -> None:
    """Delete files that nobody applied within a day or that imports cut short have left, and old faults."""
    moment = clock.now()
    waiting = Job.objects.everything(reason="files in use").filter(kind=KIND, state__in=OPEN)
    sources.remove_older(
        moment - KEPT_FOR, but={json.loads(args)["file"] for args in waiting.values_list("args", flat=True)}
    )
    ended = Job.objects.everything(reason="sweeping").filter(kind=KIND, finished_at__lt=moment - TOLD_FOR)
    ImportFault.objects.everything(reason="sweeping").filter(job__in=ended.values("pk")).delete()


def _check(asked: Asked) -> None:
    if asked.format and asked.format not in FORMATS:
        raise Invalid("format", f"is none of {', '.join(FORMATS)}")
    if asked.month:
        try:
            month_of(asked.month)
        except ValueError as error:
            raise Invalid("month", "is not a month such as 2026-11") from error
    if not (len(asked.currency) == 3 and asked.currency.isascii() and asked.currency.isupper()):
        raise Invalid("currency", "is not three capital letters such as USD")


def _import(scope: Scope, import_id: int, *, locked: bool = False) -> BillImport:
    rows = BillImport.objects.within(scope).filter(pk=import_id)
    found = (rows.select_for_update() if locked else rows).first()
    if found is None:
        raise NotVisible("import")
    return found
