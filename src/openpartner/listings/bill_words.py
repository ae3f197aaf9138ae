"""The words of what bills are grouped and narrowed by."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.lake.schema import Action, Charging
from openpartner.listings.declare import Words

CHARGINGS: dict[str, Words] = {
    Charging.PREPAID: _("Prepaid"),
    Charging.POSTPAID: _("Pay as you go"),
    Charging.RESERVED: _("Reserved instance"),
    Charging.SAVINGS_PLAN: _("Savings plan"),
    Charging.OTHER: pgettext_lazy("billing mode", "Other"),
}
ACTIONS: dict[str, Words] = {
    Action.PURCHASE: _("Purchase"),
    Action.RENEWAL: _("Renewal"),
    Action.CHANGE: _("Change of specification"),
    Action.REFUND: _("Refund"),
    Action.REFUND_OF_CHANGE: _("Refund of a change"),
    Action.USAGE: _("Usage"),
    Action.USAGE_HOURLY: _("Hourly usage"),
    Action.USAGE_DAILY: _("Daily usage"),
    Action.USAGE_MONTHLY: _("Monthly usage"),
    Action.SPOT: _("Spot usage"),
    Action.RESERVATION_FEE: _("Fee of a reserved instance"),
    Action.RESERVATION_HOURLY: _("Reserved instance, hourly"),
    Action.SAVINGS_PLAN_HOURLY: _("Savings plan, hourly"),
    Action.MINIMUM_COMMITMENT: _("Minimum commitment"),
    Action.SUPPORT_PLAN: _("Support plan"),
    Action.ADJUSTMENT_DEBIT: _("Adjustment, debit"),
    Action.ADJUSTMENT_CREDIT: _("Adjustment, credit"),
    Action.TAX: pgettext_lazy("bill type", "Tax"),
    Action.ROUNDING: _("Rounding"),
}
CATEGORIES: dict[str, Words] = {
    "Usage": _("Usage"),
    "Purchase": _("Purchase"),
    "Tax": pgettext_lazy("bill type", "Tax"),
    "Credit": pgettext_lazy("bill type", "Credit"),
    "Adjustment": _("Adjustment"),
}
CLOUDS: dict[str, Words] = {
    "tencent": "Tencent Cloud",
    "huawei": "Huawei Cloud",
    "aws": "AWS",
    "microsoft": "Microsoft Azure",
    "google": "Google Cloud",
    "oracle": "Oracle Cloud",
}
AMOUNTS: dict[str, Words] = {
    "total_cost": _("Amount due"),
    "list_cost": _("List cost"),
    "cost_after_discount": _("Cost after discount"),
    "voucher_deduction": _("Paid by vouchers"),
    "effective_cost": _("Effective cost"),
    "tax": pgettext_lazy("bill type", "Tax"),
    "partner_cost": _("Partner cost"),
}
STATES: dict[str, Words] = {
    "estimated": _("Estimated"),
    "final": pgettext_lazy("bill month", "Final"),
    "restated": _("Restated"),
}
STATE_TONES = {"estimated": "warn", "final": "good", "restated": "calm"}


def cloud_word(cloud: str) -> Words:
    """What a cloud is called; its own name when nobody has given it another."""
    return CLOUDS.get(cloud, cloud)
