"""AllocateCustomerCredit: giving a customer credit, or taking it back."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import On, Presence
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.allocations import NotAllocable, NotReclaimable, allocate_credit
from openpartner.core.credit.models import REMARK_MAX
from openpartner.tencent.base import DSR, TencentRequest, TencentResponse, Uin
from openpartner.tencent.credit.amounts import change_of, number
from openpartner.tencent.errors import CREDIT_OUT_OF_RANGE, NOT_COVERED
from openpartner.tencent.registry import operation

Blank = Presence(null=On.REJECT, empty=On.ABSENT)


class AllocateCustomerCredit(TencentRequest):
    """By how much the credit of which customer changes, and why."""

    added_credit: Decimal
    client_uin: Uin
    # vendor doc silent: the length of a remark; 255 characters, as that of a customer.
    remark: Annotated[Annotated[str, Meta(max_length=REMARK_MAX)] | None, Blank] = None


class AllocateCustomerCreditResponse(TencentResponse):
    """What the customer has now."""

    total_credit: Decimal
    remaining_credit: Decimal


@operation(
    "AllocateCustomerCredit",
    kinds=DSR,
    permission=Permission.CREDIT_WRITE,
    per_second=5,
    docs="product/1085/51424",
    writes=True,
    raises={Invalid: CREDIT_OUT_OF_RANGE, NotAllocable: CREDIT_OUT_OF_RANGE, NotReclaimable: NOT_COVERED},
)
def allocate_customer_credit(caller: Caller, request: AllocateCustomerCredit) -> AllocateCustomerCreditResponse:
    """Add to the credit of one of the caller's direct customers; a negative amount takes back."""
    change = change_of(caller, request.added_credit, "AddedCredit")
    # Whether a call is a repeat was decided before it came here, so each call that runs is a change of its own.
    done = allocate_credit(
        caller, customer=request.client_uin, change=change, remark=request.remark or "", key=caller.request_id
    )
    return AllocateCustomerCreditResponse(number(done.total.micros), number(done.available.micros))
