"""The words of vouchers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.vouchers.vocabulary import PaymentMode, Reach, Standing, Usage, VoucherKind
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
