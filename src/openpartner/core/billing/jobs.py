"""The jobs of files of bills, making and forgetting them, and the sweeping of the lake."""

from __future__ import annotations

from openpartner.core.base.permissions import Permission
from openpartner.core.billing.bill_files import Outdated, write_bill_file
from openpartner.core.billing.downloads import KIND, anything_expired, forget_expired
from openpartner.core.billing.models import BillDownload, BillVersion
from openpartner.core.billing.sweeping import KIND as SWEEP
from openpartner.core.billing.sweeping import Ages, anything_to_sweep, sweep
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.patience import Patience
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.schedule import recurring
from openpartner.core.jobs.work import Work

FORGET = "bill.file-forget"
FORGET_EVERY_SECONDS = 600
SWEEP_EVERY_SECONDS = 3_600
SWEEP_WHOLE = "bill.sweep-whole"
SWEEP_WHOLE_EVERY_SECONDS = 86_400


@job(KIND, permission=Permission.BILL_READ)
def make_bill_file(work: Work) -> None:
    """Make a file of a month's bills. One that the month has outrun is dropped: who asks again gets the next."""
    rows = BillDownload.objects.within(work.caller.scope).filter(pk=work.args["download"])
    row = rows.first()
    if row is None or row.ready_at is not None:
        return
    try:
        write_bill_file(work.caller, row, Patience(work))
    except Outdated:
        with work.step():
            rows.delete()
            work.checkpoint("outdated")
        work.result = {"outdated": True}
        return
    with work.step():
        row.save(update_fields=["size", "rows", "ready_at"])
        work.checkpoint("written", done=row.rows, total=row.rows)
    work.result = {"name": row.name, "rows": row.rows, "size": row.size}


@recurring(FORGET, every_seconds=FORGET_EVERY_SECONDS)
def forget_if_needed() -> None:
    """Enqueue the forgetting when something has expired: an idle installation gathers no jobs."""
    if anything_expired():
        enqueue(None, FORGET, {})


@job(FORGET)
def forget(_work: Work) -> None:
    """Delete files of bills and links to them that have expired."""
    forget_expired()


@recurring(SWEEP, every_seconds=SWEEP_EVERY_SECONDS)
def sweep_if_needed() -> None:
    """Enqueue the sweeping of the lake when files have been replaced for long enough."""
    if anything_to_sweep():
        enqueue(None, SWEEP, {})


@recurring(SWEEP_WHOLE, every_seconds=SWEEP_WHOLE_EVERY_SECONDS)
def sweep_daily() -> None:
    """Enqueue it for what dead attempts have left on the disk alone, where there is a lake."""
    if BillVersion.objects.everything(reason="whether there is a lake").exists():
        enqueue(None, SWEEP, {})


@job(SWEEP)
def sweep_lake(work: Work) -> None:
    """Delete files of the lake that no reader needs any more."""
    swept = sweep(Ages.of_settings(), work.heartbeat)
    work.result = {"files": swept.files, "bytes": swept.size}
