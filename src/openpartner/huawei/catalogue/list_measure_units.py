"""Measure units: GET /v2/bases/measurements."""

from __future__ import annotations

from openpartner.core.base.caller import Caller
from openpartner.core.catalogue.units import all_units
from openpartner.huawei.base import HuaweiRequest, HuaweiResponse
from openpartner.huawei.catalogue.base import ANY_ACCOUNT
from openpartner.huawei.registry import PER_SECOND, operation


class ListMeasureUnits(HuaweiRequest):
    """No parameters."""


class MeasureUnitRest(HuaweiResponse):
    """One unit."""

    measure_id: int
    measure_name: str
    abbreviation: str
    measure_type: int


class ListMeasureUnitsResponse(HuaweiResponse):
    """Every unit: this list has no pages."""

    measure_units: list[MeasureUnitRest]


@operation(
    "ListMeasureUnits",
    route="GET /v2/bases/measurements",
    kinds=ANY_ACCOUNT,
    permission=None,
    per_second=PER_SECOND,
    docs="oce/qct_00006",
    language="zh",
)
def list_measure_units(caller: Caller, request: ListMeasureUnits) -> ListMeasureUnitsResponse:
    """The units by type, the smaller ones first."""
    # vendor doc silent: the numbers of most units; where it numbers none, ours begin at 1001.
    return ListMeasureUnitsResponse(
        [MeasureUnitRest(unit.id, unit.name(caller.language), unit.abbreviation, unit.type) for unit in all_units()]
    )
