"""Bills of the people of a live server: given rows become a published month of its own data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpartner.project.settings")
    django.setup()

from tests.support.people import Person, World
from tests.support.server import Server

Row = Mapping[str, Any]


def publish(
    server: Server,
    month: str,
    rows: Sequence[Row],
    *,
    cloud: str = "tencent",
    state: str = "open",
    by_day: bool = False,
) -> None:
    """Replace a month of a cloud by these rows, such as {"customer": "cora", "bill_day": "2026-10-01", "total": "1.5"}.

    What else a row holds are columns of the lake; days and instants are texts, amounts too.
    """
    given = {
        "people": {name: asdict(person) for name, person in server.world.items()},
        "month": month,
        "rows": list(rows),
        "options": {"cloud": cloud, "state": state, "by_day": by_day},
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.support.live_bills"],
        env=server.environment,
        input=json.dumps(given).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def main() -> None:
    """Publish what stands on the standard input."""
    from openpartner.core.billing.models import MonthState  # Django must be set up first
    from tests.support.bills import line, publish_lines

    given = json.load(sys.stdin)
    world = World({name: Person(**facts) for name, facts in given["people"].items()})
    lines = []
    first = time.time_ns()  # each publication is a process of its own, and the number of a line is unique
    for number, row in enumerate(given["rows"]):
        values = {"total": "1", "line_id": first + number, **row}
        customer, day = world[values.pop("customer")], date.fromisoformat(values.pop("bill_day"))
        lines.append(line(customer, day, values.pop("total"), **{"cloud": given["options"]["cloud"], **values}))
    options = {**given["options"], "state": MonthState(given["options"]["state"])}
    publish_lines(world, given["month"], lines, **options)


if __name__ == "__main__":
    main()
