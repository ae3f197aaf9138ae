"""The official SDKs, unmodified, pointed at the live server; and the evidence their passing tests leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.sdk import evidence
from tests.sdk.clients import HuaweiClient, TencentClient
from tests.support.people import Person
from tests.support.server import Server


@pytest.fixture
def huawei(server: Server) -> Callable[..., HuaweiClient]:
    """`huawei(person)` is a BSS client with the person's key."""
    return lambda person, **options: HuaweiClient(server, person, **options)


@pytest.fixture
def tencent(server: Server) -> Callable[..., TencentClient]:
    """`tencent(person)` is an intlpartnersmgt client with the person's key."""
    return lambda person, **options: TencentClient(server, person, **options)


@pytest.fixture
def people(server: Server) -> dict[str, Person]:
    """Everybody the live server knows."""
    return server.world


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Keep which operations a test called successfully, and count them only when the test passes."""
    evidence.begin()
    result: Any = yield
    evidence.passed(item.nodeid)
    return result


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the evidence when asked to and nothing failed."""
    if exitstatus == 0:
        evidence.write_if_asked()
