"""The resource types of one service type: GET /v2/products/service-resources."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_INVALID, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.catalogue.entries import HUAWEI, Level
from openpartner.core.catalogue.names import listed
from openpartner.huawei.base import HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.catalogue.base import ANY_ACCOUNT, page
from openpartner.huawei.registry import PER_SECOND, operation

GivenLimit = Annotated[Annotated[int, Meta(ge=1, le=100)], BLANK_IS_INVALID]
"""Absent is 10; blank, empty and null are refused here, unlike in the other lists (huawei:D5)."""


class ListServiceResources(HuaweiRequest):
    """The query (huawei:D5)."""

    service_type_code: Annotated[Text64, BLANK_IS_INVALID]
    offset: Annotated[Annotated[int, Meta(ge=0, le=10_000_000)], NULL_IS_ABSENT] = 0
    limit: GivenLimit = 10


class ResourceBasicInfo(HuaweiResponse):
    """One resource type."""

    resource_type_code: str
    product_owner_service: str
    name: str
    description: str


class ServiceResourceInfo(HuaweiResponse):
    """Its wrapping on the wire."""

    basic_info: ResourceBasicInfo


class ListServiceResourcesResponse(HuaweiResponse):
    """A page of resource types and how many there are."""

    total_count: int
    infos: list[ServiceResourceInfo]


@operation(
    "ListServiceResources",
    route="GET /v2/products/service-resources",
    kinds=ANY_ACCOUNT,
    permission=None,
    per_second=PER_SECOND,
    docs="oce/qct_00003",
    language="zh",
)
def list_service_resources(caller: Caller, request: ListServiceResources) -> ListServiceResourcesResponse:
    """The resource types of the service by code; none of a service that nobody knows."""
    found = listed(HUAWEI, Level.RESOURCE_TYPE, parent=request.service_type_code)
    return ListServiceResourcesResponse(
        len(found),
        [
            ServiceResourceInfo(
                # Description: as in list_resource_types.
                ResourceBasicInfo(entry.code, entry.parent, entry.name(caller.language), entry.name(caller.language))
            )
            for entry in page(found, request.offset, request.limit)
        ],
    )
