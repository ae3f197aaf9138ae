"""Tencent's gateway asked in this process, for what a live server cannot show."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from typing import Any

from openpartner.core.access.keys import add_key
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user
from openpartner.tencent import gateway, operations
from tests.support.people import Person
from tests.wire.tencent import tc3_headers

HOST = "partners.example.com"
assert operations.__all__
GATEWAY = gateway.TencentGateway()


def call(person: Person, action: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The Response of a TC3 request, answered in this process."""
    body = json.dumps(parameters).encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    for name, value in tc3_headers(person, action, host=HOST, body=body).items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    statuses: list[str] = []
    (answer,) = GATEWAY(environ, lambda status, _headers: statuses.append(status))
    assert statuses == ["200 OK"]
    response: dict[str, Any] = json.loads(answer)["Response"]
    assert response["RequestId"]
    return response


def code(response: dict[str, Any]) -> str:
    return str(response.get("Error", {}).get("Code", ""))


def colleague(person: Person, preset: Preset) -> Person:
    """Another user of the same account, named by its role, with a key."""
    user = add_user(account=person.account, name=preset, email=f"{preset}@example.com", password=None, presets=[preset])
    pair = add_key(user)
    return replace(person, access_key=pair.access_key, secret_key=pair.secret_key, user_pk=user.pk)
