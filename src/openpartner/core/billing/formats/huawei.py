"""Huawei's records of consumption: the columns of `res-fee-records` (huawei:D6) and of the monthly records.

Months and days are Beijing's. The month is the record's cycle where it has one, else that of its day.
"""

from __future__ import annotations

from collections.abc import Collection

from openpartner.core.billing.formats.format import Format, Options, Shape, spellings
from openpartner.core.billing.formats.projection import NOTHING, YEAR_MAX, YEAR_MIN, Projection, chosen
from openpartner.core.catalogue.charges import action_codes, charging_codes
from openpartner.core.catalogue.entries import HUAWEI
from openpartner.core.catalogue.units import all_units
from openpartner.lake.schema import ADJUSTMENTS, Action, Charging
from openpartner.lake.store import quoted

HEADERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            *("bill_date", "bill_type", "customer_id", "region", "region_name", "cloud_service_type_name"),
            *("resource_type_name", "effective_time", "expire_time", "resource_name", "resource_tag"),
            *("product_id", "product_name", "product_spec_desc", "sku_code", "trade_id", "id", "trade_time"),
            *("enterprise_project_id", "enterprise_project_name", "order_id", "period_type", "usage_type", "usage"),
            *("usage_measure_id", "free_resource_usage", "ri_usage", "unit_price", "unit", "official_amount"),
            *("discount_amount", "cash_amount", "credit_amount", "coupon_amount", "flexipurchase_coupon_amount"),
            *("bonus_amount", "debt_amount", "formula", "consume_time", "account_name", "period_num"),
            *("payer_account_id", "currency", "truncated_amount", "promotion_type", "is_spot"),
        ),
        (),
    ),
    "cycle": ("bill_cycle", "billing_cycle"),
    "cloud_service_type": ("cloud_service_type_code", "service_type_code"),
    "resource_type": ("resource_type_code",),
    "resource_id": ("res_instance_id", "resource_instance_id"),
    "charge_mode": ("charging_mode",),
    "amount": ("consume_amount",),
    "stored_card_amount": ("stored_value_card_amount",),
    "adjustment_amount": ("writeoff_amount",),
    "relative_order_id": ("pre_order_id",),
}
TEXTS = {
    "sub_account": "customer_id",
    "sub_account_name": "account_name",
    "source_line": "id",
    "action_code": "bill_type",
    "transaction_id": "trade_id",
    "service_code": "cloud_service_type",
    "service_name": "cloud_service_type_name",
    "product_code": "product_id",
    "product_name": "product_name",
    "component_type_code": "usage_type",
    "component_code": "sku_code",
    "component_name": "product_spec_desc",
    "resource_id": "resource_id",
    "resource_name": "resource_name",
    "resource_type_code": "resource_type",
    "resource_type_name": "resource_type_name",
    "region_code": "region",
    "region_name": "region_name",
    "project_id": "enterprise_project_id",
    "project_name": "enterprise_project_name",
    "pricing_unit": "unit",
}
PAID = {
    "cash_paid": "cash_amount",
    "credit_paid": "credit_amount",
    "bonus_paid": "bonus_amount",
    "stored_card_paid": "stored_card_amount",
    "flexible_coupon_paid": "flexipurchase_coupon_amount",
    "unpaid": "debt_amount",
    "adjusted": "adjustment_amount",
}
"""What an amount consists of, beside the coupon (huawei:E6)."""


def _shape(given: Collection[str], options: Options) -> Shape:
    file = Projection(given)
    file.need("customer_id", "amount", "bill_type")
    amount, coupon, listed = file.amount("amount"), file.amount("coupon_amount"), file.amount("official_amount")
    by_coupon = file.book("voucher_deduction", coupon, "coupon_amount")
    delivered = f"{amount} - {coupon}"
    total = file.book("total_cost", delivered, "amount")
    after_discount = f"{total} + {by_coupon}"
    paid = {column: file.book(column, file.amount(name), name) for column, name in PAID.items()}
    if any(file.has(name) for name in PAID.values()):
        parts = " + ".join(file.amount(name) for name in (*PAID.values(), "coupon_amount"))
        file.refuse(f"abs({parts} - {amount}) > 0.00000001", "amount", "sum")
    day, month = _day_and_month(file, options)
    action = _action(file)
    line = {
        **{column: file.text(name) for column, name in TEXTS.items()},
        **paid,
        "cloud": quoted(HUAWEI),
        "publisher": "'Huawei Cloud'",
        "invoice_issuer": "'Huawei Cloud'",
        "billing_account": file.text("payer_account_id", "customer_id"),
        "bill_day": day,
        "charge_category": _category(action),
        "charging": _charging(file),
        "action": action,
        "order_id": file.text("order_id", "relative_order_id"),
        "charged_at": f"coalesce({_instants(file, 'trade_time', 'consume_time')})",
        "usage_from": file.instant("effective_time"),
        "usage_to": file.instant("expire_time"),
        "tags": _tags(file),
        "usage": file.number("usage"),
        "usage_unit": _unit(file, "usage_measure_id"),
        "list_unit_price": file.number("unit_price"),
        "currency": f"coalesce({file.text('currency')}, {quoted(options.currency)})",
        "list_cost": file.book("list_cost", listed, "official_amount"),
        "truncated": file.book("truncated", file.amount("truncated_amount"), "truncated_amount"),
        "cost_after_discount": after_discount,
        "voucher_deduction": by_coupon,
        "total_cost": total,
        "contracted_cost": after_discount,
        "effective_cost": total,
        "partner_cost": after_discount,
        "billed_delivered": delivered,
        "list_delivered": listed,
        "contracted_delivered": amount,
        "effective_delivered": delivered,
    }
    return Shape(file, line, month)


