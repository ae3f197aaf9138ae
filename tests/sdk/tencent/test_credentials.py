"""What the official SDK raises for credentials that do not fit. Expectations: tencent:C.2, tencent:C.7."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.sdk.tencent.modes import MODES, Mode, People, Tencent, ask, refusal


@pytest.mark.parametrize("mode", MODES)
def test_a_wrong_secret(tencent: Tencent, people: People, mode: Mode) -> None:
    client = tencent(replace(people["dora"], secret_key="x" * 40), **mode)
    assert refusal(client, "GetCountryCodes")[0] == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize("mode", MODES)
def test_an_unknown_key(tencent: Tencent, people: People, mode: Mode) -> None:
    client = tencent(replace(people["dora"], access_key="A" * 20), **mode)
    assert refusal(client, "GetCountryCodes")[0] == "AuthFailure.SecretIdNotFound"


@pytest.mark.parametrize("mode", MODES)
def test_a_temporary_token(tencent: Tencent, people: People, mode: Mode) -> None:
    """No temporary credentials are issued here, so every token is unknown."""
    assert refusal(tencent(people["dora"], token="token", **mode), "GetCountryCodes")[0] == "AuthFailure.TokenFailure"


def test_a_region_changes_nothing(tencent: Tencent, people: People) -> None:
    """vendor doc silent: no action is regional."""
    client = tencent(people["dora"])
    client.sdk.region = "nowhere"
    assert ask(client, "GetCountryCodes").Data
