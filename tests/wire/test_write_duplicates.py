"""50 parallel duplicates of each kind of write of both vendors: one effect, one answer (issue 5, section 7).

Once as one captured request that is sent 50 times, once as 50 requests that are each signed for themselves and carry
one `Idempotency-Key`, as a client's retries do.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count as counting
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from openpartner.project.reference.whole import REGISTRIES
from tests.ledger import checker
from tests.proofs import database, joining, realname
from tests.proofs.record import count
from tests.proofs.requests import Ask, Signers, passing
from tests.proofs.wire import Answer, Huawei, Raw, Tencent, Wire
from tests.support.inside import run_inside
from tests.support.server import Server

pytestmark = [pytest.mark.campaign, pytest.mark.slow]  # 50 requests at once for each kind of write, two ways

DUPLICATES = 50
HEADER = "Idempotency-Key"
WAYS = ("one captured request", "one key")
WRITES = [
    f"{dialect} {name}"
    for dialect, registry in sorted(REGISTRIES.items())
    for name, operation in sorted(registry.operations.items())
    # Nobody is a caller before it has a token: asking for one twice gives two.
    if operation.writes
    and operation.run is not None
    and not operation.anonymous
    # An answer that holds a secret is given once; a repeat is refused (tests/wire/test_huawei_on_behalf.py).
    and not operation.keeps_secret
]
LINES = {"dora": "1000000", "sol": "1000000"}
_numbers = counting(1)


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def writable(way: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of each way's own, with credit to give: some writes, such as a reclaim, can be done but once."""
    with Server(Path(tmp_path_factory.mktemp("duplicates"))) as running:
        for who, amount in LINES.items():
            running.run("credit", "grant", "--", running.world[who].account_id, amount)
        run_inside(running, joining.build)
        yield running


@pytest.fixture
def wire(writable: Server) -> Iterator[Wire]:
    opened = Wire(writable)
    yield opened
    opened.close()


class Numbered(Huawei):
    """Signs a number with each request: no two are alike, however fast they follow each other."""

    def raw(self, method: str, path: str, **rest: Any) -> Raw:
        return super().raw(method, path, **rest, headers={"X-Attempt": str(next(_numbers))})


def signed_anew(server: Server, ask: Ask, key: str) -> Raw:
    """The request under a key, signed for itself."""
    person = server.world[ask.person]
    if ask.dialect == "huawei":
        raw = Signers._huawei(Numbered(server, person), ask, person)
    else:
        # This algorithm signs a nonce.
        raw = Tencent(server, person, sign="HmacSHA256").raw(ask.operation.name, dict(ask.parameters))
    return raw.with_header(HEADER, key)


def requests(server: Server, ask: Ask, way: str) -> list[Raw]:
    if way == WAYS[0]:
        return [Signers(server).raw(ask)] * DUPLICATES
    key = f"duplicates-{next(_numbers)}"
    raws = [signed_anew(server, ask, key) for _ in range(DUPLICATES)]
    assert len(set(raws)) == DUPLICATES
    return raws


def rows(server: Server, sql: str) -> list[tuple[Any, ...]]:
    with database.opened(server) as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def events(server: Server) -> Counter[tuple[Any, ...]]:
    """What was done, by whom, to whom and under which request."""
    return Counter(map(tuple, rows(server, "SELECT request_id, action, subject, details FROM audit_event")))


def transfers(server: Server) -> int:
    return int(rows(server, "SELECT count(*) FROM ledger_transfer")[0][0])


def amounts(answer: Answer) -> dict[str, Any]:
    found = answer.json
    return dict(found.get("Response", found)) if isinstance(found, dict) else {}


@pytest.mark.parametrize("name", WRITES)
def test_fifty_duplicates_have_one_effect_and_one_answer(writable: Server, wire: Wire, name: str, way: str) -> None:
    ask = passing(writable.world)[name][0]
    if "Realname" in name:  # their customers are the same, and each is submitted once
        run_inside(writable, realname.anew, is_change="Change" in name)
    if "EnterpriseProject" in name:
        run_inside(writable, realname.verified)
    raws = requests(writable, ask, way)
    before, moved = events(writable), transfers(writable)
    with ThreadPoolExecutor(DUPLICATES) as pool:
        answers = list(pool.map(wire.send, raws))
    assert (answers[0].code, answers[0].status // 100) == ("", 2), answers[0]
    assert {(answer.status, answer.body) for answer in answers} == {(answers[0].status, answers[0].body)}

    fresh = events(writable) - before
    assert fresh, "it left no trace in the audit log"
    assert len({request for request, *_ in fresh}) == 1, "more than one of the duplicates was carried out"
    assert max(fresh.values()) == 1
    if name.startswith("tencent Allocate"):
        assert transfers(writable) == moved + 1
    # What is asked for once more changes nothing at all.
    left = database.fingerprint(writable)
    assert wire.send(raws[-1]).body == answers[0].body
    assert database.fingerprint(writable) == left
    assert checker.faults(lambda sql: rows(writable, sql)) == []
    count("duplicates of a write at once", write=name, way=way, duplicates=DUPLICATES, effects=1, answers=1)


def test_an_allocation_that_is_sent_fifty_times_adds_once(writable: Server, wire: Wire, way: str) -> None:
    """tencent:D.3: +10 answers the new total; 50 duplicates are one +10."""
    ask = passing(writable.world)["tencent AllocateCustomerCredit"][0]
    totals = []
    for number in range(3):
        raws = requests(writable, ask.changed(Remark=f"{way} {number}"), way)
        with ThreadPoolExecutor(DUPLICATES) as pool:
            answers = list(pool.map(wire.send, raws))
        (total,) = {json.dumps(amounts(answer)["TotalCredit"]) for answer in answers}
        totals.append(float(total))
    assert [later - earlier for earlier, later in pairwise(totals)] == [10.0, 10.0]
