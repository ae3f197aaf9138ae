"""QueryCustomersCredit: the caller's customers with their credit."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import On, Presence
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
from openpartner.core.base.kinds import CustomerType, Verification
from openpartner.core.base.permissions import Permission
from openpartner.core.base.sqltext import BeijingSecond
from openpartner.core.credit.queries import NONE, credits_of
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.order import Order
from openpartner.core.customers.queries import CustomerRows
from openpartner.kit.ids import UIN_MAX
from openpartner.kit.masks import mask_email, mask_mobile
from openpartner.kit.slices import Slice
from openpartner.tencent.base import DSR, PageNumber, TencentRequest, TencentResponse
from openpartner.tencent.credit.amounts import number
from openpartner.tencent.customers.statuses import ACCOUNT_STATUSES
from openpartner.tencent.errors import BAD_UIN
from openpartner.tencent.registry import operation

Blank = Presence(null=On.REJECT, empty=On.ABSENT)
PAGE_SIZE_MAX = 200
ORDERS = {"desc": None, "asc": Order.OLDEST}
"""Newest first needs no name: it is what lists are kept in."""


class NoUin(Invalid):
    """The filter is to be a uin and is none."""


class QueryCustomersCredit(TencentRequest):
    """Which customers, which page and which order; nothing at all is the first page of all."""

    filter_type: Annotated[str | None, Blank] = None
    filter: Annotated[Annotated[str, Meta(max_length=200)] | None, Blank] = None
    # vendor doc silent: the sizes of a page; ten rows unless asked for, two hundred at most.
    page: PageNumber = 1
    page_size: Annotated[int, Meta(ge=1, le=PAGE_SIZE_MAX)] = 10
    order: Annotated[str | None, Blank] = None


class CustomerCredit(TencentResponse):
    """One customer. When its resources expire is left out until resources are kept here."""

    name: str
    type: str
    mobile: str
    email: str
    arrears: str
    association_time: str
    client_uin: int
    credit: Decimal
    remaining_credit: Decimal
    identify_type: int
    remark: str
    force: int


class QueryCustomersCreditResponse(TencentResponse):
    """A page of customers and how many there are."""

    total: int
    data: list[CustomerCredit]


ROWS = CustomerRows(
    "legal_name",
    "mobile",
    "email",
    BeijingSecond("associated_at"),
    "uin",
    "verification",
    "customer_type",
    "remark",
    "suspension",
    "pk",
    "partner_id",
)


@operation(
    "QueryCustomersCredit",
    kinds=DSR,
    permission=Permission.CREDIT_READ,
    per_second=5,
    docs="product/1085/51421",
    pending=("Data.RecentExpiry",),  # the soonest end of what is prepaid: for orders and resources to say
    raises={NoUin: BAD_UIN},
)
def query_customers_credit(caller: Caller, request: QueryCustomersCredit) -> QueryCustomersCreditResponse:
    """The caller's direct customers, newest binding first unless asked otherwise."""
    order = (request.order or "desc").casefold()
    if order not in ORDERS:
        raise Invalid("Order", "must be desc or asc")
    window = Slice.page(request.page, request.page_size)
    found = ROWS.page(caller.own(), _filter(request), window, order=ORDERS[order])
    given = credits_of({row[-2]: row[-1] for row in found.items})
    data = [
        CustomerCredit(
            name,
            "new",  # vendor doc silent: what else there is; the value of the examples
            mask_mobile(mobile),
            mask_email(email),
            "-",
            since,
            uin,
            number((one := given.get(key, NONE)).total),
            number(one.available),
            _identified(verification, customer_type),
            remark,
            int(ACCOUNT_STATUSES[suspension]),
        )
        for name, mobile, email, since, uin, verification, customer_type, remark, suspension, key, _ in found.items
    ]
    return QueryCustomersCreditResponse(found.total, data)


def _identified(verification: int, customer_type: int) -> int:
    """0 not verified, 1 a person, 2 an enterprise."""
    if verification != Verification.VERIFIED:
        return 0
    return 2 if customer_type == CustomerType.ENTERPRISE else 1


def _filter(request: QueryCustomersCredit) -> CustomerFilter:
    # vendor doc silent: a kind without a value, or a value without a kind, filters nothing.
    if request.filter_type is None:
        return CustomerFilter()
    make = FILTERS.get(request.filter_type)
    if make is None:
        raise Invalid("FilterType", f"must be one of {', '.join(FILTERS)}")
    return make(request.filter) if request.filter is not None else CustomerFilter()


def _uin(text: str) -> int:
    if not re.fullmatch("[0-9]{1,18}", text) or not 1 <= int(text) <= UIN_MAX:
        raise NoUin("Filter", "is not a uin")
    return int(text)


# vendor doc silent: uins, e-mail addresses and remarks match as a whole, names anywhere and whatever their case.
FILTERS: dict[str, Callable[[str], CustomerFilter]] = {
    "ClientUin": lambda text: CustomerFilter(uin=_uin(text)),
    "Name": lambda text: CustomerFilter(legal_name_contains=text),
    "Remark": lambda text: CustomerFilter(remark=text),
    "Email": lambda text: CustomerFilter(email=text),
}
