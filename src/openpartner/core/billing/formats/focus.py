"""FOCUS 1.0 to 1.3, as any cloud delivers it (focus.finops.org/focus-specification).

The day of a line is the day of ChargePeriodStart and its month that of BillingPeriodStart, both as delivered.
"""

from __future__ import annotations

from collections.abc import Collection

from openpartner.core.billing.formats.format import Format, Options, Shape, spellings
from openpartner.core.billing.formats.projection import YEAR_MAX, YEAR_MIN, Projection
from openpartner.lake.schema import Action, Charging

TEXTS = {
    "invoice_issuer": "InvoiceIssuerName",
    "invoice_id": "InvoiceId",
    "billing_account": "BillingAccountId",
    "billing_account_name": "BillingAccountName",
    "sub_account": "SubAccountId",
    "sub_account_name": "SubAccountName",
    "source_line": "Id",
    "charge_category": "ChargeCategory",
    "charge_class": "ChargeClass",
    "charge_frequency": "ChargeFrequency",
    "charge_description": "ChargeDescription",
    "pricing_category": "PricingCategory",
    "service_category": "ServiceCategory",
    "service_code": "ServiceName",
    "service_name": "ServiceName",
    "product_code": "SkuId",
    "product_name": "ServiceSubcategory",
    "component_type_code": "SkuMeter",
    "component_code": "SkuPriceId",
    "resource_id": "ResourceId",
    "resource_name": "ResourceName",
    "resource_type_code": "ResourceType",
    "resource_type_name": "ResourceType",
    "region_code": "RegionId",
    "region_name": "RegionName",
    "zone_code": "AvailabilityZone",
    "zone_name": "AvailabilityZone",
    "commitment_id": "CommitmentDiscountId",
    "commitment_name": "CommitmentDiscountName",
    "commitment_category": "CommitmentDiscountCategory",
    "commitment_type": "CommitmentDiscountType",
    "commitment_status": "CommitmentDiscountStatus",
    "usage_unit": "ConsumedUnit",
    "pricing_unit": "PricingUnit",
    "currency": "BillingCurrency",
}
NUMBERS = {
    "usage": "ConsumedQuantity",
    "pricing_quantity": "PricingQuantity",
    "list_unit_price": "ListUnitPrice",
    "contracted_unit_price": "ContractedUnitPrice",
}
OTHERS = (
    *("ProviderName", "ServiceProviderName", "HostProviderName", "PublisherName", "BilledCost", "ListCost"),
    *("ContractedCost", "EffectiveCost", "BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart"),
    *("ChargePeriodEnd", "Tags", "BillingAccountType", "SubAccountType", "CapacityReservationId"),
    *("CapacityReservationStatus", "CommitmentDiscountQuantity", "CommitmentDiscountUnit", "SkuPriceDetails"),
    *("PricingCurrency", "PricingCurrencyListUnitPrice", "PricingCurrencyContractedUnitPrice"),
    *("PricingCurrencyEffectiveCost", "AllocatedMethodId", "AllocatedResourceId", "ContractApplied"),
)
USUAL = ("AWS", "Microsoft", "Oracle")
"""Providers that need no pattern to be named by."""
CLOUDS = (("tencent%", "tencent"), ("腾讯%", "tencent"), ("huawei%", "huawei"), ("华为%", "huawei"))
"""Clouds that bring bills in a format of their own as well; any other is called as its provider calls itself."""


def _version(columns: Collection[str]) -> str:
    for version, marks in (
        ("1.3", {"ServiceProviderName", "HostProviderName", "AllocatedMethodId", "ContractApplied"}),
        ("1.2", {"InvoiceId", "PricingCurrency", "BillingAccountType", "SubAccountType"}),
        ("1.1", {"ServiceSubcategory", "SkuMeter", "CapacityReservationId", "CommitmentDiscountQuantity"}),
    ):
        if marks & set(columns):
            return version
    return "1.0"


