"""ForceQN: setting or lifting the forced suspension of a customer (tencent:D.3)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.suspension import force
from openpartner.tencent.base import DSR, RefusedAs, TencentRequest, TencentResponse, Uin
from openpartner.tencent.errors import INVALID_VALUE
from openpartner.tencent.registry import operation

NORMAL, FORCED = 0, 2


class ForceQN(TencentRequest):
    """The customer and what it shall be: 0 normal, 2 suspended by force; 1 is not there yet (tencent:F.18)."""

    client_uin: Uin
    type: Annotated[Annotated[int, Meta(ge=NORMAL, le=FORCED)], RefusedAs(INVALID_VALUE)]


class ForceQNResponse(TencentResponse):
    """Two deprecated fields, as their schema's examples have them (tencent:F.18)."""

    c: int
    m: str


# vendor doc silent: the code without the feature flag; that of every other action which a role may not call.
@operation("ForceQN", kinds=DSR, permission=Permission.FREEZE, per_second=2, docs="", writes=True)
def force_qn(caller: Caller, request: ForceQN) -> ForceQNResponse:
    """Suspend one of the caller's direct customers by force, or lift its suspension."""
    if request.type not in {NORMAL, FORCED}:
        raise Invalid("Type", "must be 0 or 2")
    force(caller, uin=request.client_uin, is_forced=request.type == FORCED)
    return ForceQNResponse(0, "success")
