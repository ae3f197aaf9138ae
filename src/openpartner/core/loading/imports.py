"""Starting an import and reading what is wrong with a file."""

from __future__ import annotations

import json
from pathlib import Path

from django.db import transaction

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.base.scope import Scope
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.loading import files, uploads
from openpartner.core.loading.jobs import KIND, forget_staged
from openpartner.core.loading.models import ImportFault, StagedAccount
from openpartner.kit import clock

NAME_MAX = 100
ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


def start_import(caller: Caller, source: Path, *, dry_run: bool) -> Job:
    """Keep a copy of the file and enqueue its import; returns the job.

    NotAllowed without the permission; Invalid when the file is too large, expands to too much or has no known header.
    """
    caller.must(Permission.IMPORT)
    _forget_ended(caller)
    name = uploads.keep(source)
    try:
        files.check(uploads.path_of(name), uploads.bytes_max())
        return enqueue(
            caller,
            KIND,
            {"file": name, "name": source.name[:NAME_MAX], "dry_run": dry_run, "at": clock.now().isoformat()},
        )
    except BaseException:
        uploads.remove(name)
        raise


def faults_of(scope: Scope, job_id: int) -> list[ImportFault]:
    """What is wrong with the file of an import, in the order of its lines; the first thousand."""
    return list(ImportFault.objects.within(scope).filter(job=job_id).order_by("line", "id"))


def _forget_ended(caller: Caller) -> None:
    """What earlier imports of the account left: told faults, and rows and files of imports that were cut short."""
    ended = Job.objects.everything(reason="the account's own imports").filter(
        kind=KIND, account=caller.account, state__in=ENDED
    )
    files_kept = dict(ended.values_list("id", "args"))
    with transaction.atomic():
        ImportFault.objects.everything(reason="the account's own").filter(
            owner=caller.account, job__in=list(files_kept)
        ).delete()
    staged = StagedAccount.objects.everything(reason="the account's own").filter(owner=caller.account)
    for job_id in set(staged.values_list("job", flat=True).distinct()) & files_kept.keys():
        while True:
            with transaction.atomic():
                if not forget_staged(job_id):
                    break
    for args in files_kept.values():
        uploads.remove(json.loads(args)["file"])
