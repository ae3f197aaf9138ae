"""The cities of a province: GET /v2/systems/configs/cities (China site; huawei:D7a)."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.catalogue.divisions import parts_of
from openpartner.huawei.addresses.shapes import Code, Coded, DivisionsPage, page_of
from openpartner.huawei.base import HuaweiResponse
from openpartner.huawei.catalogue.base import ANY_ACCOUNT
from openpartner.huawei.registry import PER_SECOND, operation


class ListCities(DivisionsPage, kw_only=True):
    """The query."""

    province_code: Code


class ListCitiesResponse(HuaweiResponse):
    """A page and how many there are."""

    count: int
    cities: list[Coded]


@operation(
    "ListCities",
    route="GET /v2/systems/configs/cities",
    kinds=ANY_ACCOUNT,
    permission=None,
    per_second=PER_SECOND,
    docs="oce/mpf_02002",
    language="zh",
)
def list_cities(caller: Caller, request: ListCities) -> ListCitiesResponse:
    """The cities of a province by code; none for a code that no province has."""
    rows = parts_of(request.province_code)
    return ListCitiesResponse(len(rows), page_of(rows, request))
