"""Bills of the people of a live server: given rows become a published month of its own data."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tests.support.inside import run_inside
from tests.support.people import World
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
    run_inside(server, build, month=month, rows=list(rows), cloud=cloud, state=state, by_day=by_day)


def build(world: World, *, month: str, rows: list[dict[str, Any]], cloud: str, state: str, by_day: bool) -> None:
    """Publish the rows; each publication is a process of its own, and the number of a line is unique."""
    from openpartner.core.billing.models import MonthState  # Django must be set up first
    from tests.support.bills import line, publish_lines

    lines = []
    first = time.time_ns()
    for number, row in enumerate(rows):
        values = {"total": "1", "line_id": first + number, **row}
        customer, day = world[values.pop("customer")], date.fromisoformat(values.pop("bill_day"))
        lines.append(line(customer, day, values.pop("total"), **{"cloud": cloud, **values}))
    publish_lines(world, month, lines, cloud=cloud, state=MonthState(state), by_day=by_day)
