"""Starting an import, applying what a dry run has checked, and reading how an import stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.jobs.schedule import recurring
from openpartner.core.loading import files, uploads
from openpartner.core.loading.jobs import KIND, Phase, forget_staged, is_kept
from openpartner.core.loading.models import ImportFault, StagedAccount
from openpartner.kit import clock

NAME_MAX = 100
ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
OPEN = (JobState.QUEUED, JobState.RUNNING)
KEPT_FOR = timedelta(hours=24)
"""How long the file of a dry run waits to be applied."""
TOLD_FOR = timedelta(days=7)
"""How long the faults of an import are told: they quote the file."""
SWEEP_EVERY_SECONDS = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """How an import stands."""

    job: int
    name: str
    """What the file was called where it came from."""
    is_dry_run: bool
    state: JobState
    phase: Phase | None
    """None while it waits and after it has ended."""
    done: int
    total: int
    outcome: dict[str, int]
    """How many rows there are and what becomes of them; empty until it is done."""
    error: str
    can_be_applied: bool
    applied_by: int | None
    """The job that applied what this dry run had checked."""
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN


def start_import(caller: Caller, source: Path, *, dry_run: bool, name: str = "", to_apply: bool = False) -> Job:
    """Keep a copy of the file and enqueue its import; returns the job.

    `name` is what the file is called, unless the path says so. The file of a dry run `to_apply` is kept for a day
    when nothing is wrong with it, for `apply_import`. NotAllowed without the permission; Invalid when the file is too
    large, expands to too much or has no known header.
    """
    caller.must(Permission.IMPORT)
    _forget_ended(caller)
    kept = uploads.keep(source)
    try:
        files.check(uploads.path_of(kept), uploads.bytes_max())
        args: dict[str, Any] = {"file": kept, "name": (name or source.name)[:NAME_MAX], "dry_run": dry_run}
        return enqueue(
            caller, KIND, {**args, "at": clock.now().isoformat(), **({"to_apply": True} if to_apply else {})}
        )
    except BaseException:
        uploads.remove(kept)
        raise


def apply_import(caller: Caller, job_id: int) -> Job:
    """Enqueue the import of the file that a dry run found nothing wrong with; returns its job, asked again the same.

    NotVisible when the dry run is another account's or absent; Conflict when it has not ended well or its file is
    gone, a day later.
    """
    caller.must(Permission.IMPORT)
    with transaction.atomic():
        checked = _import(caller.scope, job_id, locked=True)
        args = json.loads(checked.args)
        if checked.state != JobState.DONE or not is_kept(args):
            raise Conflict("only a dry run that found nothing wrong can be applied")
        applied = _applied(caller.scope, args["file"])
        if applied is not None:
            return applied
        if not uploads.path_of(args["file"]).exists():
            raise Conflict("the file is kept for a day and is gone now; bring it again")
        moment = clock.now().isoformat()
        return enqueue(caller, KIND, {"file": args["file"], "name": args["name"], "dry_run": False, "at": moment})


def get_import(scope: Scope, job_id: int) -> Import:
    """How the import of this job stands; NotVisible when it is another account's or absent."""
    found = _import(scope, job_id)
    args = json.loads(found.args)
    state = JobState(found.state)
    may_apply = state is JobState.DONE and is_kept(args)
    applied = _applied(scope, args["file"]) if may_apply else None
    cursor = json.loads(found.cursor) if found.cursor else {"phase": Phase.READ}
    return Import(
        job=found.pk,
        name=args["name"],
        is_dry_run=args["dry_run"],
        state=state,
        phase=Phase(cursor["phase"]) if state is JobState.RUNNING else None,
        done=found.done,
        total=found.total,
        outcome=json.loads(found.result) if found.result else {},
        error=found.error,
        can_be_applied=may_apply and applied is None and uploads.path_of(args["file"]).exists(),
        applied_by=applied.pk if applied else None,
        created_at=found.created_at,
        finished_at=found.finished_at,
    )


def faults_of(scope: Scope, job_id: int) -> list[ImportFault]:
    """What is wrong with the file of an import, in the order of its lines; the first thousand."""
    return list(ImportFault.objects.within(scope).filter(job=job_id).order_by("line", "id"))


@recurring("loading.sweep", every_seconds=SWEEP_EVERY_SECONDS)
def sweep() -> None:
    """Delete files that nobody applied within a day or that imports cut short have left, and old faults."""
    moment = clock.now()
    uploads.remove_older(moment - KEPT_FOR, but=_awaited())
    ended = Job.objects.everything(reason="sweeping").filter(kind=KIND, finished_at__lt=moment - TOLD_FOR)
    ImportFault.objects.everything(reason="sweeping").filter(job__in=ended.values("pk")).delete()


def _import(scope: Scope, job_id: int, *, locked: bool = False) -> Job:
    rows = Job.objects.within(scope).filter(pk=job_id, kind=KIND)
    found = (rows.select_for_update() if locked else rows).first()
    if found is None:
        raise NotVisible("import")
    return found


def _applied(scope: Scope, file: str) -> Job | None:
    """The import, not the dry run, of an uploaded file. Its name is random, so no other text holds it."""
    rows = Job.objects.within(scope).filter(kind=KIND, args__contains=f'"file": "{file}"')
    return next((row for row in rows.order_by("id") if not json.loads(row.args)["dry_run"]), None)


def _awaited() -> set[str]:
    """The files of imports that have not ended."""
    unfinished = Job.objects.everything(reason="files in use").filter(kind=KIND, state__in=OPEN)
    return {json.loads(args)["file"] for args in unfinished.values_list("args", flat=True)}


def _forget_ended(caller: Caller) -> None:
    """What earlier imports of the account left that were cut short: rows and files."""
    ended = Job.objects.everything(reason="the account's own imports").filter(
        kind=KIND, account=caller.account, state__in=ENDED
    )
    states = {job_id: (state, json.loads(args)) for job_id, state, args in ended.values_list("id", "state", "args")}
    staged = StagedAccount.objects.everything(reason="the account's own").filter(owner=caller.account)
    for job_id in set(staged.values_list("job", flat=True).distinct()) & states.keys():
        while True:
            with transaction.atomic():
                if not forget_staged(job_id):
                    break
    waiting = {args["file"] for state, args in states.values() if state == JobState.DONE and is_kept(args)}
    for name in {args["file"] for _, args in states.values()} - waiting - _awaited():
        uploads.remove(name)
