"""Temporary keys: POST /v3.0/OS-CREDENTIAL/securitytokens, known but not available in this release.

A partner uses them to act as its customer, which needs the customer's consent; that capability is not built yet.
"""

from __future__ import annotations

from openpartner.apikit.operation import Operation
from openpartner.huawei.iam.base import EVERYBODY, Nothing
from openpartner.huawei.registry import PER_SECOND, REGISTRY

REGISTRY.add(
    Operation(
        name="CreateTemporaryAccessKeyByToken",
        method="POST",
        path="/v3.0/OS-CREDENTIAL/securitytokens",
        kinds=EVERYBODY,
        permission=None,
        per_second=PER_SECOND,
        docs="iam/iam_04_0002",
        request=Nothing,
        response=None,
        run=None,
        writes=True,
    )
)
