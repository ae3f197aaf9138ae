"""QueryCreditAllocationHistory: what a customer was given when, and by whom."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.models import CreditAllocation
from openpartner.core.credit.queries import allocations
from openpartner.core.customers.queries import get_direct_customer
from openpartner.kit.clock import beijing_second
from openpartner.kit.slices import Slice
from openpartner.tencent.base import DSR, PageNumber, PageSize, RefusedAs, TencentRequest, TencentResponse, Uin
from openpartner.tencent.credit.amounts import number
from openpartner.tencent.errors import FAILED
from openpartner.tencent.registry import operation


class QueryCreditAllocationHistory(TencentRequest):
    """Whose, and which page. What is out of range gets the one code that the page of the action lists."""

    client_uin: Annotated[Uin, RefusedAs(FAILED)]
    # vendor doc silent: which page is given when none is asked for; the first, of ten.
    page: Annotated[PageNumber, RefusedAs(FAILED)] = 1
    page_size: Annotated[PageSize, RefusedAs(FAILED)] = 10


class AllocationRecord(TencentResponse):
    """One change."""

    allocated_time: str
    operator: str
    credit: Decimal
    allocated_credit: Decimal
    client_credit_after: Decimal
    remark: str

    @classmethod
    def of(cls, row: CreditAllocation) -> AllocationRecord:
        """As the core keeps it."""
        return cls(
            beijing_second(row.at),
            row.operator,
            number(row.micros),
            number(row.total_after),
            number(row.available_after),
            row.remark,
        )


class QueryCreditAllocationHistoryResponse(TencentResponse):
    """A page of changes and how many there are."""

    total: int
    history: list[AllocationRecord]


@operation(
    "QueryCreditAllocationHistory",
    kinds=DSR,
    permission=Permission.CREDIT_READ,
    per_second=5,
    docs="product/1085/51423",
    raises={NotVisible: FAILED},
)
def query_credit_allocation_history(
    caller: Caller, request: QueryCreditAllocationHistory
) -> QueryCreditAllocationHistoryResponse:
    """The changes of one direct customer's credit by its present partner."""
    customer = get_direct_customer(caller, uin=request.client_uin)
    # vendor doc silent: the order of the records; the newest stands first.
    found = allocations(customer, caller.account, Slice.page(request.page, request.page_size))
    return QueryCreditAllocationHistoryResponse(found.total, [AllocationRecord.of(row) for row in found.items])
