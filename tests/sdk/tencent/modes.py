"""The ways the official SDK can sign and send; every one with a port that is not the default."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sdk.clients import TencentClient
from tests.support.people import Person

People = dict[str, Person]
Tencent = Callable[..., TencentClient]

# Spec G.1. UNSIGNED-PAYLOAD is for reads alone.
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


def request(kind: type[Any], parameters: dict[str, object]) -> Any:
    """A request model of the SDK with these parameters."""
    made = kind()
    made.from_json_string(json.dumps(parameters))
    return made
