"""DescribeCustomerInfo: the details of up to twenty named customers."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.base.sqltext import BeijingSecond
from openpartner.core.customers.queries import CustomerRows
from openpartner.tencent.base import DSR, TencentRequest, TencentResponse, Uin
from openpartner.tencent.customers.statuses import ACCOUNT_STATUSES, AUTH_STATUSES, auth_type
from openpartner.tencent.registry import operation


class DescribeCustomerInfo(TencentRequest):
    """The customers that are meant."""

    customer_uin: Annotated[list[Uin], Meta(min_length=1, max_length=20)]


class CustomerInfo(TencentResponse):
    """One customer. HasExpense is left out until bills are kept here."""

    customer_uin: str
    email: str
    phone: str
    mark: str
    name: str
    bind_time: str
    account_status: str
    auth_status: str
    auth_type: int
    cid_register_time: str
    uin_register_time: str
    auth_pass_time: str


class DescribeCustomerInfoResponse(TencentResponse):
    """The customers in the order in which they were named."""

    data: list[CustomerInfo]


ROWS = CustomerRows(
    "uin",
    "email",
    "mobile",
    "remark",
    "legal_name",
    BeijingSecond("associated_at"),
    "suspension",
    "verification",
    "customer_type",
    BeijingSecond("registered_at"),
    BeijingSecond("verified_at"),
)


# vendor doc silent: a distributor's call shows its direct customers; those of its resellers belong to them.
@operation(
    "DescribeCustomerInfo",
    kinds=DSR,  # the page omits second-level resellers, which tencent:F.15 reads as an oversight
    permission=Permission.CUSTOMER_READ,
    per_second=20,
    docs="",
    pending=("Data.HasExpense",),
)
def describe_customer_info(caller: Caller, request: DescribeCustomerInfo) -> DescribeCustomerInfoResponse:
    """The details of these customers; one that is not the caller's refuses the whole call."""
    # vendor doc silent: a customer named twice is shown once.
    uins = list(dict.fromkeys(request.customer_uin))
    found = {row[0]: row for row in ROWS.by_uins(caller.own(), uins)}
    if len(found) != len(uins):
        raise NotVisible("customer")
    return DescribeCustomerInfoResponse(
        [
            CustomerInfo(
                str(uin),
                email,
                mobile,
                remark,
                name,
                associated_at,
                ACCOUNT_STATUSES[suspension],
                AUTH_STATUSES[verification],
                auth_type(verification, customer_type),
                registered_at,  # one account is one customer here, so both registrations are its own
                registered_at,
                verified_at or "",
            )
            for (
                uin,
                email,
                mobile,
                remark,
                name,
                associated_at,
                suspension,
                verification,
                customer_type,
                registered_at,
                verified_at,
            ) in map(found.__getitem__, uins)
        ]
    )
