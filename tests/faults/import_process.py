"""The product's own import command, which says where it is and waits there: `python -m tests.faults.import_process`.

Arguments: the point at which to wait, how often to pass it before, and the file.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    django.setup()

from openpartner.core.loading import derive, jobs, matching, staging
from openpartner.project.commands.imports import customers

ROWS_AT_ONCE = 50
POINTS: dict[str, tuple[Any, str]] = {
    "reading": (staging, "stage"),  # staged rows are inserted, their step is not committed
    "comparing": (matching, "match"),
    "applying": (derive, "begin_associations"),  # accounts are inserted, associations are next
    "applied": (jobs, "record"),  # everything is written, nothing is committed
    "cleaning": (jobs, "forget_staged"),  # everything is committed, the job is not done
}


def wait_at(point: str, passes: int) -> None:
    """Let the function of a point pass so often, then say so and wait to be killed."""
    module, name = POINTS[point]
    real: Callable[..., Any] = getattr(module, name)
    seen: list[int] = []

    def waiting(*args: Any, **values: Any) -> Any:
        result = real(*args, **values)
        seen.append(1)
        if len(seen) > passes:
            sys.stdout.write(f"at {point}\n")
            sys.stdout.flush()
            time.sleep(600)
        return result

    setattr(module, name, waiting)


if __name__ == "__main__":
    staging.LINES_AT_ONCE = matching.ROWS_AT_ONCE = jobs.FORGOTTEN_AT_ONCE = ROWS_AT_ONCE
    wait_at(sys.argv[1], int(sys.argv[2]))
    customers([sys.argv[3]])
