"""The bill line: one table for all clouds, with FOCUS as the vocabulary and the vendors' own dimensions beside it.

Amounts stand twice. As delivered, with up to 15 decimals, to compare with whoever sent the bill; and as booked, with
8 decimals rounded half-even, which is what every page, file and API shows. What rounding left over is a line of its own
for each account and month (`Action.ROUNDING`), so that sums of booked amounts agree with the delivered ones.

Instants are UTC. `bill_day` is a day in the source's zone, and a month is the source's own billing period.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

VERSION = 1
"""Of the table below. A file says which one it has; a reader of version n reads every file up to n."""

TEXT = "VARCHAR"
KEY = "BIGINT"
DAY = "DATE"
INSTANT = "TIMESTAMP"
BOOKED = "DECIMAL(18,8)"
DELIVERED = "DECIMAL(38,15)"
QUANTITY = "DECIMAL(38,15)"
SUM = "DECIMAL(38,8)"
BOOKED_DECIMALS = 8
BOOKED_MAX = 10**18 - 1
"""The largest booked amount of one line, in units of 10^-8; a line beyond it is an error."""


class Charging(StrEnum):
    """How a charge is priced over time: what vendors call pay mode, billing mode or charge mode."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"
    RESERVED = "reserved"
    SAVINGS_PLAN = "savings-plan"
    OTHER = "other"


class Action(StrEnum):
    """What a line is about. Each vendor's finer codes map onto these and are kept in `action_code`."""

    PURCHASE = "purchase"
    RENEWAL = "renewal"
    CHANGE = "change"
    REFUND = "refund"
    REFUND_OF_CHANGE = "refund-of-change"
    USAGE = "usage"
    USAGE_HOURLY = "usage-hourly"
    USAGE_DAILY = "usage-daily"
    USAGE_MONTHLY = "usage-monthly"
    SPOT = "spot"
    RESERVATION_FEE = "reservation-fee"
    RESERVATION_HOURLY = "reservation-hourly"
    SAVINGS_PLAN_HOURLY = "savings-plan-hourly"
    MINIMUM_COMMITMENT = "minimum-commitment"
    SUPPORT_PLAN = "support-plan"
    ADJUSTMENT_DEBIT = "adjustment-debit"
    ADJUSTMENT_CREDIT = "adjustment-credit"
    TAX = "tax"
    ROUNDING = "rounding"


