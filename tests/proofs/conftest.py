"""A wire to the live server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proofs.wire import Wire
from tests.support.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the proofs' own: they write to it as they like, and other tests count on what they made."""
    with Server(Path(tmp_path_factory.mktemp("proofs"))) as running:
        yield running


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    """Raw requests to the live server."""
    opened = Wire(server)
    yield opened
    opened.close()
