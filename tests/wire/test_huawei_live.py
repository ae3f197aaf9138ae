"""What only a real server shows: lengths, chunks and headers as they arrive over HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator

import pytest

from tests.support.server import Server
from tests.wire.huawei import CUSTOMERS, Raw

LIMIT = 12 * 1024 * 1024


def answer(server: Server, raw: Raw, *, chunked: bool = False) -> tuple[int, dict[str, str], dict[str, object]]:
    """Send a signed request; status, headers and body of the answer."""
    raw.host = server.address
    request = raw.signed()
    connection = http.client.HTTPConnection(server.address, timeout=30)

    def chunks() -> Iterator[bytes]:
        for start in range(0, len(raw.body), 65536):
            yield raw.body[start : start + 65536]

    body = chunks() if chunked else raw.body
    try:
        connection.request(raw.method, request.uri, body, request.header_params, encode_chunked=chunked)
        got = connection.getresponse()
        return got.status, dict(got.getheaders()), json.loads(got.read())
    finally:
        connection.close()


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunks"])
def test_a_body_arrives_by_length_or_in_chunks(server: Server, chunked: bool) -> None:  # noqa: FBT001  # a case
    raw = Raw(person=server.world["dora"], body=b'{"limit": 1}', headers=_chunks(chunked))
    status, headers, body = answer(server, raw, chunked=chunked)
    assert (status, body["count"]) == (200, 3)
    assert {name.casefold() for name in headers} >= {"x-request-id", "content-type", "content-length"}


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunks"])
@pytest.mark.slow  # 12 MB twice over
def test_the_body_limit_holds_over_http(server: Server, chunked: bool) -> None:  # noqa: FBT001  # a case
    """huawei:C3: 12 MB."""
    dora = server.world["dora"]
    full = Raw(person=dora, body=b" " * (LIMIT - 2) + b"{}", headers=_chunks(chunked))
    assert answer(server, full, chunked=chunked)[0] == 200
    try:
        beyond = Raw(person=dora, body=b" " * (LIMIT - 1) + b"{}", headers=_chunks(chunked))
        status = answer(server, beyond, chunked=chunked)[0]
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # the server need not wait for what it refuses
    assert status == 413
    assert answer(server, Raw(person=dora, body=b"{}"))[0] == 200


def test_names_beyond_ascii_and_encoded_slashes_survive_the_server(server: Server) -> None:
    dora = server.world["dora"]
    path = "/v1.0/%E4%BC%99%E4%BC%B4%20a/partner/customer-mgr/detail"
    status, _, body = answer(server, Raw(method="GET", person=dora, path=path, query=[("corp_name", "晨光")]))
    assert (status, body["count"]) == (200, 1)
    status, headers, body = answer(
        server, Raw(method="GET", person=dora, path="/v2/orders/customer-orders/details/CS%2F1%202")
    )
    assert (status, body["error_code"]) == (404, "APIG.0101")
    assert {name.casefold(): value for name, value in headers.items()}["x-openpartner-coverage"] == "declared"


def test_the_host_is_signed_with_its_port_or_without(server: Server) -> None:
    dora = server.world["dora"]
    raw = Raw(person=dora, body=b"{}", host=server.address.rpartition(":")[0])
    request = raw.signed()
    connection = http.client.HTTPConnection(server.address, timeout=10)
    connection.request("POST", CUSTOMERS, b"{}", {**request.header_params, "Host": server.address})
    assert connection.getresponse().status == 200
    connection.close()


def _chunks(chunked: bool) -> dict[str, str]:  # noqa: FBT001  # a case
    return {"Transfer-Encoding": "chunked"} if chunked else {}
