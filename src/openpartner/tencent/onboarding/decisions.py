"""Passing and rejecting, which two actions do alike."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import AccountKind
from openpartner.core.onboarding.deciding import approve, reject
from openpartner.core.onboarding.models import REASON_MAX
from openpartner.tencent.errors import missing

PASS, REJECT = "pass", "reject"


def decide(caller: Caller, uin: int, role: AccountKind, how: str, reason: str | None) -> None:
    """Pass or reject the application of an account to become something of the caller's."""
    match how:
        case "pass":
            approve(caller, uin, role=role)
        case "reject":
            # vendor doc silent: the length of a reason; 255 characters.
            said = " ".join((reason or "").split())
            if not said:
                raise missing("RejectReason")
            if len(said) > REASON_MAX:
                raise Invalid("RejectReason", f"is longer than {REASON_MAX} characters")
            reject(caller, uin, said, role=role)
        case _:
            raise Invalid("ApproveType", f"must be {PASS} or {REJECT}")
