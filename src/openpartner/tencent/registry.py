"""The operations of this dialect, and the decorator that registers one by its action."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from openpartner.apikit.operation import Registry, Run
from openpartner.core.base.errors import ChannelError
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission

REGISTRY = Registry("tencent")
ROUTE = "POST /"
"""Every action has this one path; GET takes any of them too (tencent:C.1)."""


def operation(
    name: str,
    *,
    kinds: Iterable[AccountKind],
    permission: Permission | None,
    per_second: int,
    docs: str,
    writes: bool = False,
    raises: Mapping[type[ChannelError], str] | None = None,
    pending: Iterable[str] = (),
) -> Callable[[Run], Run]:
    """Register a function `(caller, request) -> response` under the name of its action."""
    return REGISTRY.operation(
        name,
        route=ROUTE,
        kinds=kinds,
        permission=permission,
        per_second=per_second,
        docs=docs,
        writes=writes,
        raises=raises,
        pending=pending,
    )
