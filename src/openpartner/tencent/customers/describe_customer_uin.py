"""DescribeCustomerUin: the uins of the caller's customers."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import CustomerRows
from openpartner.kit.slices import Slice
from openpartner.tencent.base import DSR, ListedPageNumber, ListedPageSize, TencentRequest, TencentResponse
from openpartner.tencent.registry import operation


class DescribeCustomerUin(TencentRequest):
    """Which page. The largest size is not documented; it is the one of the other lists (tencent:D.2)."""

    page: ListedPageNumber
    page_size: ListedPageSize


class CustomerUin(TencentResponse):
    """One customer."""

    customer_uin: str


class DescribeCustomerUinResponse(TencentResponse):
    """A page of uins and how many customers there are, as a text (tencent:F.16)."""

    data: list[CustomerUin]
    total: str


ROWS = CustomerRows("uin")
EVERYONE = CustomerFilter()


# vendor doc silent: newest binding first, direct customers alone.
@operation("DescribeCustomerUin", kinds=DSR, permission=Permission.CUSTOMER_READ, per_second=20, docs="")
def describe_customer_uin(caller: Caller, request: DescribeCustomerUin) -> DescribeCustomerUinResponse:
    """The uins of the caller's own customers."""
    found = ROWS.page(caller.own(), EVERYONE, Slice.page(request.page, request.page_size))
    return DescribeCustomerUinResponse([CustomerUin(str(uin)) for (uin,) in found.items], str(found.total))
