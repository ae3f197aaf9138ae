"""The words of vouchers, their templates and quotas: each is said in one way, on every page and in every file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.vouchers.vocabulary import (
    Operation,
    PaymentMode,
    QuotaKind,
    QuotaState,
    Reach,
    Standing,
    TemplateStanding,
    Usage,
    VoucherKind,
    VoucherState,
)
from openpartner.listings.declare import Words

STANDINGS: dict[int, Words] = {
    Standing.USABLE: pgettext_lazy("voucher", "Usable"),
    Standing.INACTIVE: pgettext_lazy("voucher", "Not valid yet"),
    Standing.USED: pgettext_lazy("voucher", "Used"),
    Standing.EXPIRED: pgettext_lazy("voucher", "Expired"),
    Standing.TAKEN_BACK: pgettext_lazy("voucher", "Taken back"),
    Standing.UNDER_REVIEW: pgettext_lazy("voucher", "Under review"),
    Standing.REFUSED: pgettext_lazy("voucher", "Rejected or cancelled"),
}
STANDING_TONES: dict[int, str] = {
    Standing.USABLE: "good",
    Standing.INACTIVE: "calm",
    Standing.USED: "calm",
    Standing.EXPIRED: "warn",
    Standing.TAKEN_BACK: "warn",
    Standing.UNDER_REVIEW: "warn",
    Standing.REFUSED: "bad",
}
VOUCHER_KINDS: dict[int, Words] = {
    VoucherKind.CUSTOMER: _("Customer voucher"),
    VoucherKind.TRIAL: _("Partner voucher for a trial"),
    VoucherKind.PARTNER: _("Partner voucher"),
}
USAGES: dict[str, Words] = {
    Usage.OFFER: _("Customer offer"),
    Usage.TRIAL: _("Product trial"),
}
PAYMENT_MODES: dict[str, Words] = {
    PaymentMode.ALL: _("Prepaid and pay-as-you-go"),
    PaymentMode.PREPAID: _("Prepaid alone"),
    PaymentMode.POSTPAID: _("Pay-as-you-go alone"),
}
REACHES: dict[str, Words] = {
    Reach.ALL: _("All products"),
    Reach.LISTED: _("The listed products"),
    Reach.EXCLUDED: _("All but the listed products"),
}
APPLICATIONS: dict[int, Words] = {
    VoucherState.UNDER_REVIEW: pgettext_lazy("voucher", "Under review"),
    VoucherState.ISSUED: pgettext_lazy("application", "Approved"),
    VoucherState.USED: pgettext_lazy("application", "Approved and used up"),
    VoucherState.REJECTED: pgettext_lazy("application", "Rejected"),
    VoucherState.CANCELLED: pgettext_lazy("application", "Cancelled"),
    VoucherState.EXPIRED: pgettext_lazy("voucher", "Expired"),
}
"""What became of what was applied for, by the state of its voucher."""
APPLICATION_TONES: dict[int, str] = {
    VoucherState.UNDER_REVIEW: "warn",
    VoucherState.ISSUED: "good",
    VoucherState.USED: "good",
    VoucherState.REJECTED: "bad",
    VoucherState.CANCELLED: "calm",
    VoucherState.EXPIRED: "calm",
}
TEMPLATE_STANDINGS: dict[int, Words] = {
    TemplateStanding.EDITABLE: pgettext_lazy("template", "Open to changes"),
    TemplateStanding.FIXED: pgettext_lazy("template", "Fixed"),
    TemplateStanding.RETIRED: pgettext_lazy("template", "Retired"),
}
TEMPLATE_TONES: dict[int, str] = {
    TemplateStanding.EDITABLE: "good",
    TemplateStanding.FIXED: "good",
    TemplateStanding.RETIRED: "calm",
}
QUOTA_KINDS: dict[int, Words] = {
    QuotaKind.POOL: _("Voucher pool"),
    QuotaKind.VOUCHER: _("Voucher quota"),
    QuotaKind.CASH: _("Cash coupon quota"),
    QuotaKind.PICKUP: _("Pickup coupon quota"),
}
QUOTA_STATES: dict[int, Words] = {
    QuotaState.NORMAL: pgettext_lazy("quota", "Usable"),
    QuotaState.INVALID: pgettext_lazy("quota", "Invalid"),
    QuotaState.ADJUSTING: pgettext_lazy("quota", "Being adjusted"),
    QuotaState.FROZEN: pgettext_lazy("quota", "Frozen"),
    QuotaState.RECLAIMED: pgettext_lazy("quota", "Taken back"),
}
QUOTA_TONES: dict[int, str] = {
    QuotaState.NORMAL: "good",
    QuotaState.INVALID: "bad",
    QuotaState.ADJUSTING: "warn",
    QuotaState.FROZEN: "warn",
    QuotaState.RECLAIMED: "calm",
}
QUOTA_OPERATIONS: dict[int, Words] = {
    Operation.QUOTA_GRANT: pgettext_lazy("quota", "Granted"),
    Operation.QUOTA_RECLAIM: pgettext_lazy("quota", "Taken back"),
    Operation.QUOTA_STATE: pgettext_lazy("quota", "Status changed"),
}
VOUCHER_OPERATIONS: dict[int, Words] = {
    Operation.ISSUE: pgettext_lazy("voucher", "Issued"),
    Operation.WITHDRAWAL: pgettext_lazy("voucher", "Withdrawn"),
    Operation.RECLAIM: pgettext_lazy("voucher", "Reclaimed"),
    Operation.UNBIND: pgettext_lazy("voucher", "Taken back at disassociation"),
    Operation.EXPIRY: pgettext_lazy("voucher", "Expired"),
    Operation.APPLICATION: pgettext_lazy("voucher", "Applied for"),
    Operation.APPROVAL: pgettext_lazy("application", "Approved"),
    Operation.REJECTION: pgettext_lazy("application", "Rejected"),
    Operation.CANCELLATION: pgettext_lazy("application", "Cancelled"),
    Operation.TRANSFER: pgettext_lazy("voucher", "Transferred to a member"),
    Operation.TRANSFER_BACK: pgettext_lazy("voucher", "Transferred back"),
}
OPERATION_TONES: dict[int, str] = {
    Operation.ISSUE: "good",
    Operation.APPROVAL: "good",
    Operation.QUOTA_GRANT: "good",
    Operation.REJECTION: "bad",
    Operation.WITHDRAWAL: "warn",
    Operation.RECLAIM: "warn",
    Operation.UNBIND: "warn",
    Operation.EXPIRY: "warn",
    Operation.QUOTA_RECLAIM: "warn",
}
