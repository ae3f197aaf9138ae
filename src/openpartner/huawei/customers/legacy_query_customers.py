"""Querying customers, old: POST /v1.0/{partner_id}/partner/customer-mgr/query (huawei:C9, zh-cn_topic_0077254158)."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, field

from openpartner.apikit.presence import BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.base.sqltext import UtcSecond
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import CustomerRows
from openpartner.huawei.base import (
    CODES,
    CSP_OR_DISTRIBUTOR,
    HuaweiRequest,
    HuaweiResponse,
    Instant,
    LegacyResponse,
    Text64,
    Text128,
    has_space,
    instant,
)
from openpartner.huawei.customers.legacy_associations import association_of
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.slices import Slice

PAGE_MAX = 200_000


class LegacyQueryCustomers(HuaweiRequest, rename="camel"):
    """The body; absent, empty and null are no condition. `offset` is a page number; `partner_id` is not verified."""

    domain_name: Annotated[Text128 | None, BLANK_IS_ABSENT] = None
    name: Annotated[Text128 | None, BLANK_IS_ABSENT] = None
    # vendor doc silent: empty page, limit and times; taken as absent, as this page takes every other parameter.
    offset: Annotated[Annotated[int, Meta(ge=1, le=PAGE_MAX)], BLANK_IS_ABSENT] = 1
    limit: Annotated[Annotated[int, Meta(ge=1, le=100)], BLANK_IS_ABSENT] = 10
    label: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    cooperation_type: Annotated[str | None, BLANK_IS_ABSENT] = None
    cooperation_time_start: Annotated[Instant | None, BLANK_IS_ABSENT] = None
    cooperation_time_end: Annotated[Instant | None, BLANK_IS_ABSENT] = None


class LegacyCustomer(HuaweiResponse, rename="camel"):
    """One customer, in the order of ROWS."""

    name: str
    domain_name: str
    customer_id: str
    cooperation_time: str
    cooperation_type: str
    label: str
    telephone: str
    verified_status: str
    country_code: str
    customer_type: int
    is_frozen: int


class LegacyQueryCustomersResponse(LegacyResponse):
    """A page of customers and how many there are."""

    customers: list[LegacyCustomer] = field(name="customerInfoList")
    count: int


ROWS = CustomerRows(
    "legal_name",
    "account_name",
    "account_id",
    UtcSecond("associated_at"),
    "association_kind",
    "labels",
    "mobile",
    "verification",
    "country_code",
    "customer_type",
    "suspension",
)


@operation(
    "LegacyQueryCustomers",
    route="POST /v1.0/{partner_id}/partner/customer-mgr/query",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_READ,
    per_second=PER_SECOND,
    docs="bpconsole/zh-cn_topic_0077254158",
)
def legacy_query_customers(caller: Caller, request: LegacyQueryCustomers) -> LegacyQueryCustomersResponse:
    """The caller's own customers; nobody found is an empty list."""
    association, possible = association_of(caller, request.cooperation_type)
    start, end = request.cooperation_time_start, request.cooperation_time_end
    where = CustomerFilter(
        account_name_contains=request.domain_name,
        legal_name_contains=request.name,
        label_contains=request.label,
        association=association,
        # vendor doc silent: here nothing asks for the pair, so either end alone is a condition.
        associated_from=instant("cooperationTimeStart", start) if start is not None else None,
        associated_until=instant("cooperationTimeEnd", end) if end is not None else None,
    )
    if not possible or has_space(request.domain_name, request.name, request.label):
        return LegacyQueryCustomersResponse(customers=[], count=0)
    found = ROWS.page(caller.own(), where, Slice.page(request.offset, request.limit))
    return LegacyQueryCustomersResponse(customers=[_customer(*row) for row in found.items], count=found.total)


def _customer(name: str, login: str, account_id: str, since: str, kind: int, *rest: Any) -> LegacyCustomer:
    labels, mobile, verification, country_code, customer_type, suspension = rest
    return LegacyCustomer(
        name,
        login,
        account_id,
        since,
        CODES[kind],
        labels,
        mobile,
        CODES[verification],
        country_code,
        customer_type,
        1 if suspension else 0,
    )
