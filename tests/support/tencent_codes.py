"""The error codes that the vendor lists for its actions, as docs/reference/vendors/tencent.md keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "docs" / "reference" / "vendors" / "tencent.md"
"""Its source for them is the vendor's Go SDK."""
PREFIXES = {
    "FO": "FailedOperation",
    "IP": "InvalidParameter",
    "IPV": "InvalidParameterValue",
    "OD": "OperationDenied",
    "UO": "UnauthorizedOperation",
}
ONBOARDING = (
    "SendVerifyCode",
    "CreateAccount",
    "CreateAndSendClientInvitationMail",
    "QueryInvitationInfo",
    "QueryPendingClientsV2",
    "ApproveClientApply",
    "QueryPendingSubAgentsV2",
    "ApproveSubAgentApply",
)


def listed(actions: Iterable[str]) -> dict[str, set[str]]:
    """The codes of each action, as short as they are printed there."""
    text = VENDOR.read_text("utf-8")
    found = {}
    for action in actions:
        about = text[text.index(f"**{action}** (") :].partition("\n\n")[0]
        codes = re.findall(r"`([A-Za-z0-9.]+)`", about.rpartition("Errors:")[2])
        assert codes, action
        found[action] = set(codes)
    return found


def full(short: str) -> str:
    """A code as it is sent: `FO.ClientBuySP` is `FailedOperation.ClientBuySP`."""
    prefix, _, rest = short.partition(".")
    return ".".join(filter(None, (PREFIXES.get(prefix, prefix), rest)))
