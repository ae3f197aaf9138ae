"""A server of these tests' own, with vouchers in every state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.live_vouchers import seed
from tests.support.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Nobody changes vouchers here: this dialect has no operation that does."""
    with Server(tmp_path_factory.mktemp("tencent-vouchers")) as running:
        yield running


@pytest.fixture(scope="session")
def made(server: Server) -> dict[str, Any]:
    """Number and code of each voucher by name."""
    return seed(server)
