"""A server of these tests' own, with coupon quotas; each test issues what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.live_quotas import seed
from tests.support.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Shared by the tests of this folder."""
    with Server(tmp_path_factory.mktemp("huawei-coupons")) as running:
        yield running


@pytest.fixture(scope="session")
def made(server: Server) -> dict[str, Any]:
    """Codes of quotas and coupons by name."""
    return seed(server)
