"""The ways the official SDK can sign and send; every one with a port that is not the default."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tencentcloud.common.exception import TencentCloudSDKException
from tencentcloud.intlpartnersmgt.v20220928 import models

from tests.sdk.clients import TencentClient
from tests.support.people import Person

People = dict[str, Person]
Tencent = Callable[..., TencentClient]
Mode = dict[str, Any]

# UNSIGNED-PAYLOAD is for reads alone.
WRITE_MODES = [
    pytest.param({"sign": "TC3-HMAC-SHA256", "method": "POST"}, id="tc3-post"),
    pytest.param({"sign": "TC3-HMAC-SHA256", "method": "GET"}, id="tc3-get"),
    pytest.param({"sign": "HmacSHA1", "method": "POST"}, id="sha1-post"),
    pytest.param({"sign": "HmacSHA256", "method": "GET"}, id="sha256-get"),
    pytest.param({"sign": "HmacSHA256", "method": "POST"}, id="sha256-post"),
]
MODES = [
    *WRITE_MODES,
    pytest.param({"sign": "TC3-HMAC-SHA256", "method": "POST", "unsigned": True}, id="unsigned-payload"),
]

NOBODY = 999_999_999_999
"""A uin of the right shape that no account of the tests has."""


def ask(client: TencentClient, action: str, **parameters: object) -> Any:
    """Call an action through the SDK's own request model and method."""
    request = getattr(models, f"{action}Request")()
    request.from_json_string(json.dumps(parameters))
    return getattr(client, action)(request)


def refusal(client: TencentClient, action: str, **parameters: object) -> tuple[str, str]:
    """Code and message of the exception that the SDK raises for an action."""
    with pytest.raises(TencentCloudSDKException) as caught:
        ask(client, action, **parameters)
    assert caught.value.requestId
    return caught.value.code, caught.value.message
