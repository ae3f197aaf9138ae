"""The jobs of files of bills: making them, and forgetting them."""

from __future__ import annotations

from openpartner.core.base.permissions import Permission
from openpartner.core.billing.bill_files import Outdated, write_bill_file
from openpartner.core.billing.downloads import KIND, anything_expired, forget_expired
from openpartner.core.billing.models import BillDownload
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.schedule import recurring
from openpartner.core.jobs.work import Work

FORGET = "bill.file-forget"
FORGET_EVERY_SECONDS = 600


@job(KIND, permission=Permission.BILL_READ)
def make_bill_file(work: Work) -> None:
    """Make a file of a month's bills. One that the month has outrun is dropped: who asks again gets the next."""
    rows = BillDownload.objects.within(work.caller.scope).filter(pk=work.args["download"])
    row = rows.first()
    if row is None or row.ready_at is not None:
        return
    try:
        write_bill_file(work.caller, row, work.heartbeat)
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
