"""Lists of templates, of quotas, and of what was done with quotas and vouchers (tencent:B.5, huawei:E4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.micros import Units
from openpartner.core.base.permissions import Permission
from openpartner.core.partners.queries import viewed
from openpartner.core.vouchers.records import (
    LogFilter,
    QuotaFilter,
    TemplateFilter,
    listed_quotas,
    listed_templates,
    quota_records,
    voucher_records,
)
from openpartner.core.vouchers.vocabulary import CODE_LENGTH
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register
from openpartner.listings.voucher_words import (
    OPERATION_TONES,
    PAYMENT_MODES,
    QUOTA_KINDS,
    QUOTA_OPERATIONS,
    QUOTA_STATES,
    QUOTA_TONES,
    REACHES,
    TEMPLATE_STANDINGS,
    TEMPLATE_TONES,
    USAGES,
    VOUCHER_OPERATIONS,
)


def _gives(caller: Caller) -> bool:
    """Whether there can be quotas of others in the caller's list."""
    return caller.kind in {AccountKind.PROVIDER, AccountKind.DISTRIBUTOR}


VOUCHER_TEMPLATES: Listing[TemplateFilter] = Listing(
    name="voucher-templates",
    title=_("Voucher templates"),
    permission=Permission.VOUCHER_READ,
    export_permission=Permission.VOUCHER_READ,
    where=TemplateFilter,
    source=ModelRows(
        listed_templates,
        {"created": ("created_at",), "name": ("name",), "amount": ("amount_micros",), "issued": ("issued",)},
    ),
    scope=lambda caller: caller.own(),
    subject="partner_id",
    order="-created",
    columns=(
        Column(key="name", label=_("Name"), value="name", link="voucher_template", has_initials=False, order="name"),
        Column(
            key="standing",
            label=_("Status"),
            value="standing",
            shows=Cell.CHOICE,
            words=TEMPLATE_STANDINGS,
            tones=TEMPLATE_TONES,
        ),
        Column(key="usage", label=_("Usage"), value="usage", shows=Cell.CHOICE, words=USAGES),
        Column(key="amount", label=_("Amount"), value=Units("amount_micros"), shows=Cell.AMOUNT, order="amount"),
        Column(key="reach", label=_("Products"), value="reach", shows=Cell.CHOICE, words=REACHES),
        Column(key="payment_mode", label=_("Pays"), value="payment_mode", shows=Cell.CHOICE, words=PAYMENT_MODES),
        Column(key="until", label=_("Valid until"), value="valid_until", shows=Cell.INSTANT),
        Column(key="days", label=_("Days from the issue"), value="valid_days", shows=Cell.NUMBER),
        Column(key="issued", label=_("Vouchers issued"), value="issued", shows=Cell.NUMBER, order="issued"),
        Column(key="created", label=_("Created"), value="created_at", shows=Cell.INSTANT, order="created"),
        Column(key="from", label=_("Valid from"), value="valid_from", shows=Cell.INSTANT, is_default=False),
        Column(key="products", label=_("Codes of products"), value="products", shows=Cell.TAGS, is_default=False),
        Column(key="description", label=_("Description"), value="description", is_default=False),
    ),
    filters=(
        Filter(key="standing", label=_("Status"), control=controls.choice(TEMPLATE_STANDINGS), is_always_shown=True),
        Filter(key="usage", label=_("Usage"), control=controls.choice(USAGES), is_always_shown=True),
    ),
)
register(VOUCHER_TEMPLATES)

_KIND = Filter(key="kind", label=_("Type"), control=controls.choice(QUOTA_KINDS), is_always_shown=True)
_STATE = Filter(key="state", label=_("Status"), control=controls.choice(QUOTA_STATES), is_always_shown=True)

VOUCHER_QUOTAS: Listing[QuotaFilter] = Listing(
    name="voucher-quotas",
    title=_("Voucher quotas"),
    permission=Permission.VOUCHER_READ,
    export_permission=Permission.VOUCHER_READ,
    where=QuotaFilter,
    source=ModelRows(
        listed_quotas,
        {
            "created": ("created_at",),
            "granted": ("granted_micros",),
            "left": ("left",),
            "until": ("valid_until",),
        },
    ),
    subject="partner_id",
    identity="code",
    order="-created",
    columns=(
        Column(key="code", label=_("Quota"), value="code", link="voucher_quota", has_initials=False),
        Column(key="partner", label=_("Partner"), value="partner__legal_name", mask=Mask.NAME, is_for=_gives),
        Column(key="uin", label=_("UIN"), value="partner__uin", shows=Cell.ID, below="partner", is_for=_gives),
        Column(key="kind", label=_("Type"), value="kind", shows=Cell.CHOICE, words=QUOTA_KINDS),
        Column(
            key="state",
            label=_("Status"),
            value="standing",
            shows=Cell.CHOICE,
            words=QUOTA_STATES,
            tones=QUOTA_TONES,
        ),
        Column(key="granted", label=_("Granted"), value=Units("granted_micros"), shows=Cell.AMOUNT, order="granted"),
        Column(key="left", label=_("Left"), value=Units("left"), shows=Cell.AMOUNT, order="left"),
        Column(key="currency", label=_("Currency"), value="currency", below="left"),
        Column(key="until", label=_("Valid until"), value="valid_until", shows=Cell.INSTANT, order="until"),
        Column(key="created", label=_("Created"), value="created_at", shows=Cell.INSTANT, order="created"),
        Column(key="from", label=_("Valid from"), value="valid_from", shows=Cell.INSTANT, is_default=False),
        Column(key="services", label=_("Codes of services"), value="services", shows=Cell.TAGS, is_default=False),
        Column(key="products", label=_("Codes of products"), value="products", shows=Cell.TAGS, is_default=False),
    ),
    filters=(
        _KIND,
        _STATE,
        Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True, is_for=_gives),
    ),
)
register(VOUCHER_QUOTAS)

