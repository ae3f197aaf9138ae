"""Lists of vouchers and of what they have paid (tencent:B.5)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.micros import Units
from openpartner.core.base.permissions import Permission
from openpartner.core.partners.queries import viewed
from openpartner.core.vouchers.records import ListedFilter, UsesFilter, listed_uses, listed_vouchers
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.bill_words import CHARGINGS
from openpartner.listings.declare import Cell, Column, Filter, Listing
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register
from openpartner.listings.voucher_words import PAYMENT_MODES, STANDING_TONES, STANDINGS, USAGES, VOUCHER_KINDS


def _issues(caller: Caller) -> bool:
    """Whether the caller is no customer: a customer's list is of its own, and does not tell why."""
    return caller.kind is not AccountKind.CUSTOMER


VOUCHERS: Listing[ListedFilter] = Listing(
    name="vouchers",
    title=_("Vouchers"),
    permission=Permission.VOUCHER_READ,
    export_permission=Permission.VOUCHER_READ,
    where=ListedFilter,
    source=ModelRows(
        listed_vouchers,
        {"issued": ("issued_at",), "until": ("valid_until",), "face": ("face_micros",), "left": ("shown",)},
    ),
    scope=viewed,
    subject="whom",
    identity="code",
    order="-issued",
    columns=(
        Column(key="code", label=_("Voucher"), value="code", link="voucher", has_initials=False),
        Column(
            key="customer",
            label=_("Customer"),
            value="customer__legal_name",
            mask=Mask.NAME,
            is_for=_issues,
        ),
        Column(key="uin", label=_("UIN"), value="customer__uin", shows=Cell.ID, is_for=_issues),
        Column(
            key="standing",
            label=_("Status"),
            value="standing",
            shows=Cell.CHOICE,
            words=STANDINGS,
            tones=STANDING_TONES,
        ),
        Column(key="face", label=_("Amount"), value=Units("face_micros"), shows=Cell.AMOUNT, order="face"),
        Column(key="left", label=_("Left"), value=Units("shown"), shows=Cell.AMOUNT, order="left"),
        Column(key="currency", label=_("Currency"), value="currency"),
        Column(key="until", label=_("Valid until"), value="valid_until", shows=Cell.INSTANT, order="until"),
        Column(key="issued", label=_("Issued"), value="issued_at", shows=Cell.INSTANT, order="issued"),
        Column(key="from", label=_("Valid from"), value="valid_from", shows=Cell.INSTANT, is_default=False),
        Column(key="usage", label=_("Usage"), value="usage", shows=Cell.CHOICE, words=USAGES, is_default=False),
        Column(
            key="payment_mode",
            label=_("Pays"),
            value="payment_mode",
            shows=Cell.CHOICE,
            words=PAYMENT_MODES,
            is_default=False,
        ),
        Column(
            key="kind",
            label=_("Type"),
            value="kind",
            shows=Cell.CHOICE,
            words=VOUCHER_KINDS,
            is_default=False,
            is_for=_issues,
        ),
        Column(
            key="partner",
            label=_("Partner"),
            value="partner__account_name",
            mask=Mask.NAME,
            is_default=False,
            is_for=_issues,
        ),
        Column(key="reason", label=_("Reason"), value="reason", is_default=False, is_for=_issues),
    ),
    filters=(
        Filter(key="holder", label=_("Account ID"), control=controls.text(32), is_fixed=True),
        Filter(key="standing", label=_("Status"), control=controls.choice(STANDINGS), is_always_shown=True),
        Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True, is_for=_issues),
        Filter(key="usage", label=_("Usage"), control=controls.choice(USAGES)),
        Filter(key="payment_mode", label=_("Pays"), control=controls.choice(PAYMENT_MODES)),
        Filter(key="kind", label=_("Type"), control=controls.choice(VOUCHER_KINDS), is_for=_issues),
    ),
)
register(VOUCHERS)

VOUCHER_USES: Listing[UsesFilter] = Listing(
    name="voucher-uses",
    title=pgettext_lazy("voucher", "What it has paid"),
    permission=Permission.VOUCHER_READ,
    export_permission=Permission.VOUCHER_READ,
    where=UsesFilter,
    source=ModelRows(listed_uses, {"at": ("charged_at",), "paid": ("micros",)}),
    scope=viewed,
    subject="customer_id",
    identity="voucher__code",
    order="-at",
    columns=(
        Column(key="at", label=_("Charged"), value="charged_at", shows=Cell.INSTANT, order="at"),
        Column(key="code", label=_("Voucher"), value="voucher__code", is_default=False),
        Column(key="paid", label=_("Deducted"), value=Units("micros"), shows=Cell.AMOUNT, order="paid"),
        Column(key="currency", label=_("Currency"), value="voucher__currency"),
        Column(key="service", label=_("Service"), value="service_name"),
        Column(key="product", label=_("Product"), value="product_name"),
        Column(key="charging", label=_("Billing mode"), value="charging", shows=Cell.CHOICE, words=CHARGINGS),
        Column(key="order", label=_("Order"), value="order_id"),
        Column(key="bill", label=_("Bill"), value="bill_id", is_default=False),
    ),
    filters=(Filter(key="voucher", label=_("Voucher"), control=controls.text(22), is_fixed=True),),
)
register(VOUCHER_USES)
