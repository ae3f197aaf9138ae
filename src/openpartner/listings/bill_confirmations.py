"""Bills of customers that wait to be confirmed as paid, and what was confirmed (tencent:B.7)."""

from __future__ import annotations

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat, LPad
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.base.caller import Caller
from openpartner.core.base.micros import Units
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.confirmations import BillState
from openpartner.core.credit.records import BilledFilter, ConfirmationFilter, billed, confirmation_records
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.bill_filters import months_control
from openpartner.listings.declare import Cell, Column, Filter, Listing, Words
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register

STATES: dict[str, Words] = {
    BillState.UNCONFIRMED: pgettext_lazy("bill", "Unconfirmed"),
    BillState.CONFIRMED: pgettext_lazy("bill", "Confirmed"),
    BillState.RESTATED: pgettext_lazy("bill", "Restated since"),
}
STATE_TONES: dict[str, str] = {
    BillState.UNCONFIRMED: "warn",
    BillState.CONFIRMED: "good",
    BillState.RESTATED: "bad",
}

BILLS_TO_CONFIRM: Listing[BilledFilter] = Listing(
    name="bills-to-confirm",
    title=_("Bill confirmation"),
    permission=Permission.CREDIT_READ,
    export_permission=Permission.CREDIT_READ,
    where=BilledFilter,
    source=ModelRows(billed, {"customer": ("legal_name",), "total": ("total",), "last": ("last",), "uin": ("uin",)}),
    scope=Caller.own,
    identity="account_id",
    order="customer",
    columns=(
        Column(
            key="customer",
            label=_("Customer"),
            value="legal_name",
            mask=Mask.NAME,
            order="customer",
            link="customer_credit",
        ),
        Column(key="uin", label=_("UIN"), value="uin", shows=Cell.ID, order="uin"),
        Column(key="state", label=_("Status"), value="state", shows=Cell.CHOICE, words=STATES, tones=STATE_TONES),
        Column(key="total", label=_("Bill"), value=Units("total"), shows=Cell.AMOUNT, order="total"),
        Column(key="paid", label=_("Confirmed as paid"), value=Units("paid"), shows=Cell.AMOUNT),
        Column(key="left", label=_("Left to confirm"), value=Units(F("total") - F("paid")), shows=Cell.AMOUNT),
        Column(key="last", label=_("Confirmed on"), value="last", shows=Cell.INSTANT, order="last"),
    ),
    filters=(
        Filter(key="month", label=_("Bill month"), control=months_control(_("Last month")), is_always_shown=True),
        Filter(key="state", label=_("Status"), control=controls.choice(STATES), is_always_shown=True),
        Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True),
    ),
)
register(BILLS_TO_CONFIRM)

_MONTH = Concat(
    Cast(F("month") / 12, CharField()),
    Value("-"),
    LPad(Cast(F("month") % 12 + 1, CharField()), 2, Value("0")),
    output_field=CharField(),
)
"""A month as people write it."""

CONFIRMATIONS: Listing[ConfirmationFilter] = Listing(
    name="bill-confirmations",
    title=_("Confirmed bills"),
    permission=Permission.CREDIT_READ,
    export_permission=Permission.CREDIT_READ,
    where=ConfirmationFilter,
    source=ModelRows(confirmation_records, {"at": ("at",)}),
    scope=viewed,
    subject="customer_id",
    identity="customer__account_id",
    order="-at",
    columns=(
        Column(key="at", label=_("Time"), value="at", shows=Cell.INSTANT, order="at"),
        Column(
            key="customer", label=_("Customer"), value="customer__legal_name", mask=Mask.NAME, link="customer_credit"
        ),
        Column(key="uin", label=_("UIN"), value="customer__uin", shows=Cell.ID, is_default=False),
        Column(key="month", label=_("Bill month"), value=_MONTH),
        Column(key="paid", label=_("Confirmed as paid"), value=Units("paid"), shows=Cell.AMOUNT),
        Column(key="restored", label=_("Credit restored"), value=Units("micros"), shows=Cell.AMOUNT),
        Column(key="currency", label=_("Currency"), value="currency"),
        Column(key="operator", label=_("By"), value="operator"),
        Column(key="remark", label=_("Remark"), value="remark"),
    ),
    filters=(
        Filter(key="month", label=_("Bill month"), control=months_control(_("Any")), is_always_shown=True),
        Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True),
        Filter(key="since", label=_("Since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="until", label=_("Until"), control=controls.day(), convert=controls.end_of_day),
    ),
)
register(CONFIRMATIONS)
