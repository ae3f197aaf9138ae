"""The organizations of an enterprise: GET /v2/enterprises/multi-accounts/enterprise-organizations (huawei:D7a)."""

from __future__ import annotations

from typing import Annotated, Literal

from openpartner.apikit.presence import BARE_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.organizations import Node, get_organization, tree
from openpartner.huawei.base import CUSTOMER, HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.enterprises.masters import node, own_account
from openpartner.huawei.errors import PARAMETER, refused
from openpartner.huawei.registry import PER_SECOND, operation


class ListEnterpriseOrganizations(HuaweiRequest):
    """The query."""

    recursive_query: Annotated[Literal[0, 1], BARE_IS_ABSENT] = 0
    parent_id: Annotated[Text64 | None, BARE_IS_ABSENT] = None


class EmChildNode(HuaweiResponse):
    """An organization; those below it are left out unless the query is recursive."""

    relation_id: str
    id: str
    name: str
    child_nodes: list[EmChildNode] | None = None


class ListEnterpriseOrganizationsResponse(HuaweiResponse):
    """The root, told only when the query begins there, and what stands below."""

    child_nodes: list[EmChildNode]
    root_id: str | None = None
    root_name: str | None = None


@operation(
    "ListEnterpriseOrganizations",
    route="GET /v2/enterprises/multi-accounts/enterprise-organizations",
    kinds=CUSTOMER,
    permission=Permission.CUSTOMER_READ,
    per_second=PER_SECOND,
    docs="oce/ep_00020",
    raises={NotVisible: PARAMETER},
)
def list_enterprise_organizations(
    caller: Caller, request: ListEnterpriseOrganizations
) -> ListEnterpriseOrganizationsResponse:
    """The organizations below the enterprise or below one of them, siblings by name.

    vendor doc silent: an account that leads no enterprise, which has a root and nothing below; the order of siblings;
    and an unknown `parent_id`, which is refused as an absent organization of one's own is.
    """
    master, nodes, is_deep = own_account(caller), tree(caller.scope), request.recursive_query == 1
    if request.parent_id is None or node("parent_id", request.parent_id) == master.uin:
        found = [_shown(one, is_deep=is_deep) for one in nodes]
        if request.parent_id is not None:
            return ListEnterpriseOrganizationsResponse(found)
        return ListEnterpriseOrganizationsResponse(found, str(master.uin), master.legal_name or None)
    above = _found(nodes, get_organization(caller.scope, node("parent_id", request.parent_id)).pk)
    if above is None:  # removed in between
        raise refused(PARAMETER, "no such organization")
    return ListEnterpriseOrganizationsResponse([_shown(one, is_deep=is_deep) for one in above.parts])


def _shown(one: Node, *, is_deep: bool) -> EmChildNode:
    row = one.organization
    parts = [_shown(part, is_deep=True) for part in one.parts] if is_deep else None
    return EmChildNode(str(row.pk), str(row.number), row.name, parts)


def _found(nodes: list[Node], pk: int) -> Node | None:
    for one in nodes:
        if one.organization.pk == pk:
            return one
        below = _found(one.parts, pk)
        if below is not None:
            return below
    return None
