"""How many of one another measure units are: GET /v2/bases/conversions."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from openpartner.apikit.presence import NULL_IS_ABSENT
from openpartner.core.base.caller import Caller
from openpartner.core.catalogue.units import conversions
from openpartner.huawei.base import HuaweiRequest, HuaweiResponse
from openpartner.huawei.catalogue.base import ANY_ACCOUNT
from openpartner.huawei.registry import PER_SECOND, operation


class ListConversions(HuaweiRequest):
    """The query (huawei:C9): absent, blank and null are no filter, the empty string is refused."""

    measure_type: Annotated[Annotated[int, Meta(ge=1, le=2**31 - 1)] | None, NULL_IS_ABSENT] = None


class Conversion(HuaweiResponse):
    """One `measure_id` is `conversion_ratio` of `ref_measure_id`: 1 GB is 1024 MB."""

    measure_id: int
    ref_measure_id: int
    conversion_ratio: int
    measure_type: int


class ListConversionsResponse(HuaweiResponse):
    """Every conversion: this list has no pages."""

    conversions: list[Conversion]


@operation(
    "ListConversions",
    route="GET /v2/bases/conversions",
    kinds=ANY_ACCOUNT,
    permission=None,
    per_second=PER_SECOND,
    docs="oce/qct_00007",
    language="zh",
)
def list_conversions(caller: Caller, request: ListConversions) -> ListConversionsResponse:
    """The conversions of a type, or of all; none of a type that has one unit or that nobody knows."""
    # The SDK reads a ratio with int(): from the larger unit to the smaller one alone is it always a whole number.
    return ListConversionsResponse(
        [Conversion(one.unit, one.into, one.ratio, one.type) for one in conversions(request.measure_type)]
    )
