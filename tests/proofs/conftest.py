"""A wire to the live server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proofs.wire import Wire
from tests.support.server import Server


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    """Raw requests to the live server."""
    opened = Wire(server)
    yield opened
    opened.close()
