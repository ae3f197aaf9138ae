"""One bill line as the lake has it, and what operations on details read of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from openpartner.core.catalogue.entries import Level
from openpartner.huawei.bills import codes
from openpartner.huawei.bills.amounts import COLUMNS as AMOUNT_COLUMNS
from openpartner.huawei.bills.amounts import Amounts, amounts_of
from openpartner.huawei.bills.names import ResourceType, measure_of, name_of, period_type, plain, resource_type
from openpartner.huawei.bills.reading import Source, page_of
from openpartner.kit.slices import Slice
from openpartner.lake.schema import Action, Charging


class Raw(NamedTuple):
    """The columns that are read, in the lake's words."""

    customer_id: int
    cloud: str
    bill_day: date
    line_id: int
    charging: str | None
    action: str | None
    action_code: str | None
    order_id: str | None
    transaction_id: str | None
    charged_at: datetime | None
    usage_from: datetime | None
    usage_to: datetime | None
    service_code: str | None
    service_name: str | None
    product_code: str | None
    product_name: str | None
    component_type_code: str | None
    component_code: str | None
    component_name: str | None
    resource_id: str | None
    resource_name: str | None
    resource_type_code: str | None
    resource_type_name: str | None
    region_code: str | None
    region_name: str | None
    zone_code: str | None
    project_id: str | None
    project_name: str | None
    tags: str | None
    usage: Decimal | None
    usage_unit: str | None
    duration: Decimal | None
    duration_unit: str | None
    pricing_unit: str | None
    list_unit_price: Decimal | None
    effective_cost: Decimal
    unpaid: Decimal


COLUMNS = (*Raw._fields, *AMOUNT_COLUMNS)
SERVICE, REGION = Level.SERVICE, Level.REGION


@dataclass(frozen=True, slots=True)
class Detail:
    """A line with its amounts and codes; `payer` is the account id of a master that pays, or empty."""

    raw: Raw
    amounts: Amounts
    bill_type: int
    charge_mode: int
    payer: str
    language: str

    @property
    def trade_id(self) -> str | None:
        return codes.trade_of(self.bill_type, self.raw.order_id, self.raw.transaction_id) or None

    @property
    def service_name(self) -> str | None:
        return name_of(self.raw.cloud, SERVICE, self.raw.service_code or "", self.raw.service_name or "", self.language)

    @property
    def resource_type(self) -> ResourceType:
        raw = self.raw
        return resource_type(
            raw.cloud,
            raw.resource_type_code,
            raw.resource_type_name,
            raw.product_code,
            raw.product_name,
            self.language,
        )

    @property
    def region_name(self) -> str | None:
        return name_of(self.raw.cloud, REGION, self.raw.region_code or "", self.raw.region_name or "", self.language)

    @property
    def usage_unit(self) -> int | None:
        return measure_of(self.raw.usage_unit) if self.raw.usage is not None else None

    @property
    def period(self) -> int | None:
        return period_type(self.raw.duration_unit)

    @property
    def consumed_at(self) -> datetime | None:
        """When it was used: what is prepaid when it was traded, what is used when its record began (mbc_00004)."""
        if self.raw.charging in {Charging.PREPAID, None} or self.raw.usage_from is None:
            return self.raw.charged_at or self.raw.usage_from
        return self.raw.usage_from


def spot_of(charging: str | None, action: str | None) -> str:
    """Y or N, -- where it cannot be: for what is prepaid or reserved (SDK, is_spot)."""
    if charging in {Charging.PREPAID, Charging.RESERVED}:
        return "--"
    return "Y" if action == Action.SPOT else "N"


def details_of(sources: Sequence[Source], window: Slice, language: str) -> tuple[list[Detail], int]:
    """One page of lines, and how many there are."""
    rows, total = page_of(sources, window, COLUMNS)
    return [detail_of(row, source.payer, language) for source, row in rows], total


def detail_of(row: tuple[Any, ...], payer: str, language: str) -> Detail:
    """A row of COLUMNS."""
    raw = Raw(*row[: len(Raw._fields)])
    raw = raw._replace(usage=plain(raw.usage), duration=plain(raw.duration), list_unit_price=plain(raw.list_unit_price))
    return Detail(
        raw,
        amounts_of(row[len(Raw._fields) :]),
        codes.bill_type(raw.action, raw.action_code),
        codes.charge_mode(raw.charging),
        payer,
        language,
    )
