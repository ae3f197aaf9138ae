"""Querying customers: POST /v2/partners/sub-customers/query."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Invalid, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.base.sqltext import UtcSecond
from openpartner.core.customers.filters import CustomerFilter
from openpartner.core.customers.queries import CustomerRows
from openpartner.core.partners.queries import customers_of_reseller, get_reseller
from openpartner.huawei.base import (
    ASSOCIATIONS,
    CODES,
    CSP_OR_DISTRIBUTOR,
    OFFSET_MAX,
    SITE_ASSOCIATIONS,
    HuaweiRequest,
    HuaweiResponse,
    Instant,
    Text64,
    has_space,
    instant,
)
from openpartner.huawei.errors import NOT_MY_RESELLER
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.slices import Slice


class ListSubCustomers(HuaweiRequest):
    """The body; every parameter is optional (huawei:C9)."""

    account_name: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    customer: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    offset: Annotated[Annotated[int, Meta(ge=0, le=OFFSET_MAX)], NULL_IS_ABSENT] = 0
    limit: Annotated[Annotated[int, Meta(ge=1, le=100)], NULL_IS_ABSENT] = 10
    label: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    association_type: Annotated[Annotated[str, Meta(max_length=2)] | None, BLANK_IS_ABSENT] = None
    associated_on_begin: Annotated[Instant | None, NULL_IS_ABSENT] = None
    associated_on_end: Annotated[Instant | None, NULL_IS_ABSENT] = None
    customer_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None
    indirect_partner_id: Annotated[Text64 | None, BLANK_IS_ABSENT] = None


class AccountManager(HuaweiResponse):
    """The account manager of a customer."""

    account_name: str


class CustomerInformation(HuaweiResponse):
    """One customer, in the order of COLUMNS."""

    customer: str
    account_name: str
    customer_id: str
    associated_on: str
    association_type: str
    label: str
    telephone: str
    verified_status: str
    country_code: str
    customer_type: int
    is_frozen: int
    account_managers: list[AccountManager]
    xaccount_id: str
    xaccount_type: str
    customer_level: str
    email: str


class ListSubCustomersResponse(HuaweiResponse):
    """A page of customers and how many there are."""

    customer_infos: list[CustomerInformation]
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
    "manager__name",
    "external_id",
    "external_platform",
    "customer_level",
    "email",
)


@operation(
    "ListSubCustomers",
    route="POST /v2/partners/sub-customers/query",
    kinds=CSP_OR_DISTRIBUTOR,
    permission=Permission.CUSTOMER_READ,
    per_second=PER_SECOND,
    docs="bpconsole/mc_00021",
    raises={NotVisible: NOT_MY_RESELLER},
)
def list_sub_customers(caller: Caller, request: ListSubCustomers) -> ListSubCustomersResponse:
    """The caller's own customers, or with `indirect_partner_id` those of one of a distributor's resellers."""
    scope = caller.own()
    # The parameter is a distributor's; from a reseller it is ignored, as documented (huawei:C9).
    if request.indirect_partner_id is not None and caller.kind is AccountKind.DISTRIBUTOR:
        scope = customers_of_reseller(caller.scope, get_reseller(caller.scope, account_id=request.indirect_partner_id))
    where = _filter(caller, request)
    if has_space(request.account_name, request.customer, request.label):
        return ListSubCustomersResponse([], 0)
    found = ROWS.page(scope, where, Slice(request.offset, request.limit))
    return ListSubCustomersResponse(
        [
            CustomerInformation(
                name,
                account_name,
                account_id,
                associated_on,
                CODES[kind],
                labels,
                mobile,
                CODES[verification],
                country_code,
                customer_type,
                1 if suspension else 0,
                [AccountManager(manager)] if manager else [],
                external_id,
                external_platform,
                level,
                email,
            )
            for (
                name,
                account_name,
                account_id,
                associated_on,
                kind,
                labels,
                mobile,
                verification,
                country_code,
                customer_type,
                suspension,
                manager,
                external_id,
                external_platform,
                level,
                email,
            ) in found.items
        ],
        found.total,
    )


def _filter(caller: Caller, request: ListSubCustomers) -> CustomerFilter:
    association = None
    if request.association_type is not None:
        association = ASSOCIATIONS.get(request.association_type)
        if association not in SITE_ASSOCIATIONS[caller.site]:
            raise Invalid("association_type", "is not an association type of this site")
    begin, end = request.associated_on_begin, request.associated_on_end
    return CustomerFilter(
        account_name_contains=request.account_name,
        legal_name_contains=request.customer,
        label_contains=request.label,
        association=association,
        associated_from=instant("associated_on_begin", begin) if begin is not None else None,
        associated_until=instant("associated_on_end", end) if end is not None else None,
        account_id=request.customer_id,
    )
