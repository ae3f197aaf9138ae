"""Which customers spent in a month: POST .../subcustomer-bills/res-fee-records/sub-customers/query (China site)."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.billing.queries import BillFilter, Dimension, sums_page
from openpartner.core.customers.billed import account_ids
from openpartner.huawei.base import CSP_OR_DISTRIBUTOR, HuaweiRequest, HuaweiResponse
from openpartner.huawei.bills.partner import seller_of
from openpartner.huawei.bills.wire import Cycle, Limit, Offset, cycle_month
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.slices import Slice


class ListConsumeSubCustomers(HuaweiRequest):
    """The body."""

    bill_cycle: Cycle
    offset: Offset = 0
    limit: Limit = 10


class SubCustomerInfo(HuaweiResponse):
    """One customer."""

    customer_id: str


class ListConsumeSubCustomersResponse(HuaweiResponse):
    """A page of customers and how many there are."""

    sub_customers: list[SubCustomerInfo]
    total_count: int


@operation(
    "ListConsumeSubCustomers",
    route="POST /v2/bills/subcustomer-bills/res-fee-records/sub-customers/query",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.BILL_READ,
    per_second=PER_SECOND,
    docs="bpconsole/mt_000503",
    language="zh",
)
def list_consume_sub_customers(caller: Caller, request: ListConsumeSubCustomers) -> ListConsumeSubCustomersResponse:
    """The caller's own customers with lines in the month, those that have left since too; the oldest account first.

    vendor doc silent: whether a distributor gets its resellers' customers here; its own alone, as everywhere that names
    no reseller.
    """
    month = cycle_month("bill_cycle", request.bill_cycle)
    seller = seller_of(caller, None)
    where = BillFilter.month(month, partner=seller.partner)
    page = sums_page(seller.scope, where, [Dimension.CUSTOMER], (), Slice(request.offset, request.limit))
    customers = [row[0] for row in page.items]
    ids = account_ids(customers)
    return ListConsumeSubCustomersResponse([SubCustomerInfo(ids[one]) for one in customers], page.total)
