"""Requests signed by the vendors' own signers and sent as raw bytes, so that a campaign can spoil any part of them."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from tencentcloud.common.credential import Credential
from tencentcloud.common.http.request import RequestInternal
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.intlpartnersmgt.v20220928.intlpartnersmgt_client import IntlpartnersmgtClient

from tests.support.people import Person
from tests.support.server import Server

TC3 = "TC3-HMAC-SHA256"
USER_AGENT = "huaweicloud-usdk-python/3.0; the tests"


@dataclass(frozen=True)
class Raw:
    """A request as it goes over the wire."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def header(self, name: str) -> str:
        return next(value for key, value in self.headers if key.lower() == name.lower())

    def with_header(self, name: str, value: str | None) -> Raw:
        """The same with another value of a header, without it (None), or with it added."""
        kept = [(key, value if key.lower() == name.lower() else old) for key, old in self.headers]
        if not any(key.lower() == name.lower() for key, _ in self.headers):
            kept.append((name, value))
        return replace(self, headers=tuple((key, text) for key, text in kept if text is not None))


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The decoded body; an empty object when a page or nothing came back."""
        return json.loads(self.body) if self.body and self.headers.get("content-type") == "application/json" else {}

    @property
    def code(self) -> str:
        """The vendor's error code, empty when it is no error."""
        found = self.json
        if not isinstance(found, dict):
            return ""
        response = found.get("Response")
        if isinstance(response, dict):
            return str(response.get("Error", {}).get("Code", ""))
        if isinstance(found.get("error"), dict):
            return str(found["error"].get("code", ""))
        code = str(found.get("error_code", ""))
        return "" if code == "CBC.0000" else code

    @property
    def message(self) -> str:
        found = self.json
        response = found.get("Response") if isinstance(found, dict) else None
        if isinstance(response, dict):
            return str(response.get("Error", {}).get("Message", ""))
        if isinstance(found, dict) and isinstance(found.get("error"), dict):
            return str(found["error"].get("message", ""))
        return str(found.get("error_msg", "")) if isinstance(found, dict) else ""

    @property
    def declared(self) -> bool:
        return self.headers.get("x-openpartner-coverage") == "declared"

    @property
    def failed(self) -> bool:
        """Whether the server broke instead of answering."""
        return self.status >= 500 or self.code in {"InternalError", "CBC.0999"}

    def without_ids(self) -> tuple[int, str]:
        """Status and body with the request id blanked: what must be equal where two answers must be."""
        text = self.body.decode("utf-8", "replace")
        for ours in {self.headers.get("x-request-id", ""), _request_id(self)} - {""}:
            text = text.replace(ours, "<request id>")
        return self.status, text


def _request_id(answer: Answer) -> str:
    found = answer.json
    response = found.get("Response") if isinstance(found, dict) else None
    if isinstance(response, dict):
        return str(response.get("RequestId", ""))
    return str(found.get("request_id", "")) if isinstance(found, dict) else ""


@dataclass
class Wire:
    """Sends raw requests over a kept connection, one a thread."""

    server: Server
    _local: Any = field(default_factory=threading.local)
    _opened: list[http.client.HTTPConnection] = field(default_factory=list)

    def close(self) -> None:
        """Close every kept connection."""
        for connection in self._opened:
            connection.close()

    def send(self, raw: Raw) -> Answer:
        """The answer; a connection the server has closed is opened again once."""
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
            self._opened.append(connection)
        try:
            return self._once(connection, raw)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            connection.close()
            return self._once(connection, raw)

    def send_once(self, raw: Raw) -> Answer:
        """The answer over a connection of its own; raises when it breaks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            return self._once(connection, raw)
        finally:
            connection.close()

    @staticmethod
    def _once(connection: http.client.HTTPConnection, raw: Raw) -> Answer:
        connection.putrequest(raw.method, raw.target, skip_host=True, skip_accept_encoding=True)
        for name, value in raw.headers:
            connection.putheader(name, value.encode("utf-8", "surrogateescape"))
        if raw.body or raw.method in {"POST", "PUT"}:
            connection.putheader("Content-Length", str(len(raw.body)))
        connection.endheaders(raw.body or None)
        response = connection.getresponse()
        body = response.read()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


class Huawei:
    """Signs with the SDK's own signer."""

    name: ClassVar[str] = "huawei"

    def __init__(self, server: Server, person: Person) -> None:
        self._host = server.address
        self._signer = Signer(GlobalCredentials(person.access_key, person.secret_key))

    def raw(
        self,
        method: str,
        path: str,
        *,
        query: list[tuple[str, str]] | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Raw:
        """A signed request; `body` is bytes or what becomes JSON."""
        payload = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        request = SdkRequest(
            method=method,
            schema="http",
            host=self._host,
            resource_path=path,
            query_params=query or [],
            header_params={"Content-Type": "application/json", "User-Agent": USER_AGENT, **(headers or {})},
            body=payload or None,
        )
        signed = self._signer.sign(request)
        return Raw(method, signed.uri, tuple(signed.header_params.items()), payload)


class Tencent:
    """Signs with the SDK's own client, which is stopped before it sends."""

    name: ClassVar[str] = "tencent"

    def __init__(self, server: Server, person: Person, *, sign: str = TC3, method: str = "POST") -> None:
        http_profile = HttpProfile(protocol="http", endpoint=server.address, reqMethod=method)
        profile = ClientProfile(signMethod=sign, httpProfile=http_profile)
        self._host = server.address
        self._method = method
        self._client = IntlpartnersmgtClient(Credential(person.access_key, person.secret_key), "", profile)

    def raw(self, action: str, parameters: dict[str, Any] | None = None, *, unsigned: bool = False) -> Raw:
        """A signed request of an action."""
        self._client.profile.unsignedPayload = unsigned
        request = RequestInternal(self._host, self._method, "/")
        request.header = {}
        self._client._build_req_inter(action, parameters or {}, request)
        data = request.data if isinstance(request.data, bytes) else str(request.data or "").encode()
        headers = {"Host": self._host, **request.header}
        if self._method == "GET":
            return Raw("GET", f"/?{data.decode()}" if data else "/", tuple(headers.items()))
        return Raw("POST", "/", tuple(headers.items()), data)


def form(parameters: dict[str, Any]) -> str:
    """Parameters as a form."""
    return urlencode(parameters)


def wait_for_next_second() -> None:
    """A signature that names its second is another one afterwards."""
    time.sleep(1.01 - time.time() % 1)