REFUNDS = frozenset({Action.REFUND, Action.REFUND_OF_CHANGE})
ADJUSTMENTS = frozenset({Action.ADJUSTMENT_DEBIT, Action.ADJUSTMENT_CREDIT, Action.ROUNDING})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a line."""

    name: str
    type: str
    says: str
    focus: str = ""
    """The column of FOCUS 1.2 that it answers for, if one does."""

    @property
    def is_booked(self) -> bool:
        return self.type == BOOKED and not self.name.endswith("_rate")


COLUMNS = (
    # Where the line belongs, and the order of every file. A line whose account nobody has mapped has 0 in all three.
    Column("payer_id", KEY, "the account that pays the provider: a distributor or a reseller"),
    Column("partner_id", KEY, "the partner that managed the customer on that day; the payer itself or its reseller"),
    Column("customer_id", KEY, "the customer"),
    Column("bill_day", DAY, "the day of the charge in the source's zone"),
    Column("line_id", KEY, "unique; the order of the file that brought it"),
    # Where it comes from.
    Column("import_id", KEY, "the import that brought it"),
    Column("cloud", TEXT, "tencent, huawei, aws, microsoft, oracle ...", "ProviderName"),
    Column("publisher", TEXT, "who made the service", "PublisherName"),
    Column("invoice_issuer", TEXT, "who sends the bill", "InvoiceIssuerName"),
    Column("invoice_id", TEXT, "the issuer's invoice", "InvoiceId"),
    Column("billing_account", TEXT, "the source's account that is billed", "BillingAccountId"),
    Column("billing_account_name", TEXT, "its name", "BillingAccountName"),
    Column("sub_account", TEXT, "the source's account that used it", "SubAccountId"),
    Column("sub_account_name", TEXT, "its name", "SubAccountName"),
    Column("operator", TEXT, "the account or user that acted"),
    Column("source_line", TEXT, "the source's own number of the line"),
    # What kind of charge.
    Column("charge_category", TEXT, "Usage, Purchase, Tax, Credit or Adjustment", "ChargeCategory"),
    Column("charge_class", TEXT, "Correction or nothing", "ChargeClass"),
    Column("charge_frequency", TEXT, "One-Time, Recurring or Usage-Based", "ChargeFrequency"),
    Column("charge_description", TEXT, "in the source's words", "ChargeDescription"),
    Column("pricing_category", TEXT, "Standard, Dynamic, Committed or Other", "PricingCategory"),
    Column("charging", TEXT, "how it is priced over time: a value of Charging"),
    Column("action", TEXT, "what it is about: a value of Action"),
    Column("action_code", TEXT, "the same in the source's code"),
    Column("order_id", TEXT, "the order"),
    Column("transaction_id", TEXT, "the source's number of the deduction"),
    Column("charged_at", INSTANT, "when it was deducted"),
    Column("usage_from", INSTANT, "beginning of the usage", "ChargePeriodStart"),
    Column("usage_to", INSTANT, "end of the usage", "ChargePeriodEnd"),
    # What was used: four levels, coarse to fine.
    Column("service_category", TEXT, "FOCUS' category", "ServiceCategory"),
    Column("service_code", TEXT, "the service", ""),
    Column("service_name", TEXT, "its name", "ServiceName"),
    Column("product_code", TEXT, "the product below it", "SkuId"),
    Column("product_name", TEXT, "its name", "ServiceSubcategory"),
    Column("component_type_code", TEXT, "what is measured", "SkuMeter"),
    Column("component_type_name", TEXT, "its name"),
    Column("component_code", TEXT, "what is priced", "SkuPriceId"),
    Column("component_name", TEXT, "its name"),
    Column("resource_id", TEXT, "the resource", "ResourceId"),
    Column("resource_name", TEXT, "its name", "ResourceName"),
    Column("resource_type_code", TEXT, "its type"),
    Column("resource_type_name", TEXT, "the type's name", "ResourceType"),
    Column("region_code", TEXT, "the region", "RegionId"),
    Column("region_name", TEXT, "its name", "RegionName"),
    Column("zone_code", TEXT, "the availability zone", "AvailabilityZone"),
    Column("zone_name", TEXT, "its name"),
    Column("project_id", TEXT, "project or enterprise project"),
    Column("project_name", TEXT, "its name"),
    Column("tags", TEXT, "a JSON object of texts", "Tags"),
    Column("commitment_id", TEXT, "reserved instance or savings plan", "CommitmentDiscountId"),
    Column("commitment_name", TEXT, "its name", "CommitmentDiscountName"),
    Column("commitment_category", TEXT, "Spend or Usage", "CommitmentDiscountCategory"),
    Column("commitment_type", TEXT, "the source's type of commitment", "CommitmentDiscountType"),
    Column("commitment_status", TEXT, "Used or Unused", "CommitmentDiscountStatus"),
    # How much of it, at which price.
    Column("usage", QUANTITY, "how much was used", "ConsumedQuantity"),
    Column("usage_unit", TEXT, "of what", "ConsumedUnit"),
    Column("duration", QUANTITY, "for how long"),
    Column("duration_unit", TEXT, "in which unit"),
    Column("pricing_quantity", QUANTITY, "how much was priced", "PricingQuantity"),
    Column("pricing_unit", TEXT, "of what", "PricingUnit"),
    Column("list_unit_price", QUANTITY, "list price of one unit", "ListUnitPrice"),
    Column("contracted_unit_price", QUANTITY, "agreed price of one unit", "ContractedUnitPrice"),
    Column("customer_discount_rate", BOOKED, "what the customer pays of the list price; 1 is all"),
    Column("partner_discount_rate", BOOKED, "what the payer pays of the list price; 1 is all"),
    Column("currency", TEXT, "of every amount of the line", "BillingCurrency"),
    # Booked amounts. total_cost = cost_after_discount - voucher_deduction.
    Column("list_cost", BOOKED, "at list price: list unit price x usage x duration", "ListCost"),
    Column("reservation_deduction", BOOKED, "covered by reserved instances, at list price"),
    Column("savings_plan_deduction", BOOKED, "covered by savings plans, at list price"),
    Column("truncated", BOOKED, "cut off by the source's own rounding"),
    Column("cost_after_discount", BOOKED, "after commitments and the customer's discount"),
    Column("voucher_deduction", BOOKED, "paid by vouchers and coupons"),
    Column("total_cost", BOOKED, "what the customer owes, without tax", "BilledCost"),
    Column("tax", BOOKED, "on top of it"),
    Column("contracted_cost", BOOKED, "at the agreed price", "ContractedCost"),
    Column("effective_cost", BOOKED, "with prepayments spread over what they pay for", "EffectiveCost"),
    # How total_cost was paid, as far as the source or settlement says: they add up to it.
    Column("cash_paid", BOOKED, "from the account balance"),
    Column("credit_paid", BOOKED, "on credit"),
    Column("bonus_paid", BOOKED, "from bonus"),
    Column("stored_card_paid", BOOKED, "by stored-value cards"),
    Column("flexible_coupon_paid", BOOKED, "by flexible-purchase coupons"),
    Column("unpaid", BOOKED, "owed"),
    Column("adjusted", BOOKED, "written off or added later"),
    # What the payer owes the provider for the line; shown to the payer and the provider alone.
    Column("partner_cost", BOOKED, "at the payer's price, without tax"),
    Column("partner_voucher_deduction", BOOKED, "paid by the payer's vouchers"),
    Column("partner_tax", BOOKED, "the payer's tax"),
    # As delivered.
    Column("billed_delivered", DELIVERED, "total_cost as delivered"),
    Column("list_delivered", DELIVERED, "list_cost as delivered"),
    Column("contracted_delivered", DELIVERED, "contracted_cost as delivered"),
    Column("effective_delivered", DELIVERED, "effective_cost as delivered"),
)
NAMES = tuple(column.name for column in COLUMNS)
BY_NAME = {column.name: column for column in COLUMNS}
AMOUNTS = tuple(column.name for column in COLUMNS if column.is_booked)
"""Every booked amount."""
AS_DELIVERED = tuple(
    column.name for column in COLUMNS if column.type == DELIVERED and column.name.endswith("_delivered")
)
PARTNER_AMOUNTS = frozenset({"partner_cost", "partner_voucher_deduction", "partner_tax", "partner_discount_rate"})
"""Seen by the payer and the provider alone: they tell a margin."""
SORTED_BY = ("payer_id", "partner_id", "customer_id", "bill_day", "line_id")
"""The order of the lines of every file."""
ROW_GROUP = 20_480
"""Lines that are compressed together and skipped together."""
UNPLACED = 0
"""Stands for payer, partner and customer of a line whose account nobody has mapped."""

SUMMARY_DIMENSIONS = (
    "payer_id",
    "partner_id",
    "customer_id",
    "cloud",
    "currency",
    "charge_category",
    "charging",
    "action",
    "action_code",
    "service_category",
    "service_code",
    "product_code",
    "resource_type_code",
    "region_code",
    "zone_code",
    "project_id",
)
"""What the month summary is grouped by."""
NAMED = {
    "service_code": "service_name",
    "product_code": "product_name",
    "component_type_code": "component_type_name",
    "component_code": "component_name",
    "region_code": "region_name",
    "zone_code": "zone_name",
    "project_id": "project_name",
    "resource_id": "resource_name",
    "resource_type_code": "resource_type_name",
    "billing_account": "billing_account_name",
    "sub_account": "sub_account_name",
}
"""The column that names what another identifies."""


def create_table(name: str) -> str:
    """SQL of an empty table of lines."""
    return f"CREATE TABLE {name} ({', '.join(f'{column.name} {column.type}' for column in COLUMNS)})"


def select_list(given: dict[str, str]) -> str:
    """A select list of whole lines: an expression for each column that is given, nothing for the others.

    Amounts that are not given are 0 and rates are 1: a sum over a month must not meet NULL.
    """
    unknown = given.keys() - set(NAMES)
    assert not unknown, unknown
    parts = []
    for column in COLUMNS:
        without = "1" if column.name.endswith("_rate") else "0" if column.type == BOOKED else "NULL"
        if column.name in {"payer_id", "partner_id", "customer_id"}:
            without = str(UNPLACED)
        sql = given.get(column.name, without)
        # A text may stand as a number of few values (ENUM), which is written as the same text.
        is_text = column.type == TEXT and sql == column.name
        parts.append(sql if is_text else f"CAST({sql} AS {column.type}) AS {column.name}")
    return ", ".join(parts)
