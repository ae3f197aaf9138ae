"""Running a job here and now, for a person who waits. If this process dies, a worker goes on with it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from openpartner.core.base.caller import Caller
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.commands import cancel_job
from openpartner.core.jobs.models import Job, JobState
from openpartner.core.jobs.queries import get_job
from openpartner.core.jobs.run import run_claimed
from openpartner.project.progress import Progress
from openpartner.worker.callers import rebuild

LOOKS_EVERY_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended: what it told, or why it failed; neither when it was cancelled."""

    pk: int
    outcome: dict[str, Any] | None
    error: str


def finish(caller: Caller, job_id: int, progress: Progress) -> Ended:
    """Run the job, or watch the worker that was quicker, and return how it ended. Control-C cancels it."""
    token = process_token()

    def look() -> bool:
        found = get_job(caller.scope, job_id)
        if found.cursor:
            progress(str(json.loads(found.cursor).get("phase", found.kind)), found.done, found.total)
        return False

    kind = get_job(caller.scope, job_id).kind
    try:
        while True:
            # Jobs of this kind that wait longer come first; each is somebody's import.
            claimed = claim(token, [kind])
            if claimed is not None:
                run_claimed(claimed, rebuild, look)
            found = get_job(caller.scope, job_id)
            if found.state not in {JobState.QUEUED, JobState.RUNNING}:
                return _ended(found)
            if claimed is None:
                look()
                time.sleep(LOOKS_EVERY_SECONDS)
    except KeyboardInterrupt:
        cancel_job(caller, job_id=job_id)
        return Ended(job_id, None, "cancelled; a step that was being committed may have been the last one")


def _ended(found: Job) -> Ended:
    if found.state == JobState.DONE:
        return Ended(found.pk, json.loads(found.result or "{}"), "")
    return Ended(found.pk, None, found.error)