def _shape(given: Collection[str], _options: Options) -> Shape:
    file = Projection(given)
    file.need("BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodStart", "ChargePeriodStart")
    file.need("ChargeCategory", next(name for name in ("ProviderName", "ServiceProviderName") if name in given))
    billed, listed = file.amount("BilledCost"), file.amount("ListCost")
    contracted, effective = file.amount("ContractedCost"), file.amount("EffectiveCost")
    total = file.book("total_cost", billed, "BilledCost")
    day, period = file.day("ChargePeriodStart"), file.day("BillingPeriodStart")
    start, end = file.instant("ChargePeriodStart"), file.instant("ChargePeriodEnd")
    for name, found in (("ChargePeriodStart", day), ("BillingPeriodStart", period)):
        file.refuse(f"year({found}) NOT BETWEEN {YEAR_MIN} AND {YEAR_MAX}", name, "year")
    if file.has("ChargePeriodEnd"):
        file.refuse(f"{end} < {start}", "ChargePeriodEnd", "order")
    if file.has("Tags"):
        file.refuse(
            '"Tags" IS NOT NULL AND NOT (json_valid("Tags") AND left(ltrim("Tags"), 1) = \'{\')', "Tags", "tags"
        )
    line = {
        **{column: file.text(name) for column, name in TEXTS.items()},
        **{column: file.number(name) for column, name in NUMBERS.items()},
        "cloud": _cloud(file.text("ProviderName", "ServiceProviderName")),
        "publisher": file.text("PublisherName", "HostProviderName"),
        "bill_day": day,
        "charging": _charging(file),
        "action": _action(file, billed),
        "charged_at": f"coalesce({end}, {start})",
        "usage_from": start,
        "usage_to": end,
        "tags": file.text("Tags"),
        "list_cost": file.book("list_cost", listed, "ListCost"),
        "cost_after_discount": total,
        "total_cost": total,
        "partner_cost": total,
        "contracted_cost": file.book("contracted_cost", contracted, "ContractedCost"),
        "effective_cost": file.book("effective_cost", effective, "EffectiveCost"),
        "billed_delivered": billed,
        "list_delivered": listed,
        "contracted_delivered": contracted,
        "effective_delivered": effective,
    }
    return Shape(file, line, f"year({period}) * 12 + month({period}) - 1")


def _cloud(provider: str) -> str:
    known = " ".join(f"WHEN lower({provider}) LIKE '{start}' THEN '{cloud}'" for start, cloud in CLOUDS)
    plain = f"trim(regexp_replace(lower({provider}), '[^a-z0-9]+', '-', 'g'), '-')"
    usual = " ".join(f"WHEN {provider} = '{name}' THEN '{name.lower()}'" for name in USUAL)
    return f"CASE {usual} {known} ELSE left(coalesce(nullif({plain}, ''), lower({provider})), 64) END"


def _charging(file: Projection) -> str:
    commitment, category = file.text("CommitmentDiscountId"), file.text("CommitmentDiscountCategory")
    frequency, charge = file.text("ChargeFrequency"), file.text("ChargeCategory")
    return (
        f"CASE WHEN {commitment} IS NOT NULL AND {category} = 'Spend' THEN '{Charging.SAVINGS_PLAN}'"
        f" WHEN {commitment} IS NOT NULL THEN '{Charging.RESERVED}'"
        f" WHEN {charge} = 'Purchase' AND {frequency} IN ('One-Time', 'Recurring') THEN '{Charging.PREPAID}'"
        f" WHEN {charge} IN ('Usage', 'Purchase') THEN '{Charging.POSTPAID}' ELSE '{Charging.OTHER}' END"
    )


def _action(file: Projection, billed: str) -> str:
    commitment, category = file.text("CommitmentDiscountId"), file.text("CommitmentDiscountCategory")
    charge, kind = file.text("ChargeCategory"), file.text("ChargeClass")
    return (
        f"CASE WHEN {charge} = 'Tax' THEN '{Action.TAX}'"
        f" WHEN {charge} = 'Credit' THEN '{Action.ADJUSTMENT_CREDIT}'"
        f" WHEN {charge} = 'Adjustment' AND {billed} < 0 THEN '{Action.ADJUSTMENT_CREDIT}'"
        f" WHEN {charge} = 'Adjustment' THEN '{Action.ADJUSTMENT_DEBIT}'"
        f" WHEN {kind} = 'Correction' AND {billed} < 0 THEN '{Action.REFUND}'"
        f" WHEN {charge} = 'Purchase' AND {commitment} IS NOT NULL THEN '{Action.RESERVATION_FEE}'"
        f" WHEN {charge} = 'Purchase' THEN '{Action.PURCHASE}'"
        f" WHEN {commitment} IS NOT NULL AND {category} = 'Spend' THEN '{Action.SAVINGS_PLAN_HOURLY}'"
        f" WHEN {commitment} IS NOT NULL THEN '{Action.RESERVATION_HOURLY}'"
        f" WHEN {file.text('PricingCategory')} = 'Dynamic' THEN '{Action.SPOT}' ELSE '{Action.USAGE}' END"
    )


FOCUS = Format(
    key="focus",
    title="FOCUS",
    names=spellings(dict.fromkeys({*TEXTS.values(), *NUMBERS.values(), *OTHERS}, ())),
    needs=(
        *(("BilledCost",), ("BillingAccountId",), ("BillingCurrency",), ("BillingPeriodStart",)),
        *(("ChargePeriodStart",), ("ChargeCategory",), ("ProviderName", "ServiceProviderName")),
    ),
    nulls=("", "NULL", "null"),
    replaces=("billing_account",),
    shape=_shape,
    version=_version,
)
