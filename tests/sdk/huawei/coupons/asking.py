"""A call through the SDK by the operation's name, whether its parameters travel in a query or in a body."""

from __future__ import annotations

import re
from typing import Any

import huaweicloudsdkbss.v2 as china
import huaweicloudsdkbssintl.v2 as international
from huaweicloudsdkbss.v2 import BssClient

from tests.sdk.huawei.bills.asking import Huawei, People, refusal
from tests.support.people import Person

__all__ = ["Huawei", "Made", "People", "ask", "refusal"]

Made = dict[str, Any]
INTERNATIONAL = {"ListSubCustomerCoupons"}


def ask(huawei: Huawei, person: Person, operation: str, **parameters: Any) -> Any:
    """The answer of an operation, asked by the SDK of the site that has it."""
    is_international = operation in INTERNATIONAL
    models: Any = international if is_international else china
    client = huawei(person) if is_international else huawei(person, sdk=BssClient)
    request_class = getattr(models, f"{operation}Request")
    body = request_class.openapi_types.get("body")
    request = request_class(body=getattr(models, body)(**parameters)) if body else request_class(**parameters)
    return getattr(client, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())(request)
