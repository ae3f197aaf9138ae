"""Querying customers, old: GET /v1.0/{partner_id}/partner/customer-mgr/detail (huawei:C9, offl_00004).

Absent, bare (`label=`), empty (`label=""`) and null (`label=null`) are four different things here: an empty text
and null are conditions like any other, where the newer operation drops them.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, field

from openpartner.apikit.presence import BARE_IS_ABSENT, BLANK_FILTERS, BLANK_IS_INVALID, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid
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


class LegacyListCustomerDetails(HuaweiRequest):
    """The query; all is optional, the two times come together. `partner_id` is not verified (huawei:F22)."""

    domain_name: Annotated[Text128 | None, BLANK_FILTERS] = None
    corp_name: Annotated[Text128 | None, BLANK_FILTERS] = None
    page_no: Annotated[Annotated[int, Meta(ge=1)], NULL_IS_ABSENT] = 1
    page_size: Annotated[Annotated[int, Meta(ge=1, le=100)], NULL_IS_ABSENT] = 10
    label: Annotated[Text64 | None, BLANK_FILTERS] = None
    cooperation_type: Annotated[str | None, BARE_IS_ABSENT] = field(name="cooperationType", default=None)
    time_start: Annotated[Instant | None, BLANK_IS_INVALID] = field(name="cooperationTimeStart", default=None)
    time_end: Annotated[Instant | None, BLANK_IS_INVALID] = field(name="cooperationTimeEnd", default=None)


class LegacyCustomerDetail(HuaweiResponse):
    """One customer, in the order of ROWS. `corp_name` is always there and may be null (huawei:F6)."""

    corp_name: str | None
    domain_name: str
    customer_id: str
    start_time: str
    cooperation_type: str
    label: str
    telephone: str
    verified_status: str = field(name="verifiedStatus")
    country_code: str = field(name="countryCode")


class LegacyListCustomerDetailsResponse(LegacyResponse):
    """A page of customers and how many there are."""

    customer_info_list: list[LegacyCustomerDetail]
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
)


@operation(
    "LegacyListCustomerDetails",
    route="GET /v1.0/{partner_id}/partner/customer-mgr/detail",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_READ,
    per_second=PER_SECOND,
    docs="bpconsole/offl_00004",
)
def legacy_list_customer_details(
    caller: Caller, request: LegacyListCustomerDetails
) -> LegacyListCustomerDetailsResponse:
    """The caller's own customers; nobody found is an empty list."""
    where, possible = _filter(caller, request)
    if not possible:
        return LegacyListCustomerDetailsResponse(customer_info_list=[], count=0)
    found = ROWS.page(caller.own(), where, Slice.page(request.page_no, request.page_size))
    return LegacyListCustomerDetailsResponse(
        customer_info_list=[_detail(*row) for row in found.items], count=found.total
    )


def _detail(name: str, login: str, account_id: str, since: str, kind: int, *rest: Any) -> LegacyCustomerDetail:
    labels, mobile, verification, country_code = rest
    return LegacyCustomerDetail(
        name or None, login, account_id, since, CODES[kind], labels, mobile, CODES[verification], country_code
    )


def _filter(caller: Caller, request: LegacyListCustomerDetails) -> tuple[CustomerFilter, bool]:
    """The conditions, and whether anything can match them."""
    start, end = request.time_start, request.time_end
    if (start is None) != (end is None):
        raise Invalid("cooperationTimeStart", "and cooperationTimeEnd come together")
    association, possible = association_of(caller, request.cooperation_type)
    where = CustomerFilter(
        account_name_contains=request.domain_name or None,
        legal_name_contains=request.corp_name or None,
        label_contains=request.label or None,
        account_name=_empty(request.domain_name),
        legal_name=_empty(request.corp_name),
        label=_empty(request.label),
        association=association,
        associated_from=instant("cooperationTimeStart", start) if start is not None else None,
        associated_until=instant("cooperationTimeEnd", end) if end is not None else None,
    )
    return where, possible and not has_space(request.domain_name, request.corp_name, request.label)


def _empty(text: str | None) -> str | None:
    """The empty text as a condition of its own: every text contains it, so it means equality."""
    return "" if text == "" else None
