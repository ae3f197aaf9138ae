"""Cloud service types: GET /v2/products/service-types."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import BLANK_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.catalogue.entries import HUAWEI, Level
from openpartner.core.catalogue.names import listed
from openpartner.huawei.base import HuaweiRequest, HuaweiResponse
from openpartner.huawei.catalogue.base import ANY_ACCOUNT, Offset, WideLimit, page
from openpartner.huawei.registry import PER_SECOND, operation


class ListServiceTypes(HuaweiRequest):
    """The query (huawei:D5)."""

    offset: Offset = 0
    limit: WideLimit = 10
    # vendor doc silent: a blank, empty or null name; no condition, as for names elsewhere.
    service_type_name: Annotated[Annotated[str, Meta(max_length=128)] | None, BLANK_IS_ABSENT] = None


class ServiceType(HuaweiResponse):
    """One cloud service type. What only bills have named has no abbreviation."""

    service_type_name: str
    service_type_code: str
    abbreviation: str


class ListServiceTypesResponse(HuaweiResponse):
    """A page of service types and how many there are."""

    total_count: int
    service_types: list[ServiceType]


@operation(
    "ListServiceTypes",
    route="GET /v2/products/service-types",
    kinds=ANY_ACCOUNT,
    permission=None,
    per_second=PER_SECOND,
    docs="bpconsole/zh-cn_topic_0000001256679455",
    language="zh",
)
def list_service_types(caller: Caller, request: ListServiceTypes) -> ListServiceTypesResponse:
    """The service types by code; with a name, those whose name in the asked language holds it, in any case."""
    named = request.service_type_name or ""
    found = listed(HUAWEI, Level.SERVICE, named=named, language=caller.language)
    return ListServiceTypesResponse(
        len(found),
        [
            ServiceType(entry.name(caller.language), entry.code, entry.abbreviation)
            for entry in page(found, request.offset, request.limit)
        ],
    )
