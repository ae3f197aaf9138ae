"""The counties of a city: GET /v2/systems/configs/counties (China site; huawei:D7a)."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.catalogue.divisions import parts_of
from openpartner.huawei.addresses.shapes import Code, Coded, DivisionsPage, page_of
from openpartner.huawei.base import HuaweiResponse
from openpartner.huawei.catalogue.base import ANY_ACCOUNT
from openpartner.huawei.registry import PER_SECOND, operation


class ListCounties(DivisionsPage, kw_only=True):
    """The query."""

    city_code: Code


class ListCountiesResponse(HuaweiResponse):
    """A page and how many there are."""

    count: int
    counties: list[Coded]


@operation(
    "ListCounties",
    route="GET /v2/systems/configs/counties",
    kinds=ANY_ACCOUNT,
    permission=None,
    per_second=PER_SECOND,
    docs="",
    language="zh",
)
def list_counties(caller: Caller, request: ListCounties) -> ListCountiesResponse:
    """The counties of a city by code; none for a code that no city has."""
    rows = parts_of(request.city_code)
    return ListCountiesResponse(len(rows), page_of(rows, request))
