"""Lines as the vendor's two structures of details have them: the partner's, and the customer's own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from openpartner.core.base.scope import Scope
from openpartner.core.billing.queries import BillFilter, lines
from openpartner.kit.slices import Slice
from openpartner.tencent.base import TencentResponse
from openpartner.tencent.bills.amounts import plain, second
from openpartner.tencent.bills.codes import NAMES, billing_mode, transaction_type
from openpartner.tencent.bills.whose import uins_of

DEFAULT_PROJECT = "default"
"""Where no project was chosen (tencent:D.0.2)."""
DISCOUNT_RATE = "1"
"""The vendor abandoned the field (tencent:E.8)."""


class BillDetailData(TencentResponse):
    """A line as the partner sees it (tencent:D.0.2)."""

    payer_account_id: int
    owner_account_id: int
    operator_account_id: int
    product_name: str
    billing_mode: str
    project_name: str
    region: str
    availability_zone: str
    instance_id: str
    instance_name: str
    sub_product_name: str
    transaction_type: str
    transaction_id: str
    transaction_time: str
    usage_start_time: str
    usage_end_time: str
    component_type: str
    component_name: str
    component_list_price: str
    component_price_measurement_unit: str
    component_usage: str
    component_usage_unit: str
    usage_duration: str
    duration_unit: str
    original_cost: str
    currency: str
    total_cost: str
    id: str
    business_code: str
    product_code: str
    component_code: str
    item_code: str
    total_amount_after_discount: str
    voucher_deduction: str
    customer_discount_rate: str
    discount_rate: str


class TagInfo(TencentResponse):
    """A cost allocation tag."""

    tag_key: str
    tag_value: str


class CustomerBillDetailData(TencentResponse):
    """A line as the customer sees it (tencent:D.0.2)."""

    payer_account_id: int
    owner_account_id: int
    operator_account_id: int
    product_name: str
    billing_mode: str
    project_name: str
    region: str
    availability_zone: str
    instance_id: str
    instance_name: str
    sub_product_name: str
    transaction_type: str
    transaction_id: str
    transaction_time: str
    usage_start_time: str
    usage_end_time: str
    component_type: str
    component_name: str
    component_list_price: str
    component_price_measurement_unit: str
    component_usage: str
    component_usage_unit: str
    usage_duration: str
    duration_unit: str
    original_cost: str
    currency: str
    total_cost: str
    id: str
    business_code: str
    product_code: str
    component_code: str
    item_code: str
    tags: list[TagInfo]


COLUMNS = (
    *("payer_id", "operator", "service_name", "charging", "project_name", "region_name", "region_code"),
    *("zone_name", "zone_code", "resource_id", "resource_name", "product_name", "action", "action_code"),
    *("transaction_id", "charged_at", "usage_from", "usage_to", "component_type_name", "component_name"),
    *("list_unit_price", "pricing_unit", "usage", "usage_unit", "duration", "duration_unit", "list_cost"),
    *("currency", "total_cost", "line_id", "service_code", "product_code", "component_type_code", "component_code"),
)
FOR_PARTNERS = (*COLUMNS, "cost_after_discount", "voucher_deduction", "customer_discount_rate")
FOR_CUSTOMERS = (*COLUMNS, "tags")
_tags = msgspec.json.Decoder(dict[str, Any])


def partner_page(scope: Scope, where: BillFilter, owner: int, window: Slice) -> tuple[list[BillDetailData], int]:
    """A page of a customer's lines and their number."""
    found = lines(scope, where, window, FOR_PARTNERS)
    uins = uins_of({row[0] for row in found.items})
    return [
        BillDetailData(*(*_shared(row, owner, uins), plain(after_discount), plain(voucher), plain(rate), DISCOUNT_RATE))
        for *row, after_discount, voucher, rate in found.items
    ], found.total


def customer_page(
    scope: Scope, where: BillFilter, owner: int, window: Slice
) -> tuple[list[CustomerBillDetailData], int]:
    """A page of the customer's own lines and their number."""
    found = lines(scope, where, window, FOR_CUSTOMERS)
    uins = uins_of({row[0] for row in found.items})
    return [
        CustomerBillDetailData(*(*_shared(row, owner, uins), _tag_infos(tags))) for *row, tags in found.items
    ], found.total


def _shared(row: list[Any], owner: int, uins: dict[int, int]) -> tuple[Any, ...]:
    """The fields of both structures, in their order."""
    payer, operator, service, charging, project, region, region_code, *rest = row
    zone, zone_code, resource, resource_name, product, action, action_code, *rest = rest
    transaction, charged_at, usage_from, usage_to, component_type, component, *rest = rest
    price, price_unit, usage, usage_unit, duration, duration_unit, list_cost, *rest = rest
    currency, total, line, service_code, product_code, component_type_code, component_code = rest
    return (
        uins.get(payer, 0),
        owner,
        int(operator) if operator and operator.isdecimal() and len(operator) < _UIN_LENGTH_MAX else owner,
        service or service_code or "",
        billing_mode(charging),
        project or DEFAULT_PROJECT,
        region or region_code or "",
        zone or zone_code or "",
        resource or "",
        resource_name or "",
        product or product_code or "",
        NAMES[transaction_type(action, action_code)],
        transaction or "",
        second(charged_at),
        second(usage_from),
        second(usage_to),
        component_type or "",
        component or "",
        _quantity(price),
        price_unit or "",
        _quantity(usage),
        usage_unit or "",
        _quantity(duration),
        duration_unit or "",
        plain(list_cost),
        currency or "",
        plain(total),
        str(line),
        service_code or "",
        product_code or "",
        component_type_code or "",
        component_code or "",
    )


_UIN_LENGTH_MAX = 19
"""Digits from which on a number no longer fits the wire's integer."""


def _tag_infos(tags: str | None) -> list[TagInfo]:
    # Other clouds' tags may have no value, or one that is no text.
    return [TagInfo(key, "" if value is None else str(value)) for key, value in _tags.decode(tags or "{}").items()]


def _quantity(value: Decimal | None) -> str:
    return "" if value is None else plain(value)
