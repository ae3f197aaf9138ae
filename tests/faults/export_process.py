"""A worker that says where its export is and waits there: `python -m tests.faults.export_process`.

Arguments: the point at which to wait, and how often to pass it before.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    django.setup()

from openpartner.core.jobs.work import Work
from openpartner.listings import jobs
from openpartner.worker.run import Worker

ROWS_AT_ONCE = 3
POINTS: dict[str, tuple[Any, str]] = {
    "written": (jobs._Making, "_texts"),  # some rows are written, no checkpoint speaks of them
    "saved": (Work, "checkpoint"),  # a checkpoint is committed
    "copied": (jobs, "_copied"),  # a second run has its own copy and no checkpoint yet
    "moved": (shutil, "move"),  # the file has its last name, nothing is committed
    "told": (jobs, "record"),  # listed and recorded, nothing is committed
    "listed": (jobs._Making, "_offer"),  # everything is committed, the job is not done
}


def wait_at(point: str, passes: int) -> None:
    """Let the function of a point pass so often, then say so and wait to be killed."""
    module, name = POINTS[point]
    real: Callable[..., Any] = getattr(module, name)
    seen: list[int] = []

    def passed() -> None:
        seen.append(1)
        if len(seen) > passes:
            sys.stdout.write(f"at {point}\n")
            sys.stdout.flush()
            time.sleep(600)

    def waiting(*args: Any, **values: Any) -> Any:
        result = real(*args, **values)
        passed()
        return result

    def stopping_between(*args: Any, **values: Any) -> Any:
        for batch in real(*args, **values):
            yield batch
            passed()

    setattr(module, name, stopping_between if point == "written" else waiting)


if __name__ == "__main__":
    jobs.ROWS_AT_ONCE = ROWS_AT_ONCE
    jobs.CHECKPOINT_SECONDS = float(sys.argv[3])
    wait_at(sys.argv[1], int(sys.argv[2]))
    Worker().once()
