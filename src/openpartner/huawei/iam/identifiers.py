"""The identifiers of IAM that our rows do not carry: of users, projects and roles, all of 32 hexadecimal digits."""

from __future__ import annotations

import hashlib

from openpartner.core.base.kinds import Site
from openpartner.kit.ids import is_account_id

REGIONS = {Site.INTL: "ap-southeast-1", Site.EU: "eu-west-101", Site.CN: "cn-north-1"}
"""The one region of each site that the SDK knows (huawei:C1)."""

USER_KEY_MAX = 2**63 - 1


def user_id(key: int) -> str:
    """The id of a user: its primary key."""
    return f"{key:032x}"


def user_key(identifier: str) -> int | None:
    """The primary key behind a user's id; None when the text is no user's id."""
    if not is_account_id(identifier):
        return None
    key = int(identifier, 16)
    return key if key <= USER_KEY_MAX else None


def project_id(account_id: str, region: str) -> str:
    """The id of an account's project in a region, always the same one."""
    return _derived("project", account_id, region)


def role_id(account_id: str, name: str) -> str:
    """The id of a role of an account, always the same one."""
    return _derived("role", account_id, name)


def _derived(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
