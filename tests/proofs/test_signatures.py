"""Mutations of signed parts: none is accepted, in any protocol of either vendor."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from tests.conftest import SEED
from tests.proofs import spoiling
from tests.proofs.record import count
from tests.proofs.spoiling import Spoil
from tests.proofs.wire import Answer, Huawei, Raw, Tencent, Wire
from tests.support.server import Server

pytestmark = pytest.mark.campaign

MUTATIONS = 20_000
RESIGN_EVERY = 250
SDK_DATE = slice(0, 8), slice(9, 15)
TIMESTAMP = slice(None)

HUAWEI_REFUSALS = {"APIG.0301", "APIG.0101"}
TENCENT_REFUSALS = {
    "AuthFailure.InvalidAuthorization",
    "AuthFailure.SecretIdNotFound",
    "AuthFailure.SignatureExpire",
    "AuthFailure.SignatureFailure",
    "AuthFailure.TokenFailure",
    "InvalidRequest",
    "UnsupportedProtocol",
}
COMMON = re.compile(
    r"`(Action|Version|Timestamp|Nonce|SecretId|Signature|Authorization)`|splited by|given twice|not UTF-8"
)
"""What a refusal before the signature is checked speaks of (tencent:C.2); a schema error would come after it."""


def refused_by_huawei(answer: Answer) -> bool:
    """Told to be nobody, or that there is no such route; never an answer of an operation, declared or not."""
    if answer.declared or answer.failed:
        return False
    return not _is_json(answer) or answer.code in HUAWEI_REFUSALS


def refused_by_tencent(answer: Answer) -> bool:
    if answer.failed:
        return False
    if answer.code in {"MissingParameter", "InvalidParameter"}:
        return COMMON.search(answer.message) is not None
    return not _is_json(answer) or answer.code in TENCENT_REFUSALS


def _is_json(answer: Answer) -> bool:
    """Whether a gateway answered at all: HTTP itself and the pages refuse in other ways."""
    return answer.headers.get("content-type", "") == "application/json" and bool(answer.body)


def run(
    wire: Wire,
    name: str,
    sign: Callable[[Random], Raw],
    spoils: list[Spoil],
    canonical: Callable[[Raw], object],
    refused: Callable[[Answer], bool],
    size: int,
) -> None:
    random = Random(SEED)
    tally: Counter[str] = Counter()
    raw = sign(random)
    while tally["refused"] < size:
        if (tally["refused"] + tally["canonically equal"]) % RESIGN_EVERY == 0:
            raw = sign(random)
            control = wire.send(raw)
            assert not refused(control), f"the unspoilt request must be accepted: {control}"
            assert not control.failed, control
            tally["controls"] += 1
        spoilt = random.choice(spoils)(random, raw)
        if canonical(spoilt) == canonical(raw):
            tally["canonically equal"] += 1
            continue
        answer = wire.send(spoilt)
        assert refused(answer), f"accepted: {spoilt} instead of {raw}: {answer}"
        tally["refused"] += 1
    count(
        f"mutations of signed parts: {name}",
        seed=SEED,
        **{key.replace(" ", "_"): n for key, n in tally.items()},
        accepted=0,
    )


def test_huawei_accepts_no_mutation(server: Server, wire: Wire, campaign: Callable[[int], int]) -> None:
    """huawei:C3: method, path, query, signed headers and body are signed, and nobody but the key can sign."""
    signer = Huawei(server, server.world.dora)

    def sign(random: Random) -> Raw:
        if random.random() < 0.5:
            body = {"limit": random.randrange(1, 100), "account_name": random.choice(["cora", "Corazón", "東京"])}
            return signer.raw("POST", "/v2/partners/sub-customers/query", body=body, headers={"X-Language": "en_US"})
        query = [("order_id", f"CS{random.randrange(1000)}"), ("indirect_partner_id", "é/ x")]
        return signer.raw("GET", f"/v2/orders/customer-orders/details/CS%2F{random.randrange(1000)}", query=query)

    spoils = [
        spoiling.body,
        spoiling.target,
        spoiling.query,
        spoiling.method,
        spoiling.header("Host"),
        spoiling.header("User-Agent"),
        spoiling.header("Content-Type"),
        spoiling.header("X-Sdk-Date"),
        *(spoiling.number("X-Sdk-Date", part) for part in SDK_DATE),
        spoiling.authorization(server.world.olga.access_key),
    ]
    run(wire, "Huawei SDK-HMAC-SHA256", sign, spoils, spoiling.huawei_canonical, refused_by_huawei, campaign(MUTATIONS))


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_tencent_tc3_accepts_no_mutation(
    server: Server, wire: Wire, campaign: Callable[[int], int], method: str
) -> None:
    """tencent:C.3: method, query, content type, host, body and scope are signed."""
    signer = Tencent(server, server.world.dora, method=method)

    def sign(random: Random) -> Raw:
        return signer.raw("DescribeCustomerInfo", {"CustomerUin": [200_000_000_000 + random.randrange(20), 1]})

    spoils = [
        *([spoiling.body] if method == "POST" else []),
        spoiling.query,
        spoiling.method,
        spoiling.header("Host"),
        spoiling.header("Content-Type"),
        spoiling.header("X-TC-Timestamp"),
        spoiling.number("X-TC-Timestamp", TIMESTAMP),
        spoiling.authorization(server.world.olga.access_key),
    ]
    run(wire, f"Tencent TC3 {method}", sign, spoils, spoiling.tc3_canonical, refused_by_tencent, campaign(MUTATIONS))


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("hashed", ["HmacSHA1", "HmacSHA256"])
def test_tencent_v1_accepts_no_mutation(
    server: Server, wire: Wire, campaign: Callable[[int], int], hashed: str, method: str
) -> None:
    """tencent:C.4: every parameter is signed, business and common, with method and host."""
    signer = Tencent(server, server.world.dora, sign=hashed, method=method)

    def sign(random: Random) -> Raw:
        return signer.raw(
            "QueryT1IndirectCustomersDetail",
            {"SubAgentUin": server.world.rita.uin, "Page": 1, "PageSize": random.randrange(1, 100)},
        )

    spoils = [spoiling.query, spoiling.query, spoiling.query, spoiling.query, spoiling.method, spoiling.header("Host")]
    run(
        wire,
        f"Tencent v1 {hashed} {method}",
        sign,
        spoils,
        spoiling.v1_canonical,
        refused_by_tencent,
        campaign(MUTATIONS // 4),
    )
