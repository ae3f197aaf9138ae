"""Thin proxies of the official clients: the SDK does all the work, the proxy notes what succeeded."""

from __future__ import annotations

import json
from typing import Any

from huaweicloudsdkbssintl.v2 import BssintlClient
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.intlpartnersmgt.v20220928.intlpartnersmgt_client import IntlpartnersmgtClient

from tests.sdk import evidence
from tests.support.people import Person
from tests.support.server import Server


class HuaweiClient:
    """`client.list_sub_customers(request)` through the SDK; `client.raw(...)` for routes the SDK has no method for."""

    def __init__(
        self, server: Server, person: Person, *, sdk: Any = BssintlClient, security_token: str | None = None
    ) -> None:
        credentials = GlobalCredentials(person.access_key, person.secret_key)
        if security_token is not None:
            credentials.with_security_token(security_token)
        self.sdk = sdk.new_builder().with_credentials(credentials).with_endpoint(server.url).build()

    def __getattr__(self, name: str) -> Any:
        """The SDK's method, noting the operation when it succeeds."""
        method = getattr(self.sdk, name)

        def call(request: Any) -> Any:
            answer = method(request)
            evidence.called("huawei", "".join(part.title() for part in name.split("_")))
            return answer

        return call

    def raw(self, operation: str, method: str, path: str, *, query: Any = None, body: Any = None) -> Any:
        """Call a route the SDK has no method for through the SDK's own request machinery; returns the decoded body."""
        answer = self.sdk.do_http_request(
            method=method,
            resource_path=path,
            query_params=query or [],
            header_params={"Content-Type": "application/json"},
            body=body,
            # The SDK reads an answer into a model: this one has the two fields of every v1.0 body.
            response_type="CheckUserIdentityResponse",
        )
        evidence.called("huawei", operation)
        return json.loads(answer.raw_content)


class TencentClient:
    """`client.DescribeCustomerUin(request)` through the SDK."""

    def __init__(
        self,
        server: Server,
        person: Person,
        *,
        sign: str = "TC3-HMAC-SHA256",
        method: str = "POST",
        unsigned: bool = False,
        token: str | None = None,
    ) -> None:
        http = HttpProfile(protocol="http", endpoint=server.address, reqMethod=method)
        profile = ClientProfile(signMethod=sign, httpProfile=http)
        profile.unsignedPayload = unsigned
        self.sdk = IntlpartnersmgtClient(Credential(person.access_key, person.secret_key, token), "", profile)

    def __getattr__(self, name: str) -> Any:
        """The SDK's method, noting the operation when it succeeds."""
        method = getattr(self.sdk, name)

        def call(request: Any) -> Any:
            answer = method(request)
            evidence.called("tencent", name)
            return answer

        return call
