"""The answer of v1.0's freezes."""

from __future__ import annotations

from openpartner.core.customers.suspension import Fault, Result
from openpartner.huawei.base import LegacyResponse
from openpartner.huawei.customers.freezes import CODES, NO_OPERATION, CustomerErrorDetail, failures


class LegacyFreezeResponse(LegacyResponse, rename={"done": "successNum", "failed": "failNum", "details": "failDetail"}):
    """How many went well, how many failed and why."""

    done: int
    failed: int
    details: list[CustomerErrorDetail]


def answered(results: list[Result]) -> LegacyFreezeResponse:
    """The results as v1.0 tells them."""
    failed = failures(results, {**CODES, Fault.NOT_VISIBLE: NO_OPERATION})
    return LegacyFreezeResponse(done=len(results) - len(failed), failed=len(failed), details=failed)
