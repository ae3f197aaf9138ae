"""Lists of vouchers, of what was applied for, and of what they have paid (tencent:B.5)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.micros import Units
from openpartner.core.base.permissions import Permission
from openpartner.core.partners.queries import viewed
from openpartner.core.vouchers.records import (
    ListedFilter,
    TemplateFilter,
    UsesFilter,
    listed_applications,
    listed_templates,
    listed_uses,
    listed_vouchers,
)
from openpartner.core.vouchers.vocabulary import Standing
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.bill_words import CHARGINGS
from openpartner.listings.declare import Cell, Column, Filter, Listing, Tab
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register
from openpartner.listings.voucher_words import (
    APPLICATION_TONES,
    APPLICATIONS,
    PAYMENT_MODES,
    STANDING_TONES,
    STANDINGS,
    USAGES,
    VOUCHER_KINDS,
)


def _issues(caller: Caller) -> bool:
    """Whether the caller is no customer: a customer's list is of its own, and does not tell why."""
    return caller.kind is not AccountKind.CUSTOMER


def _is_customer(caller: Caller) -> bool:
    return not _issues(caller)


def _sells(caller: Caller) -> bool:
    """Whether the caller has templates of its own."""
    return caller.kind.is_partner and caller.scope.manager is None


def _decides(caller: Caller) -> bool:
    return caller.kind is AccountKind.PROVIDER


def _reads_bills(caller: Caller) -> bool:
    return Permission.BILL_READ in caller.permissions


def template_choices(caller: Caller) -> list[tuple[int, str]]:
    """Key and name of the caller's own templates; a customer has none."""
    if caller.kind is AccountKind.CUSTOMER:
        return []
    return [(one.pk, one.name) for one in listed_templates(caller.own(), TemplateFilter()).order_by("name")]


_CUSTOMER = (
    Column(key="customer", label=_("Customer"), value="customer__legal_name", mask=Mask.NAME, is_for=_issues),
    Column(key="uin", label=_("UIN"), value="customer__uin", shows=Cell.ID, below="customer", is_for=_issues),
)
_AMOUNT = Column(key="face", label=_("Amount"), value=Units("face_micros"), shows=Cell.AMOUNT, order="face")
_CURRENCY = Column(key="currency", label=_("Currency"), value="currency")
_UNTIL = Column(key="until", label=_("Valid until"), value="valid_until", shows=Cell.INSTANT, order="until")
_OF_CUSTOMER = Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True, is_for=_issues)
_TABS = (
    (pgettext_lazy("vouchers", "Unused"), "unused", {Standing.USABLE, Standing.INACTIVE}),
    (pgettext_lazy("vouchers", "Used"), "used", {Standing.USED}),
    (pgettext_lazy("vouchers", "Expired"), "expired", {Standing.EXPIRED, Standing.TAKEN_BACK}),
)
"""What a customer's own vouchers are told apart by (tencent:B.5)."""

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
        *_CUSTOMER,
        Column(
            key="standing",
            label=_("Status"),
            value="standing",
            shows=Cell.CHOICE,
            words=STANDINGS,
            tones=STANDING_TONES,
        ),
        _AMOUNT,
        Column(key="left", label=_("Left"), value=Units("shown"), shows=Cell.AMOUNT, order="left"),
        _CURRENCY,
        _UNTIL,
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
        Filter(
            key="standing",
            label=_("Status"),
            control=controls.choice(STANDINGS),
            is_always_shown=True,
            is_for=_issues,
        ),
        _OF_CUSTOMER,
        Filter(key="usage", label=_("Usage"), control=controls.choice(USAGES)),
        Filter(key="payment_mode", label=_("Pays"), control=controls.choice(PAYMENT_MODES)),
        Filter(key="kind", label=_("Type"), control=controls.choice(VOUCHER_KINDS), is_for=_issues),
        Filter(key="template", label=_("Template"), control=controls.one_of(template_choices), is_for=_sells),
    ),
    tabs=tuple(
        Tab(key=key, label=label, conditions={"standings": frozenset(standings)}, is_for=_is_customer)
        for label, key, standings in _TABS
    ),
)
register(VOUCHERS)

VOUCHER_APPLICATIONS: Listing[ListedFilter] = Listing(
    name="voucher-applications",
    title=_("Applications for vouchers"),
    permission=Permission.VOUCHER_READ,
    export_permission=Permission.VOUCHER_READ,
    where=ListedFilter,
    source=ModelRows(
        listed_applications,
        {"applied": ("issued_at",), "until": ("valid_until",), "face": ("face_micros",)},
    ),
    scope=viewed,
    subject="whom",
    identity="code",
    order="-applied",
    columns=(
        Column(key="code", label=_("Voucher"), value="code", link="voucher", has_initials=False),
        Column(key="partner", label=_("Partner"), value="partner__account_name", mask=Mask.NAME, is_for=_decides),
        *_CUSTOMER,
        Column(
            key="state",
            label=_("Status"),
            value="state",
            shows=Cell.CHOICE,
            words=APPLICATIONS,
            tones=APPLICATION_TONES,
        ),
        _AMOUNT,
        Column(key="currency", label=_("Currency"), value="currency", below="face"),
        Column(key="applied", label=_("Applied for on"), value="issued_at", shows=Cell.INSTANT, order="applied"),
        Column(key="answered", label=_("Answered"), value="answered", shows=Cell.INSTANT),
        Column(key="answer", label=_("Answer"), value="answer", below="answered"),
        Column(key="until", label=_("Valid until"), value="valid_until", shows=Cell.INSTANT, is_default=False),
        Column(key="by", label=_("By"), value="issued_by", is_default=False),
        Column(key="reason", label=_("Reason"), value="reason", is_default=False),
    ),
    filters=(
        Filter(key="state", label=_("Status"), control=controls.choice(APPLICATIONS), is_always_shown=True),
        _OF_CUSTOMER,
    ),
)
register(VOUCHER_APPLICATIONS)

VOUCHER_USES: Listing[UsesFilter] = Listing(
    name="voucher-uses",
    title=pgettext_lazy("voucher", "What it has paid"),
    permission=Permission.VOUCHER_READ,
    export_permission=Permission.VOUCHER_READ,
    where=UsesFilter,
    source=ModelRows(listed_uses, {"at": ("charged_at",), "paid": ("micros",)}),
    scope=viewed,
    subject="customer_id",
    order="-at",
    columns=(
        Column(
            key="at",
            label=_("Charged"),
            value="charged_at",
            shows=Cell.INSTANT,
            order="at",
            link="voucher_use",
            is_linked_for=_reads_bills,
        ),
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
