"""Raw signed requests: what the SDK would never send, signed by the SDK's own `Sign`."""

from __future__ import annotations

import hashlib
import http.client
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from tencentcloud.common.sign import Sign

from tests.support.people import Person
from tests.support.server import Server

VERSION = "2022-09-28"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back, as received."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def response(self) -> dict[str, Any]:
        """The one object of every answer; every one carries its RequestId and exactly this type (tencent:C.6)."""
        assert self.status == 200
        assert self.headers["content-type"] == JSON
        response: dict[str, Any] = json.loads(self.body)["Response"]
        assert len(response["RequestId"]) == 36
        return response

    @property
    def code(self) -> str:
        """The error's code, empty on success."""
        return str(self.response.get("Error", {}).get("Code", ""))

    @property
    def message(self) -> str:
        """The error's message."""
        return str(self.response["Error"]["Message"])


def send(
    server: Server,
    method: str,
    target: str,
    headers: dict[str, str],
    body: bytes = b"",
    *,
    source: str = "127.0.0.1",
) -> Answer:
    """Send exactly this and read the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30, source_address=(source, 0))
    try:
        connection.request(method, target, body or None, headers)
        got = connection.getresponse()
        return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
    finally:
        connection.close()


def tc3_headers(
    person: Person,
    action: str,
    *,
    host: str,
    method: str = "POST",
    body: bytes = b"",
    query: str = "",
    content_type: str = JSON,
    age: int = 0,
) -> dict[str, str]:
    """The headers of a TC3 request, by the steps of tencent:C.3."""
    stamp = int(time.time()) - age
    date = datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%d")
    payload = hashlib.sha256(body).hexdigest()
    canonical = f"{method}\n/\n{query}\ncontent-type:{content_type}\nhost:{host}\n\ncontent-type;host\n{payload}"
    scope = f"{date}/intlpartnersmgt/tc3_request"
    text = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = Sign.sign_tc3(person.secret_key, date, "intlpartnersmgt", text)
    return {
        "Host": host,
        "Content-Type": content_type,
        "X-TC-Action": action,
        "X-TC-Version": VERSION,
        "X-TC-Timestamp": str(stamp),
        "Authorization": (
            f"TC3-HMAC-SHA256 Credential={person.access_key}/{scope}, SignedHeaders=content-type;host,"
            f" Signature={signature}"
        ),
    }


def tc3(
    server: Server,
    person: Person,
    action: str,
    body: bytes | dict[str, Any] = b"{}",
    *,
    changed: dict[str, str | None] | None = None,
    source: str = "127.0.0.1",
    **options: Any,
) -> Answer:
    """POST JSON with TC3; `changed` overwrites or removes headers after signing."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers: dict[str, str | None] = {**tc3_headers(person, action, host=server.address, body=raw, **options)}
    headers |= changed or {}
    return send(
        server, "POST", "/", {name: value for name, value in headers.items() if value is not None}, raw, source=source
    )


def tc3_get(server: Server, person: Person, action: str, query: str) -> Answer:
    """GET with TC3; the query is signed as it is sent."""
    headers = tc3_headers(person, action, host=server.address, method="GET", query=query, content_type=FORM)
    return send(server, "GET", f"/?{query}", headers)


def v1_parameters(
    server: Server, person: Person, action: str, parameters: dict[str, str], *, method: str = "POST", age: int = 0
) -> dict[str, str]:
    """Everything a v1 request carries, by tencent:C.4."""
    given = {
        "Action": action,
        "Version": VERSION,
        "Timestamp": str(int(time.time()) - age),
        "Nonce": str(time.perf_counter_ns()),
        "SecretId": person.access_key,
        "SignatureMethod": "HmacSHA256",
        **parameters,
    }
    text = f"{method}{server.address}/?" + "&".join(f"{name}={given[name]}" for name in sorted(given))
    return {**given, "Signature": Sign.sign(person.secret_key, text, given["SignatureMethod"])}


def v1(server: Server, person: Person, action: str, parameters: dict[str, str], *, method: str = "POST") -> Answer:
    """A v1 request, as a form or as a query."""
    encoded = urlencode(v1_parameters(server, person, action, parameters, method=method))
    if method == "GET":
        return send(server, "GET", f"/?{encoded}", {"Host": server.address})
    return send(server, "POST", "/", {"Host": server.address, "Content-Type": FORM}, encoded.encode())
