"""A server of these tests' own, with a worker that makes files, and the bills they read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sdk.tencent.bills.book import ELSEWHERE, FINAL, OCTOBER, OPEN, SEPTEMBER
from tests.support.live_bills import publish
from tests.support.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Bills are published once, before anybody reads them."""
    with Server(tmp_path_factory.mktemp("tencent-bills"), worker=True) as running:
        publish(running, FINAL, SEPTEMBER, state="final")
        publish(running, FINAL, ELSEWHERE, cloud="huawei", state="final")
        publish(running, OPEN, OCTOBER, by_day=True)
        yield running
