"""A wire to the live server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proofs import joining
from tests.proofs.wire import Wire
from tests.support.inside import run_inside
from tests.support.live_bills import publish
from tests.support.server import Server

BILLED = [
    {"customer": name, "bill_day": f"2026-10-{day:02}", "total": f"{day}.{place}", "resource_name": f"of {name}"}
    for place, name in enumerate(("carl", "cleo", "cora", "chen", "otto", "oona", "cato", "su"), 1)
    for day in (1, 31)
]
"""Lines of customers on each side of every wall."""
LINE = "1000000000"
"""A credit line that no campaign uses up."""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the proofs' own: they write to it as they like, and other tests count on what they made."""
    with Server(Path(tmp_path_factory.mktemp("proofs"))) as running:
        publish(running, "2026-10", BILLED, state="final")  # so that bills have something to give away
        for name in ("dora", "olga", "sol"):
            running.run("credit", "grant", "--", running.world[name].account_id, LINE)
        run_inside(running, joining.build)
        yield running


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    """Raw requests to the live server."""
    opened = Wire(server)
    yield opened
    opened.close()
