"""What the SDKs do not sign: each part with what becomes of the request when somebody on the way changes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.proofs.record import count
from tests.proofs.wire import Answer, Huawei, Raw, Tencent, Wire
from tests.support.server import Server

pytestmark = pytest.mark.campaign

UNSIGNED = "UNSIGNED-PAYLOAD"
LIST = "/v2/partners/sub-customers/query"


def told(answer: Answer, expected: Answer) -> str:
    """The outcome in words."""
    if answer.without_ids() == expected.without_ids():
        return "same answer"
    return answer.code or "another answer"


# What a changed part leads to. Tencent's action is not signed (tencent:C.3), so TLS is needed in production; a request
# whose action was exchanged is still decoded by the other action's schema and checked for its permission and kind.
TENCENT = [
    ("X-TC-Action", "another action", "GetCountryCodes", "UnknownParameter"),
    ("X-TC-Action", "an unknown action", "Nothing", "InvalidAction"),
    ("X-TC-Action", "absent", None, "MissingParameter"),
    ("X-TC-Version", "another version", "2017-03-12", "NoSuchVersion"),
    ("X-TC-Version", "absent", None, "MissingParameter"),
    ("X-TC-Region", "added", "ap-singapore", "same answer"),
    ("X-TC-Language", "another language", "zh-CN", "same answer"),
    ("X-TC-Language", "absent", None, "same answer"),
    ("X-TC-Token", "added", "temporary", "AuthFailure.TokenFailure"),
    ("X-TC-RequestClient", "another client", "somebody", "same answer"),
    ("X-TC-TraceId", "added", "11111111-2222-3333-4444-555555555555", "same answer"),
    ("User-Agent", "added", "somebody", "same answer"),
    ("X-Forwarded-For", "added by nobody we trust", "10.0.0.1", "same answer"),
    ("X-Forwarded-Host", "added by nobody we trust", "example.com", "same answer"),
    ("X-TC-Content-SHA256", "added", UNSIGNED, "AuthFailure.SignatureFailure"),
]


@pytest.mark.parametrize(("name", "change", "value", "outcome"), TENCENT)
def test_tencent_headers(server: Server, wire: Wire, name: str, change: str, value: str | None, outcome: str) -> None:
    """tencent:C.3: the SDK signs content-type and host alone."""
    raw = Tencent(server, server.world.dora).raw("DescribeCustomerUin", {"Page": 1, "PageSize": 2})
    expected = wire.send(raw)
    assert expected.code == ""
    found = told(wire.send(raw.with_header(name, value)), expected)
    count(f"unsigned part: Tencent TC3 {name}, {change}", outcome=found)
    assert found == outcome


HUAWEI = [
    ("X-Language", "added", "zh_CN", "same answer"),
    ("X-Auth-Token", "added beside the signature", "stolen", "same answer"),
    ("X-Domain-Id", "added", "0" * 32, "same answer"),
    ("X-Project-Id", "added", "0" * 32, "same answer"),
    ("Accept", "added", "text/html", "same answer"),
    ("X-Forwarded-For", "added by nobody we trust", "10.0.0.1", "same answer"),
    ("X-Forwarded-Host", "added by nobody we trust", "example.com", "same answer"),
    ("X-Sdk-Content-Sha256", "added, of another body", "0" * 64, "APIG.0301"),
    ("X-Sdk-Content-Sha256", "added", UNSIGNED, "APIG.0301"),
]


@pytest.mark.parametrize(("name", "change", "value", "outcome"), HUAWEI)
def test_huawei_headers(server: Server, wire: Wire, name: str, change: str, value: str, outcome: str) -> None:
    """huawei:C3: the SDK signs every header it has; only what is added afterwards is unsigned."""
    raw = Huawei(server, server.world.dora).raw("POST", LIST, body={"limit": 2})
    expected = wire.send(raw)
    assert expected.status == 200
    found = told(wire.send(raw.with_header(name, value)), expected)
    count(f"unsigned part: Huawei {name}, {change}", outcome=found)
    assert found == outcome


# UNSIGNED-PAYLOAD: the body is not part of the signature.


def huawei_unsigned(server: Server) -> Raw:
    """A list with a JSON body, signed without it, as the signer does for other content types (huawei:C3, step 6)."""
    return Huawei(server, server.world.dora).raw(
        "POST", LIST, body={"limit": 2}, headers={"X-Sdk-Content-Sha256": UNSIGNED}
    )


def tencent_unsigned(server: Server, action: str, remark: str) -> Raw:
    parameters: dict[str, object] = {"Page": 1, "PageSize": 2}
    if action == "ModifyClientRemark":
        parameters = {"Remark": remark, "ClientUin": str(server.world.cora.uin)}
    return Tencent(server, server.world.dora).raw(action, parameters, unsigned=True)


def test_huawei_json_bodies_must_be_signed(server: Server, wire: Wire) -> None:
    answer = wire.send(huawei_unsigned(server))
    assert (answer.status, answer.code) == (401, "APIG.0301")


def test_tencent_writes_must_be_signed(server: Server, wire: Wire) -> None:
    answer = wire.send(tencent_unsigned(server, "ModifyClientRemark", "unsigned"))
    assert answer.code == "AuthFailure.SignatureFailure"


def test_tencent_reads_may_leave_the_body_out(server: Server, wire: Wire) -> None:
    """tencent:C.3: the option of the SDK is honoured where nothing can be changed by it."""
    assert wire.send(tencent_unsigned(server, "DescribeCustomerUin", "")).code == ""


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose operator allows unsigned payloads."""
    settings = {"OPENPARTNER_ALLOW_UNSIGNED_PAYLOAD": "true"}
    with Server(Path(tmp_path_factory.mktemp("lenient")), settings=settings) as running:
        yield running


def test_a_setting_allows_unsigned_payloads(lenient: Server) -> None:
    wire = Wire(lenient)
    try:
        assert wire.send(huawei_unsigned(lenient)).status == 200
        write = tencent_unsigned(lenient, "ModifyClientRemark", "first")
        assert wire.send(write).code == ""
        # The same signature over another body is another write, not a replay of the first.
        uin = lenient.world.cora.uin
        other = {"Remark": "second", "ClientUin": str(uin)}
        assert wire.send(replace(write, body=json.dumps(other).encode())).code == ""
        seen = wire.send(Tencent(lenient, lenient.world.dora).raw("DescribeCustomerInfo", {"CustomerUin": [uin]}))
        assert seen.json["Response"]["Data"][0]["Mark"] == "second"
    finally:
        wire.close()