_AT = Column(key="at", label=_("Time"), value="at", shows=Cell.INSTANT, order="at")
_WHO = (
    Column(key="operator", label=_("By"), value="operator"),
    Column(key="remark", label=_("Remark"), value="remark"),
)
_PERIOD = (
    Filter(key="since", label=_("Since"), control=controls.day(), convert=controls.begin_of_day),
    Filter(key="until", label=_("Until"), control=controls.day(), convert=controls.end_of_day),
)

QUOTA_RECORDS: Listing[LogFilter] = Listing(
    name="quota-records",
    title=_("Records of quotas"),
    permission=Permission.VOUCHER_READ,
    export_permission=Permission.VOUCHER_READ,
    where=LogFilter,
    source=ModelRows(quota_records, {"at": ("at",), "change": ("change",)}),
    subject="partner_id",
    identity="quota__code",
    order="-at",
    columns=(
        _AT,
        Column(
            key="operation",
            label=_("What was done"),
            value="operation",
            shows=Cell.CHOICE,
            words=QUOTA_OPERATIONS,
            tones=OPERATION_TONES,
        ),
        Column(key="quota", label=_("Quota"), value="quota__code", shows=Cell.ID, link="voucher_quota"),
        Column(key="kind", label=_("Type"), value="quota__kind", shows=Cell.CHOICE, words=QUOTA_KINDS),
        Column(key="partner", label=_("Partner"), value="partner__legal_name", mask=Mask.NAME, is_for=_gives),
        Column(key="uin", label=_("UIN"), value="partner__uin", shows=Cell.ID, is_default=False, is_for=_gives),
        Column(key="change", label=_("Change"), value=Units("change"), shows=Cell.AMOUNT, order="change"),
        Column(key="currency", label=_("Currency"), value="currency", below="change"),
        *_WHO,
    ),
    filters=(
        Filter(key="quota", label=_("Quota"), control=controls.text(CODE_LENGTH), is_fixed=True),
        Filter(
            key="operation", label=_("What was done"), control=controls.choice(QUOTA_OPERATIONS), is_always_shown=True
        ),
        Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True, is_for=_gives),
        *_PERIOD,
    ),
)
register(QUOTA_RECORDS)

VOUCHER_RECORDS: Listing[LogFilter] = Listing(
    name="voucher-records",
    title=_("Records of vouchers"),
    permission=Permission.VOUCHER_READ,
    export_permission=Permission.VOUCHER_READ,
    where=LogFilter,
    source=ModelRows(voucher_records, {"at": ("at",), "amount": ("micros",)}),
    scope=viewed,
    subject="whom",
    identity="voucher__code",
    order="-at",
    columns=(
        _AT,
        Column(
            key="operation",
            label=_("What was done"),
            value="operation",
            shows=Cell.CHOICE,
            words=VOUCHER_OPERATIONS,
            tones=OPERATION_TONES,
        ),
        Column(
            key="done",
            label=_("Result"),
            value="is_done",
            shows=Cell.CHOICE,
            words={True: _("Done"), False: _("Refused")},
            tones={True: "calm", False: "bad"},
            below="operation",
        ),
        Column(key="voucher", label=_("Voucher"), value="voucher__code", shows=Cell.ID, link="voucher"),
        Column(key="customer", label=_("Customer"), value="customer__legal_name", mask=Mask.NAME),
        Column(key="uin", label=_("UIN"), value="customer__uin", shows=Cell.ID, below="customer"),
        Column(key="amount", label=_("Amount"), value=Units("micros"), shows=Cell.AMOUNT, order="amount"),
        Column(key="currency", label=_("Currency"), value="currency", below="amount"),
        *_WHO,
        Column(key="quota", label=_("Quota"), value="quota__code", shows=Cell.ID, is_default=False),
    ),
    filters=(
        Filter(
            key="operation",
            label=_("What was done"),
            control=controls.choice(VOUCHER_OPERATIONS),
            is_always_shown=True,
        ),
        Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True),
        Filter(key="quota", label=_("Quota"), control=controls.text(CODE_LENGTH)),
        *_PERIOD,
    ),
)
register(VOUCHER_RECORDS)
