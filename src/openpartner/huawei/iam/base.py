"""Structs and rules that the calls of IAM share."""

from __future__ import annotations

from openpartner.core.base.kinds import AccountKind
from openpartner.huawei.base import HuaweiRequest, HuaweiResponse

EVERYBODY = frozenset(AccountKind)
"""Whoever can sign may ask who they are."""


class Nothing(HuaweiRequest):
    """No parameters."""


class Links(HuaweiResponse, omit_defaults=False):
    """Keystone's paging links: there is one page, and its address is the one that was asked."""

    next: str | None = None
    previous: str | None = None


class Named(HuaweiResponse):
    """Something with an id and a name."""

    id: str
    name: str
