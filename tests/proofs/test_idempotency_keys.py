"""`Idempotency-Key`: a write that is repeated under its key has one effect and one answer (issue 5, section 5)."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.proofs import database
from tests.proofs.wire import TC3, Answer, Raw, Tencent, Wire
from tests.support.people import Person
from tests.support.server import Server

HEADER = "Idempotency-Key"
DUPLICATES = 50
V1 = "HmacSHA256"
"""Signs a nonce, so that every request is signed anew."""


def remark(server: Server, text: str, key: str | None, *, who: Person | None = None, sign: str = V1) -> Raw:
    """A remark about one of dora's direct customers, under a key; every call signs anew."""
    uin = str(server.world.chen.uin)
    signer = Tencent(server, who or server.world.dora, sign=sign)
    return signer.raw("ModifyClientRemark", {"ClientUin": uin, "Remark": text}).with_header(HEADER, key)


def effects(server: Server) -> Counter[str]:
    """How many audit events there are of each remark."""
    return Counter(details["remark"] for details in database.audited(server, "customer.remark-changed"))


def identical(answers: list[Answer]) -> bool:
    """Whether all answers are one, byte for byte, the request id included."""
    return len({(answer.status, answer.body) for answer in answers}) == 1


def test_a_newly_signed_repeat_gets_the_first_answer(server: Server, wire: Wire) -> None:
    answers = [wire.send(remark(server, "keyed", "order-1", sign=sign)) for sign in (TC3, V1, V1)]
    assert answers[0].code == ""
    assert identical(answers)
    assert effects(server)["keyed"] == 1


def test_without_a_key_a_newly_signed_retry_executes_again(server: Server, wire: Wire) -> None:
    """As at the vendors."""
    answers = [wire.send(remark(server, "not keyed", None)) for _ in range(2)]
    assert [answer.code for answer in answers] == ["", ""]
    assert effects(server)["not keyed"] == 2


def test_the_trace_id_names_nothing(server: Server, wire: Wire) -> None:
    """The SDK makes a trace id for each attempt, or keeps one for several calls (tencent:D.3)."""
    for _ in range(2):
        assert wire.send(remark(server, "traced", None).with_header("X-TC-TraceId", "one")).code == ""
    assert effects(server)["traced"] == 2


def test_the_key_is_refused_for_another_request(server: Server, wire: Wire) -> None:
    first = wire.send(remark(server, "first of two", "order-2"))
    other = wire.send(remark(server, "second of two", "order-2"))
    assert (other.status, other.code) == (200, "FailedOperation")
    assert "another request" in other.message
    assert effects(server)["second of two"] == 0
    assert wire.send(remark(server, "first of two", "order-2")).body == first.body


def test_a_key_counts_for_its_account(server: Server, wire: Wire) -> None:
    """A stranger under the same key is judged for itself: here it has no such customer."""
    mine = wire.send(remark(server, "mine", "order-3"))
    strangers = wire.send(remark(server, "mine", "order-3", who=server.world.rita))
    assert (mine.code, strangers.code) == ("", "UnauthorizedOperation.UinNoAuth")
    own = Tencent(server, server.world.rita, sign=V1)
    parameters = {"ClientUin": str(server.world.cleo.uin), "Remark": "of rita"}
    assert wire.send(own.raw("ModifyClientRemark", parameters).with_header(HEADER, "order-3")).code == ""


def test_a_refused_write_leaves_its_key_free(server: Server, wire: Wire) -> None:
    before = database.fingerprint(server)
    refused = [wire.send(remark(server, "x" * 256, "order-4")) for _ in range(2)]
    assert [answer.code for answer in refused] == ["InvalidParameter"] * 2
    assert refused[0].body != refused[1].body
    assert database.fingerprint(server) == before
    assert wire.send(remark(server, "short enough", "order-4")).code == ""


@pytest.mark.parametrize("key", ["", "with space", "k" * 129, "é", "a\tb"])
def test_what_is_no_key_is_refused(server: Server, wire: Wire, key: str) -> None:
    """The message says what a key is; the code is the dialect's own, whatever the operation calls its errors."""
    answer = wire.send(remark(server, "no key", key))
    assert answer.code == "InvalidParameterValue"
    assert HEADER in answer.message
    assert effects(server)["no key"] == 0


@pytest.mark.parametrize("key", ["k", "~" * 128, "!#$%&'()*+,-./:;<=>?@[]^_`{|}"])
def test_what_is_a_key_is_taken(server: Server, wire: Wire, key: str) -> None:
    answers = [wire.send(remark(server, f"under {key[:30]}", key)) for _ in range(2)]
    assert answers[0].code == ""
    assert identical(answers)


def test_a_captured_request_stays_one_write_whatever_key_is_put_beside_it(server: Server, wire: Wire) -> None:
    """The header is not signed by TC3: the signature alone must keep a replay from a second effect."""
    bare, keyed = remark(server, "captured", None), remark(server, "captured with key", "order-5")
    first, first_keyed = wire.send(bare), wire.send(keyed)
    assert wire.send(bare.with_header(HEADER, "thief")).code == "FailedOperation"
    assert wire.send(keyed.with_header(HEADER, "thief")).code == "FailedOperation"
    assert wire.send(bare).body == first.body
    assert wire.send(keyed.with_header(HEADER, None)).body == first_keyed.body
    assert (effects(server)["captured"], effects(server)["captured with key"]) == (1, 1)


@pytest.mark.parametrize("way", ["keyed", "signed"])
def test_fifty_duplicates_at_once_have_one_effect(server: Server, wire: Wire, way: str) -> None:
    text = f"fifty {way}"
    if way == "keyed":
        raws = [remark(server, text, "order-6") for _ in range(DUPLICATES)]
        assert len({raw.body for raw in raws}) == DUPLICATES, "each is signed for itself"
    else:
        raws = [remark(server, text, None)] * DUPLICATES
    with ThreadPoolExecutor(DUPLICATES) as pool:
        answers = list(pool.map(wire.send, raws))
    assert answers[0].code == ""
    assert identical(answers)
    assert effects(server)[text] == 1
