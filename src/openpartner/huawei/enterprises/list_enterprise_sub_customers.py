"""The members of an enterprise: GET /v2/enterprises/multi-accounts/sub-customers (huawei:D6, huawei:C9)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from openpartner.apikit.presence import BARE_IS_ABSENT, NULL_IS_ABSENT, On, Presence
from openpartner.core.accounts.models import EnterpriseMember
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.organizations import MemberFilter, members_page
from openpartner.huawei.base import CUSTOMER, OFFSET_MAX, HuaweiRequest, HuaweiResponse, Text64, has_space
from openpartner.huawei.enterprises.masters import node, own_account
from openpartner.huawei.registry import PER_SECOND, operation
from openpartner.kit.slices import Slice

NORMAL = 1
EMPTY_FILTERS = Presence(null=On.REJECT, empty=On.KEEP, bare=On.ABSENT)


class ListEnterpriseSubCustomers(HuaweiRequest):
    """The query: names that are absent or blank are no condition, empty ones are (huawei:C9).

    vendor doc silent: null for a name, which is refused.
    """

    sub_customer_account_name: Annotated[Text64 | None, EMPTY_FILTERS] = None
    sub_customer_display_name: Annotated[Text64 | None, EMPTY_FILTERS] = None
    fuzzy_query: Annotated[Literal[0, 1], NULL_IS_ABSENT] = 0
    offset: Annotated[Annotated[int, Meta(ge=0, le=OFFSET_MAX)], NULL_IS_ABSENT] = 0
    limit: Annotated[Annotated[int, Meta(ge=1, le=100)], NULL_IS_ABSENT] = 10
    org_id: Annotated[Text64 | None, BARE_IS_ABSENT] = None


class SubCustomerInfo(HuaweiResponse):
    """One member. Who stands directly under the enterprise has no name of an organization."""

    id: str
    name: str
    display_name: str
    status: int
    org_id: str
    org_name: str | None = None

    @classmethod
    def of(cls, row: EnterpriseMember, root: int) -> SubCustomerInfo:
        """A membership as the vendor tells it; here every member is ready."""
        above = row.organization
        return cls(
            row.member.account_id,
            row.member.account_name,
            row.display_name,
            NORMAL,
            str(above.number if above is not None else root),
            above.name if above is not None else None,
        )


class ListEnterpriseSubCustomersResponse(HuaweiResponse):
    """A page of members and how many there are."""

    total_count: int
    sub_customer_infos: list[SubCustomerInfo]


@operation(
    "ListEnterpriseSubCustomers",
    route="GET /v2/enterprises/multi-accounts/sub-customers",
    kinds=CUSTOMER,
    permission=Permission.CUSTOMER_READ,
    per_second=PER_SECOND,
    docs="oce/ep_00021",
)
def list_enterprise_sub_customers(
    caller: Caller, request: ListEnterpriseSubCustomers
) -> ListEnterpriseSubCustomersResponse:
    """The present members of the calling master, oldest first.

    vendor doc silent: the order, and accounts that lead no enterprise, which have no members.
    """
    if has_space(request.sub_customer_account_name, request.sub_customer_display_name):
        return ListEnterpriseSubCustomersResponse(0, [])
    master = own_account(caller)
    where = MemberFilter(
        account_name=request.sub_customer_account_name,
        display_name=request.sub_customer_display_name,
        organization=node("org_id", request.org_id) if request.org_id is not None else None,
        is_fuzzy=request.fuzzy_query == 1,
    )
    found = members_page(master, caller.scope, where, Slice(request.offset, request.limit))
    return ListEnterpriseSubCustomersResponse(found.total, [SubCustomerInfo.of(row, master.uin) for row in found.items])
