"""Shorthands: a call through the SDK, and what a refusal says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from huaweicloudsdkbss.v2 import BssClient
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.sdk.clients import HuaweiClient
from tests.support.people import Person

People = dict[str, Person]
Huawei = Callable[..., HuaweiClient]
CN = {"sdk": BssClient}


def refusal(call: Callable[[], Any]) -> tuple[int, str]:
    """Status and code of a call that must be refused."""
    with pytest.raises(ClientRequestException) as refused:
        call()
    return refused.value.status_code, refused.value.error_code
