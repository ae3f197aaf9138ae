"""Raw requests in Huawei's protocol, signed by the SDK's own Signer and answered by the gateway in this process.

The SDK's client drops nulls and never repeats a parameter; its Signer signs whatever it is given.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from openpartner.huawei import operations  # noqa: F401  # registers them
from openpartner.huawei.gateway import HuaweiGateway
from openpartner.kit import clock
from tests.support.people import Person

HOST = "bss.example.test"
CUSTOMERS = "/v2/partners/sub-customers/query"
DETAIL = "/v1.0/whoever/partner/customer-mgr/detail"
QUERY = "/v1.0/whoever/partner/customer-mgr/query"

gateway = HuaweiGateway()


@dataclass(slots=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    @property
    def code(self) -> tuple[int, str]:
        """Status and error code."""
        return self.status, self.json.get("error_code", "")

    @property
    def told(self) -> tuple[int, Any]:
        """Everything a caller can tell answers apart by, but for the request id."""
        body = self.json
        body.pop("request_id", None)
        return self.status, body


@dataclass(slots=True, kw_only=True)
class Raw:
    """A request to be: signed with the person's key unless it brings its own Authorization or has no person."""

    method: str = "POST"
    path: str = CUSTOMERS
    query: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    person: Person | None = None
    host: str = HOST

    def signed(self) -> SdkRequest:
        """The request with what the SDK adds."""
        headers = {"Content-Type": "application/json", "User-Agent": "probe/1", **self.headers}
        headers.setdefault("X-Sdk-Date", clock.now().strftime("%Y%m%dT%H%M%SZ"))
        request = SdkRequest(self.method, "http", self.host, self.path, None, self.query, headers, self.body)
        if self.person is None:
            Signer.process_request_uri(request)
            return request
        return Signer(GlobalCredentials(self.person.access_key, self.person.secret_key)).sign(request)

    def environ(self, **changes: Any) -> dict[str, Any]:
        """The request as a WSGI server hands it over; `changes` come after signing."""
        request = self.signed()
        path, _, query = request.uri.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": self.host,
            "CONTENT_LENGTH": str(len(self.body)),
            "wsgi.input": io.BytesIO(self.body),
        }
        for name, value in request.header_params.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        return environ | changes


def send(environ: dict[str, Any]) -> Reply:
    """The gateway's answer."""
    seen: list[Any] = []
    chunks: Iterable[bytes] = gateway(environ, lambda status, headers: seen.extend((status, headers)))
    return Reply(int(seen[0].split()[0]), dict(seen[1]), b"".join(chunks))


def ask(person: Person | None, body: object = None, **raw: Any) -> Reply:
    """POST a JSON body to the customer query (or to `path`); `body` may be bytes."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return send(Raw(person=person, body=data, **raw).environ())


def get(person: Person | None, query: Mapping[str, str] | list[tuple[str, str]] | None = None, **raw: Any) -> Reply:
    """GET the v1.0 customer list (or `path`)."""
    pairs = list(query.items()) if isinstance(query, Mapping) else query or []
    return send(Raw(**{"method": "GET", "path": DETAIL, "person": person, "query": pairs, **raw}).environ())


def password_request(person: Person, **changes: Any) -> dict[str, Any]:
    """The body of a token request; `changes` replace members of `auth.identity`, `scope` the scope."""
    scope = changes.pop("scope", {"domain": {"name": person.account_name}})
    user = {"name": person.name, "password": person.password, "domain": {"name": person.account_name}}
    identity = {"methods": ["password"], "password": {"user": user}, **changes}
    return {"auth": {"identity": identity, **({"scope": scope} if scope is not None else {})}}


def sign_in(person: Person, **changes: Any) -> Reply:
    """Ask for a token."""
    return ask(None, password_request(person, **changes), path="/v3/auth/tokens")


def token_of(person: Person) -> str:
    """A fresh token."""
    reply = sign_in(person)
    assert reply.status == 201, reply.body
    return reply.headers["X-Subject-Token"]
