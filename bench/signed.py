"""Requests as the vendors' own SDKs sign them, as bytes to be sent many times."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from tencentcloud.common.credential import Credential
from tencentcloud.common.http.request import RequestInternal
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.intlpartnersmgt.v20220928.intlpartnersmgt_client import IntlpartnersmgtClient

LIST_SUB_CUSTOMERS = "/v2/partners/sub-customers/query"


def huawei(persona: dict[str, Any], port: int, bodies: Iterable[dict[str, Any]]) -> list[bytes]:
    """One signed POST of ListSubCustomers per body; each names another agent, so that no two are alike."""
    credentials = GlobalCredentials(persona["access_key"], persona["secret_key"], persona["account_id"])
    found = []
    for number, body in enumerate(bodies):
        request = SdkRequest(
            method="POST",
            schema="http",
            host=f"127.0.0.1:{port}",
            resource_path=LIST_SUB_CUSTOMERS,
            uri=LIST_SUB_CUSTOMERS,
            query_params=[],
            header_params={"Content-Type": "application/json", "User-Agent": f"huaweicloud-usdk-python/3.0 {number}"},
            body=json.dumps(body),
        )
        signed = Signer(credentials).sign(request)
        found.append(_bytes(LIST_SUB_CUSTOMERS, signed.header_params, signed.body, port))
    return found


def huawei_get(persona: dict[str, Any], port: int, path: str, queries: Iterable[dict[str, str]]) -> list[bytes]:
    """One signed GET per set of parameters."""
    credentials = GlobalCredentials(persona["access_key"], persona["secret_key"], persona["account_id"])
    found = []
    for number, query in enumerate(queries):
        request = SdkRequest(
            method="GET",
            schema="http",
            host=f"127.0.0.1:{port}",
            resource_path=path,
            uri=path,
            query_params=list(query.items()),
            header_params={"Content-Type": "application/json", "User-Agent": f"huaweicloud-usdk-python/3.0 {number}"},
            body="",
        )
        signed = Signer(credentials).sign(request)
        target = f"{path}?{urlencode(query)}"
        found.append(_bytes(target, signed.header_params, "", port, method="GET"))
    return found


def tencent(persona: dict[str, Any], port: int, action: str, bodies: Iterable[dict[str, Any]]) -> list[bytes]:
    """One signed POST of an action per body, in the SDK's default mode, TC3."""
    host = f"127.0.0.1:{port}"
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=host))
    client = IntlpartnersmgtClient(Credential(persona["access_key"], persona["secret_key"]), "", profile)
    found = []
    for body in bodies:
        request = RequestInternal(host, "POST", "/", header={})
        client._build_req_inter(action, body, request)  # noqa: SLF001  # the SDK's own signing, without its sending
        found.append(_bytes("/", request.header, request.data, port))
    return found


def _bytes(path: str, headers: dict[str, Any], body: str | bytes, port: int, *, method: str = "POST") -> bytes:
    content = body.encode() if isinstance(body, str) else body
    lines = {name: str(value) for name, value in headers.items() if name.lower() != "content-length"}
    lines.setdefault("Host", f"127.0.0.1:{port}")
    lines["Content-Length"] = str(len(content))
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return head.encode() + b"\r\n" + content
