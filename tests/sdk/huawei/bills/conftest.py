"""A server of these tests' own, and the bills they read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sdk.huawei.bills.book import CARL_IN_TENCENT, ECS, FINAL, OPEN, rows
from tests.support.live_bills import publish
from tests.support.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Bills are published once, before anybody reads them."""
    with Server(tmp_path_factory.mktemp("huawei-bills")) as running:
        publish(running, FINAL, rows(), cloud="huawei", state="final")
        publish(running, FINAL, [{"customer": "carl", **row} for row in CARL_IN_TENCENT], state="final")
        running_month = [{"customer": "carl", **ECS, "bill_day": f"{OPEN}-01", "total": "4"}]
        publish(running, OPEN, running_month, cloud="huawei", by_day=True)
        yield running
