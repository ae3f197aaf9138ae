"""Signed writes: repeated they have one effect and one answer, and what was acknowledged survives `kill -9`."""

from __future__ import annotations

import http.client
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Self

import pytest

from tests.conftest import SEED
from tests.proofs import database
from tests.proofs.record import count
from tests.proofs.wire import TC3, Answer, Raw, Tencent, Wire
from tests.support.server import Server

pytestmark = pytest.mark.campaign

REPEATS = 2_000
TWINS = 8
WRITES = 5_000
KILLS = 25
WRITERS = 4


def change_remark(server: Server, client: str, remark: str, *, sign: str = TC3) -> Raw:
    """dora's write about one of her direct customers."""
    uin = str(server.world[client].uin)
    return Tencent(server, server.world.dora, sign=sign).raw("ModifyClientRemark", {"ClientUin": uin, "Remark": remark})


def effects(server: Server) -> Counter[str]:
    """How many audit events there are of each remark."""
    return Counter(details["remark"] for details in database.audited(server, "customer.remark-changed"))


@pytest.mark.parametrize("sign", [TC3, "HmacSHA256"])
def test_a_repeated_write_has_one_effect(server: Server, wire: Wire, campaign: Callable[[int], int], sign: str) -> None:
    """Neither SDK sends an idempotency key and both may retry: the same signed request gets its first answer again."""
    size = campaign(REPEATS)
    for number in range(size):
        raw = change_remark(server, "cora", f"{sign} one after the other {number}", sign=sign)
        first = wire.send(raw)
        assert first.code == ""
        assert wire.send(raw).body == first.body
    seen = effects(server)
    assert [seen[f"{sign} one after the other {number}"] for number in range(size)] == [1] * size
    count(f"writes repeated one after the other: Tencent {sign}", seed=SEED, pairs=size, effects=size)


def test_concurrent_twins_have_one_effect(server: Server, wire: Wire, campaign: Callable[[int], int]) -> None:
    size = campaign(REPEATS) // 2
    with ThreadPoolExecutor(TWINS) as pool:
        for number in range(size):
            raw = change_remark(server, "chen", f"at once {number}")
            answers = list(pool.map(wire.send, [raw] * TWINS))
            assert {answer.code for answer in answers} == {""}
            assert len({answer.body for answer in answers}) == 1
    seen = effects(server)
    assert [seen[f"at once {number}"] for number in range(size)] == [1] * size
    count("writes repeated at once: Tencent", seed=SEED, writes=size, twins_each=TWINS, effects=size)


def test_a_refused_write_is_not_remembered(server: Server, wire: Wire) -> None:
    """An error leaves nothing behind, so that the repeat is judged anew."""
    raw = Tencent(server, server.world.dora).raw(
        "ModifyClientRemark", {"ClientUin": str(server.world.otto.uin), "Remark": "not mine"}
    )
    before = database.fingerprint(server)
    answers = [wire.send(raw) for _ in range(2)]
    assert all(answer.code for answer in answers)
    assert answers[0].body != answers[1].body  # the request id differs: it was not taken from memory
    assert database.fingerprint(server) == before


@pytest.fixture
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that may be killed."""
    with Server(Path(tmp_path_factory.mktemp("mortal"))) as running:
        yield running


class Stream:
    """Writers that send one unique remark after the other until the server is gone."""

    def __init__(self, server: Server, round_: int, limit: int) -> None:
        self.acknowledged: list[tuple[str, Raw, Answer]] = []
        self.unanswered: list[tuple[str, Raw]] = []
        self._server = server
        self._round = round_
        self._limit = limit
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.join()

    def wait_for(self, number: int) -> None:
        while len(self.acknowledged) < number and any(thread.is_alive() for thread in self._threads):
            threading.Event().wait(0.002)

    def _write(self, writer: int) -> None:
        wire = Wire(self._server)
        client = ("cora", "chen", "cyro")[writer % 3]
        for number in range(self._limit):
            remark = f"round {self._round}, writer {writer}, write {number}"
            raw = change_remark(self._server, client, remark)
            try:
                answer = wire.send_once(raw)
            except (OSError, http.client.HTTPException):
                with self._lock:
                    self.unanswered.append((remark, raw))
                return
            assert answer.code == "", answer
            with self._lock:
                self.acknowledged.append((remark, raw, answer))


@pytest.mark.slow  # it starts a server once for each kill
def test_kill_9_loses_nothing_and_doubles_nothing(mortal: Server, campaign: Callable[[int], int]) -> None:
    random = Random(SEED)
    kills = campaign(KILLS)
    a_round = max(20, campaign(WRITES) // kills)
    tally: Counter[str] = Counter()
    for number in range(kills):
        with Stream(mortal, number, a_round) as stream:
            stream.wait_for(random.randrange(a_round // 4, a_round))
            mortal.stop(signal.SIGKILL)
        mortal.start()
        seen = effects(mortal)
        assert [remark for remark, _, _ in stream.acknowledged if seen[remark] != 1] == []
        assert [remark for remark, _ in stream.unanswered if seen[remark] > 1] == []
        wire = Wire(mortal)
        for _, raw, answer in stream.acknowledged:
            assert wire.send(raw).body == answer.body
        for remark, raw in stream.unanswered:
            tally["unanswered but written"] += seen[remark]
            again = wire.send(raw)
            assert again.code == ""
            assert wire.send(raw).body == again.body
        wire.close()
        after = effects(mortal)
        sent = [remark for remark, _, _ in stream.acknowledged] + [remark for remark, _ in stream.unanswered]
        assert [remark for remark in sent if after[remark] != 1] == []
        tally["acknowledged"] += len(stream.acknowledged)
        tally["unanswered"] += len(stream.unanswered)
    count(
        "kill -9 during writes",
        seed=SEED,
        kills=kills,
        **{name.replace(" ", "_"): value for name, value in tally.items()},
        lost=0,
        twice=0,
    )
