"""Behind a proxy: forwarded headers are believed from a named proxy and from nobody else; base_url decides the rest."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from tests.support.server import Server

PUBLIC = "partners.example.com"
FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": PUBLIC, "X-Forwarded-For": "203.0.113.9"}

pytestmark = pytest.mark.slow  # two servers of their own


@pytest.fixture(scope="module", params=["trusted", "untrusted"])
def proxied(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Server]]:
    settings = {"OPENPARTNER_BASE_URL": f"https://{PUBLIC}"}
    if request.param == "trusted":
        settings["OPENPARTNER_TRUSTED_PROXIES"] = "127.0.0.0/8"
    with Server(Path(tmp_path_factory.mktemp("proxied")), settings=settings) as server:
        yield request.param, server


def get(server: Server, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_pages_know_that_the_person_came_by_https(proxied: tuple[str, Server]) -> None:
    how, server = proxied
    answer = get(server, "/sign-in/", {"Host": "internal:8000", **FORWARDED})
    if how == "trusted":
        assert answer.status == 200
        assert "max-age=31536000" in (answer.getheader("Strict-Transport-Security") or "")
        assert "Secure" in (answer.getheader("Set-Cookie") or "")
    else:
        assert answer.status == 400  # the Host as received is not ours


def test_a_foreign_host_is_refused(proxied: tuple[str, Server]) -> None:
    _, server = proxied
    assert get(server, "/sign-in/", {"Host": "evil.example"}).status == 400
    assert get(server, "/sign-in/", {"Host": "internal", "X-Forwarded-Host": "evil.example"}).status == 400


def signed(server: Server, host: str) -> dict[str, str]:
    person = server.world.dora
    request = SdkRequest(
        method="POST",
        schema="https",
        host=host,
        resource_path="/v2/partners/sub-customers/query",
        query_params=[],
        header_params={"Content-Type": "application/json", "User-Agent": "test"},
        body="{}",
    )
    Signer(GlobalCredentials(person.access_key, person.secret_key)).sign(request)
    return dict(request.header_params)


def post(server: Server, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("POST", "/v2/partners/sub-customers/query", body=b"{}", headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_the_signed_host_may_be_the_one_the_proxy_saw(proxied: tuple[str, Server]) -> None:
    how, server = proxied
    headers = signed(server, PUBLIC)
    assert post(server, {**headers, "Host": PUBLIC}) == 200
    rewritten = post(server, {**headers, "Host": "internal:8000", "X-Forwarded-Host": PUBLIC})
    assert rewritten == (200 if how == "trusted" else 401)
