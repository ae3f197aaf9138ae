"""All provinces: GET /v2/systems/configs/provinces (China site; huawei:D7a)."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.catalogue.divisions import provinces
from openpartner.huawei.addresses.shapes import Coded, DivisionsPage, page_of
from openpartner.huawei.base import HuaweiResponse
from openpartner.huawei.catalogue.base import ANY_ACCOUNT
from openpartner.huawei.registry import PER_SECOND, operation


class ListProvinces(DivisionsPage):
    """The query."""


class ListProvincesResponse(HuaweiResponse):
    """A page and how many there are."""

    count: int
    provinces: list[Coded]


@operation(
    "ListProvinces",
    route="GET /v2/systems/configs/provinces",
    kinds=ANY_ACCOUNT,
    permission=None,
    per_second=PER_SECOND,
    docs="oce/mpf_02001",
    language="zh",
)
def list_provinces(caller: Caller, request: ListProvinces) -> ListProvincesResponse:
    """All provinces by code."""
    rows = provinces()
    return ListProvincesResponse(len(rows), page_of(rows, request))