def _day_and_month(file: Projection, options: Options) -> tuple[str, str]:
    """A record of a whole month has a cycle and no day: it stands on the first one."""
    cycle = file.month("cycle")
    day = file.day("bill_date") if file.has("bill_date") else "CAST(NULL AS DATE)"
    if file.has("bill_date"):
        file.refuse(f"year({day}) NOT BETWEEN {YEAR_MIN} AND {YEAR_MAX}", "bill_date", "year")
    if cycle == NOTHING:
        file.need("bill_date")
        return day, str(options.month) if options.month is not None else f"year({day}) * 12 + month({day}) - 1"
    file.need("cycle")
    first = f"make_date(CAST({cycle} // 12 AS BIGINT), CAST({cycle} % 12 + 1 AS BIGINT), 1)"
    if file.has("bill_date"):
        file.refuse(f"{day} NOT BETWEEN {first} AND last_day({first})", "bill_date", "outside")
    return f"coalesce({day}, {first})", cycle


def _instants(file: Projection, *names: str) -> str:
    return ", ".join([file.instant(name) for name in names if file.has(name)] or ["CAST(NULL AS TIMESTAMP)"])


def _charging(file: Projection) -> str:
    words = {one.code: one.charging for one in charging_codes(HUAWEI) if one.code}
    return chosen(file.text("charge_mode"), words, quoted(Charging.OTHER))


def _action(file: Projection) -> str:
    words = {one.code: one.action for one in action_codes(HUAWEI) if one.code}
    return chosen(file.text("bill_type"), words, quoted(Action.USAGE))


def _category(action: str) -> str:
    bought = ", ".join(
        quoted(one) for one in (Action.PURCHASE, Action.RENEWAL, Action.CHANGE, Action.REFUND, Action.REFUND_OF_CHANGE)
    )
    adjusted = ", ".join(quoted(one) for one in sorted(ADJUSTMENTS))
    return (
        f"CASE WHEN {action} = {quoted(Action.TAX)} THEN 'Tax' WHEN {action} IN ({adjusted}) THEN 'Adjustment'"
        f" WHEN {action} IN ({bought}) THEN 'Purchase' ELSE 'Usage' END"
    )


def _unit(file: Projection, name: str) -> str:
    return chosen(file.text(name), {str(unit.id): unit.abbreviation for unit in all_units()}, file.text(name))


def _tags(file: Projection) -> str:
    """A JSON object, or pairs as `key=value;key=value`."""
    text = file.text("resource_tag")
    if text == NOTHING:
        return NOTHING
    pairs = f"list_transform(string_split(rtrim({text}, ';'), ';'), lambda one: string_split(one, '='))"
    keys = f"list_transform({pairs}, lambda one: one[1])"
    values = f"list_transform({pairs}, lambda one: coalesce(one[2], ''))"
    is_object = f"json_valid({text}) AND left(ltrim({text}), 1) = '{{'"
    return (
        f"CASE WHEN {text} IS NULL THEN NULL WHEN {is_object} THEN {text}"
        f" WHEN len(list_distinct({keys})) < len({keys}) THEN NULL"
        f" ELSE CAST(to_json(map({keys}, {values})) AS VARCHAR) END"
    )


RECORDS = Format(
    key="huawei-records",
    title="Huawei Cloud records",
    names=spellings(HEADERS),
    needs=(("customer_id",), ("amount",), ("bill_type",), ("bill_date", "cycle"), ("cloud_service_type",)),
    nulls=("", "null", "NULL"),
    replaces=("sub_account",),
    shape=_shape,
    own_ids="account_id",
)
