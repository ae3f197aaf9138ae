"""What lists of lines tell in the same words: the paid amounts, and the two vocabularies for what a line is of.

Lists of customers' own records (mbc_00003, mbc_00004) say `region` and `cloud_service_type` and have sums of lines too;
the younger ones say `region_code` and `service_type_code`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict

from openpartner.huawei.bills.amounts import Amounts
from openpartner.huawei.bills.details import Detail
from openpartner.huawei.bills.names import instant
from openpartner.huawei.bills.own import Whose
from openpartner.huawei.bills.statistics import Names, Sum
from openpartner.huawei.bills.wire import MAJOR_UNIT


class Paid(TypedDict):
    """Amounts under the names that all lists give them."""

    official_amount: Decimal
    cash_amount: Decimal
    credit_amount: Decimal
    coupon_amount: Decimal
    flexipurchase_coupon_amount: Decimal
    debt_amount: Decimal


def paid(amounts: Amounts) -> Paid:
    """The amounts that all lists tell."""
    return {
        "official_amount": amounts.official,
        "cash_amount": amounts.cash,
        "credit_amount": amounts.credit,
        "coupon_amount": amounts.coupon,
        "flexipurchase_coupon_amount": amounts.flexible,
        "debt_amount": amounts.debt,
    }


class YoungAmounts(Paid):
    """Amounts as the younger lists of deductions name them."""

    official_discount_amount: Decimal
    stored_value_card_amount: Decimal
    writeoff_amount: Decimal


def young_amounts(amounts: Amounts) -> YoungAmounts:
    """The amounts of the younger lists of deductions."""
    return {
        **paid(amounts),
        "official_discount_amount": amounts.discount,
        "stored_value_card_amount": amounts.stored_card,
        "writeoff_amount": amounts.adjusted,
    }


class YoungLine(TypedDict):
    """What a line is of, as the younger lists say it."""

    service_type_code: str | None
    service_type_name: str | None
    resource_type_code: str | None
    resource_type_name: str | None
    region_code: str | None
    region_name: str | None
    charging_mode: int
    enterprise_project_id: str


def young_line(detail: Detail) -> YoungLine:
    """A line in the words of the younger lists."""
    kind = detail.resource_type
    return {
        "service_type_code": detail.raw.service_code,
        "service_type_name": detail.service_name,
        "resource_type_code": kind.code or None,
        "resource_type_name": kind.name,
        "region_code": detail.raw.region_code,
        "region_name": detail.region_name,
        "charging_mode": detail.charge_mode,
        "enterprise_project_id": detail.raw.project_id or "null",
    }


class YoungResource(TypedDict):
    """What was used of which resource, as the younger lists say it."""

    resource_id: str | None
    resource_name: str | None
    resource_tag: str | None
    product_spec_desc: str | None
    period_type: int | None
    usage_type: str | None
    usage_measure_id: int | None


def young_resource(detail: Detail) -> YoungResource:
    """The resource of a line in the words of the younger lists."""
    raw = detail.raw
    return {
        "resource_id": raw.resource_id,
        "resource_name": raw.resource_name,
        "resource_tag": raw.tags,
        "product_spec_desc": raw.component_name,
        "period_type": detail.period,
        "usage_type": raw.component_type_code,
        "usage_measure_id": detail.usage_unit,
    }


class OwnAmounts(Paid):
    """Amounts as the lists of one's own records name them."""

    discount_amount: Decimal
    stored_card_amount: Decimal
    bonus_amount: Decimal
    adjustment_amount: Decimal
    measure_id: int


def own_amounts(amounts: Amounts) -> OwnAmounts:
    """The amounts of one's own records."""
    return {
        **paid(amounts),
        "discount_amount": amounts.discount,
        "stored_card_amount": amounts.stored_card,
        "bonus_amount": amounts.bonus,
        "adjustment_amount": amounts.adjusted,
        "measure_id": MAJOR_UNIT,
    }


class OwnRecord(TypedDict):
    """What a line or a sum of lines is of, as the lists of one's own records say it."""

    bill_type: int
    customer_id: str
    account_name: str
    region: str | None
    region_name: str | None
    cloud_service_type: str | None
    cloud_service_type_name: str | None
    resource_type_name: str | None
    resource_name: str | None
    product_spec_desc: str | None
    sku_code: str | None
    trade_id: str | None
    enterprise_project_id: str
    enterprise_project_name: str | None


class OwnLine(OwnRecord):
    """What a line alone has besides."""

    id: str
    resource_tag: str | None
    effective_time: str | None
    expire_time: str | None
    consume_time: str | None
    period_num: Decimal | None


def own_line(detail: Detail, whose: Whose) -> OwnLine:
    """A line in the words of one's own records."""
    raw = detail.raw
    return {
        "bill_type": detail.bill_type,
        "customer_id": whose.account_id(raw.customer_id),
        "account_name": whose.account_name(raw.customer_id),
        "region": raw.region_code,
        "region_name": detail.region_name,
        "cloud_service_type": raw.service_code,
        "cloud_service_type_name": detail.service_name,
        "resource_type_name": detail.resource_type.name,
        "resource_name": raw.resource_name,
        "product_spec_desc": raw.component_name,
        "sku_code": raw.component_code,
        "trade_id": detail.trade_id,
        "enterprise_project_id": raw.project_id or "null",
        "enterprise_project_name": raw.project_name,
        "id": str(raw.line_id),
        "resource_tag": raw.tags,
        "effective_time": instant(raw.usage_from),
        "expire_time": instant(raw.usage_to),
        "consume_time": instant(detail.consumed_at),
        "period_num": raw.duration if detail.period is not None else None,
    }


def own_sum(one: Sum, names: Names, whose: Whose) -> OwnRecord:
    """A sum of lines in the words of one's own records."""
    return {
        "bill_type": one.bill_type,
        "customer_id": whose.account_id(one.customer),
        "account_name": whose.account_name(one.customer),
        "region": one.region or None,
        "region_name": names.region,
        "cloud_service_type": one.service or None,
        "cloud_service_type_name": names.service,
        "resource_type_name": names.resource_type.name,
        "resource_name": names.resource,
        "product_spec_desc": names.component,
        "sku_code": one.component or None,
        "trade_id": one.order or None,
        "enterprise_project_id": one.project or "null",
        "enterprise_project_name": names.project,
    }
