"""QueryPolicyProductListByCode: the products inside a policy, by which a partner earns."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import On, Presence
from openpartner.core.base.caller import Caller
from openpartner.core.base.permissions import Permission
from openpartner.core.commissions.models import PolicyProduct
from openpartner.core.commissions.policies import PolicyFilter, policy_products
from openpartner.kit.slices import Slice
from openpartner.tencent.base import DSR, PageNumber, TencentRequest, TencentResponse
from openpartner.tencent.registry import operation

Condition = Annotated[Annotated[str, Meta(max_length=255)] | None, Presence(null=On.REJECT, empty=On.ABSENT)]
"""The whole code or name; an empty text is no condition."""


class QueryPolicyProductListByCode(TencentRequest):
    """Which policy, which of its products, and which page of them."""

    policy_code: Annotated[str, Meta(min_length=1, max_length=64)]
    product_code: Condition = None
    product_name: Condition = None
    sub_product_code: Condition = None
    sub_product_name: Condition = None
    page: PageNumber = 1
    page_size: Annotated[int, Meta(ge=1, le=200)] = 200


class PolicyProductList(TencentResponse):
    """One product by the four levels of bill lines; `*` at a level is all that is below the level above."""

    policy_code: str
    product_code: str
    product_name: str
    sub_product_code: str
    sub_product_name: str
    component_type_code: str
    component_type_name: str
    component_code: str
    component_name: str
    start_date: str
    end_date: str


class QueryPolicyProductListByCodeResponse(TencentResponse):
    """A page of products and how many there are."""

    total: int
    product_list: list[PolicyProductList]


@operation(
    "QueryPolicyProductListByCode",
    kinds=DSR,
    # vendor doc silent: which item of a role it needs; that of bills, whose lines the products are matched with.
    permission=Permission.BILL_READ,
    per_second=20,
    docs="product/1085/72968",
)
def query_policy_product_list_by_code(
    caller: Caller, request: QueryPolicyProductListByCode
) -> QueryPolicyProductListByCodeResponse:
    """The products by code, for partners with the allowlist; of a policy that nobody keeps, none."""
    where = PolicyFilter(
        policy=request.policy_code,
        service_code=request.product_code,
        service_name=request.product_name,
        product_code=request.sub_product_code,
        product_name=request.sub_product_name,
    )
    found = policy_products(caller, where, Slice.page(request.page, request.page_size))
    return QueryPolicyProductListByCodeResponse(found.total, [_told(row) for row in found.items])


def _told(row: PolicyProduct) -> PolicyProductList:
    return PolicyProductList(
        row.policy,
        row.service_code,
        row.service_name,
        row.product_code,
        row.product_name,
        row.component_type_code,
        row.component_type_name,
        row.component_code,
        row.component_name,
        _midnight(row.starts_on),
        # vendor doc silent: the end of a policy that has none yet; the field is never left out, so it is empty.
        _midnight(row.ends_on) if row.ends_on else "",
    )


def _midnight(day: date) -> str:
    return f"{day} 00:00:00"
