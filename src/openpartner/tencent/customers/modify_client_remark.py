"""ModifyClientRemark: the caller's note on one of its customers."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.commands import REMARK_MAX, change_remark
from openpartner.tencent.base import DSR, RefusedAs, TencentRequest, TencentResponse, UinText
from openpartner.tencent.errors import BAD_UIN, INVALID_PARAMETER
from openpartner.tencent.registry import operation


class ModifyClientRemark(TencentRequest):
    """The customer, whose uin is a text here (tencent:F.16), and the note, which may be empty."""

    client_uin: Annotated[UinText, RefusedAs(BAD_UIN)]
    # vendor doc silent: 255 characters; beyond them the one general code that the page lists.
    remark: Annotated[Annotated[str, Meta(max_length=REMARK_MAX)], RefusedAs(INVALID_PARAMETER)]


class ModifyClientRemarkResponse(TencentResponse):
    """The note as it is now."""

    client_remark: str


@operation("ModifyClientRemark", kinds=DSR, permission=Permission.CUSTOMER_WRITE, per_second=5, docs="", writes=True)
def modify_client_remark(caller: Caller, request: ModifyClientRemark) -> ModifyClientRemarkResponse:
    """Set the remark of one of the caller's direct customers."""
    return ModifyClientRemarkResponse(change_remark(caller, uin=int(request.client_uin), remark=request.remark).remark)
