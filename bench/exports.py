"""One export of all customers by the product's own job, in this process; prints JSON. Run with a store's environment.

Arguments: the format, and what of the list is exported (a query string). CPU seconds are of this process; the memory is
how much its peak grew beyond what it had when everything was imported and the database was open.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
django.setup()

from openpartner.core.access.models import User
from openpartner.core.access.users import caller_of
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.models import JobState, ResultFile
from openpartner.core.jobs.results import path_of
from openpartner.core.jobs.run import run_claimed
from openpartner.listings.exports import KIND, start_export
from openpartner.worker.callers import rebuild

COLUMNS = "customer,account,uin,account_id,partner,association,associated,status,manager,mobile,email,tags"
MEGA = 1_000_000


def main(file_format: str, query: str) -> None:
    """Export, measure, and leave nothing behind."""
    people = User.objects.everything(reason="benchmark").filter(account__kind=AccountKind.PROVIDER, is_active=True)
    callers = [caller_of(user, via="bench") for user in people.select_related("account")]
    caller = next(one for one in callers if Permission.CUSTOMER_EXPORT in one.permissions)
    small = start_export(caller, listing="customers", query="uin=1", columns=COLUMNS, file_format=file_format)
    _run()  # imports, connections and the first compilation
    job = start_export(caller, listing="customers", query=query, columns=COLUMNS, file_format=file_format)
    memory, began, elapsed = _peak(), time.process_time(), time.perf_counter()
    _run()
    cpu, elapsed, grown = time.process_time() - began, time.perf_counter() - elapsed, _peak() - memory
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.error
    told = json.loads(job.result)
    told.update(cpu_seconds=cpu, elapsed_seconds=elapsed, peak_growth_mb=grown / MEGA)
    for file in ResultFile.objects.everything(reason="benchmark"):
        path_of(file.stored).unlink(missing_ok=True)
        file.delete()
    small.delete()
    job.delete()
    json.dump(told, sys.stdout)


def _run() -> None:
    claimed = claim(process_token(), [KIND])
    assert claimed is not None
    run_claimed(claimed, rebuild)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
