"""Tencent's codes for what an account's columns say."""

from __future__ import annotations

from openpartner.core.base.kinds import CustomerType, Suspension, Verification

NO_TYPE = -1

AUTH_STATUSES: dict[int, str] = {
    Verification.NONE: "-1",
    Verification.IN_REVIEW: "1",
    Verification.REJECTED: "2",
    Verification.VERIFIED: "3",
}
"""tencent:D.2: not uploaded, under review, error in review, passed. 0 (pending) and -999 (no account) never arise."""

ACCOUNT_STATUSES: dict[int, str] = {
    Suspension.NONE: "0",
    Suspension.ACCOUNT: "2",
    Suspension.ACCOUNT_AND_RESOURCES: "2",
}
"""tencent:F.18: whatever is suspended is in forced arrears; 1 is "not supported yet" at the vendor."""


def auth_type(verification: int, customer_type: int) -> int:
    """0 person, 1 enterprise; -1 when nothing was submitted.

    # vendor doc silent: the type is that of the verification, so an account without one has none.
    """
    if verification == Verification.NONE:
        return NO_TYPE
    return customer_type if customer_type in {CustomerType.PERSON, CustomerType.ENTERPRISE} else NO_TYPE
