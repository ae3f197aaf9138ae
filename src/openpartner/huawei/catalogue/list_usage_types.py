"""Usage types: GET /v2/products/usage-types."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_FILTERS, NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.catalogue.entries import HUAWEI, Entry, Level
from openpartner.core.catalogue.names import listed, names_of
from openpartner.huawei.base import HuaweiRequest, HuaweiResponse, Text64
from openpartner.huawei.catalogue.base import ANY_ACCOUNT, page
from openpartner.huawei.registry import PER_SECOND, operation


class ListUsageTypes(HuaweiRequest):
    """The query. An empty or null resource type is one that nothing has; a blank one is none (huawei:D5)."""

    resource_type_code: Annotated[Text64 | None, BLANK_FILTERS] = None
    offset: Annotated[Annotated[int, Meta(ge=0, le=100_000_000)], NULL_IS_ABSENT] = 0
    limit: Annotated[Annotated[int, Meta(ge=1, le=100)], NULL_IS_ABSENT] = 10


class UsageType(HuaweiResponse):
    """One usage type of one resource type."""

    code: str
    name: str
    resource_type_code: str
    service_type_code: str
    resource_type_name: str
    service_type_name: str


class ListUsageTypesResponse(HuaweiResponse):
    """A page of usage types and how many there are."""

    total_count: int
    usage_types: list[UsageType]


@operation(
    "ListUsageTypes",
    route="GET /v2/products/usage-types",
    kinds=ANY_ACCOUNT,
    permission=None,
    per_second=PER_SECOND,
    docs="oce/qct_00004",
    language="zh",
)
def list_usage_types(caller: Caller, request: ListUsageTypes) -> ListUsageTypesResponse:
    """The usage types by code and resource type."""
    found = listed(HUAWEI, Level.USAGE_TYPE, parent=request.resource_type_code)
    shown = page(found, request.offset, request.limit)
    resource_types = {entry.code: entry for entry in listed(HUAWEI, Level.RESOURCE_TYPE)} if shown else {}
    services = names_of(HUAWEI, Level.SERVICE, {entry.parent for entry in resource_types.values()}, caller.language)

    def told(entry: Entry) -> UsageType:
        above = resource_types.get(entry.parent, Entry(HUAWEI, Level.RESOURCE_TYPE, entry.parent))
        return UsageType(
            entry.code,
            entry.name(caller.language),
            above.code,
            above.parent,
            above.name(caller.language),
            services.get(above.parent, ""),
        )

    return ListUsageTypesResponse(len(found), [told(entry) for entry in shown])
