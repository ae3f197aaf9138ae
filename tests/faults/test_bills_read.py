"""Three processes read a month while another publishes it again and again: no torn and no failed read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.bill_installation import Installed
from tests.proofs.record import count

pytestmark = [pytest.mark.slow, pytest.mark.campaign]

PUBLICATIONS = 50
PUBLICATIONS_LEAST = 6
READERS = 3


def test_no_read_is_torn_and_none_fails(installed: Installed, campaign: Callable[[int], int]) -> None:
    publications = max(PUBLICATIONS_LEAST, campaign(PUBLICATIONS))
    publisher = installed.start("victims")
    assert publisher.ask("marked", first=1, last=1)["code"] == 0
    readers = [installed.start("read", str(number)) for number in range(READERS)]
    for reader in readers:
        reader.hear()  # it has begun
    assert publisher.ask("marked", first=2, last=publications + 1)["code"] == 0
    told = [reader.ask("end") for reader in readers]
    look = installed.start("look")
    assert look.ask("verify")["faults"] == []
    for process in (*readers, publisher, look):
        process.end()
    assert [one["failed"] for one in told] == [[]] * READERS
    seen = {mark for one in told for mark in one["seen"]}
    assert seen <= set(range(1, publications + 2))
    assert len(seen) >= publications // 2  # they did read meanwhile
    count(
        "readers while a month is published again",
        publications=publications,
        readers=READERS,
        reads=sum(one["reads"] for one in told),
        publications_seen=len(seen),
        torn=sum(one["torn"] for one in told),
        failed=0,
    )
