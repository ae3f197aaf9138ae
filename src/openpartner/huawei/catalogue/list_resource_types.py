"""Resource types: GET /v2/products/resource-types."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.catalogue.entries import HUAWEI, Level
from openpartner.core.catalogue.names import listed
from openpartner.huawei.base import HuaweiRequest, HuaweiResponse
from openpartner.huawei.catalogue.base import ANY_ACCOUNT, Offset, WideLimit, page
from openpartner.huawei.registry import PER_SECOND, operation


class ListResourceTypes(HuaweiRequest):
    """The query (huawei:D5)."""

    offset: Offset = 0
    limit: WideLimit = 10


class ResourceType(HuaweiResponse):
    """One resource type and the service it belongs to, which is empty while no bill has told it."""

    resource_type_code: str
    resource_type_name: str
    resource_type_desc: str
    service_type_code: str


class ListResourceTypesResponse(HuaweiResponse):
    """A page of resource types and how many there are."""

    total_count: int
    resource_types: list[ResourceType]


@operation(
    "ListResourceTypes",
    route="GET /v2/products/resource-types",
    kinds=ANY_ACCOUNT,
    permission=None,
    per_second=PER_SECOND,
    docs="oce/zh-cn_topic_0000001256519451",
    language="zh",
)
def list_resource_types(caller: Caller, request: ListResourceTypes) -> ListResourceTypesResponse:
    """The resource types by code."""
    found = listed(HUAWEI, Level.RESOURCE_TYPE)
    return ListResourceTypesResponse(
        len(found),
        [
            # vendor doc silent: how a description differs from the name; bills bring names alone, so it is the name.
            ResourceType(entry.code, entry.name(caller.language), entry.name(caller.language), entry.parent)
            for entry in page(found, request.offset, request.limit)
        ],
    )
