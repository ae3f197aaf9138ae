"""What was told about customers' credit: low, services stopped, services resumed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.micros import Units
from openpartner.core.base.permissions import Permission
from openpartner.core.credit.records import NoticeFilter, notice_records
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.credit_words import NOTICE_TONES, NOTICES
from openpartner.listings.declare import Cell, Column, Filter, Listing
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register


def _sells(caller: Caller) -> bool:
    return caller.kind is not AccountKind.CUSTOMER


CREDIT_NOTICES: Listing[NoticeFilter] = Listing(
    name="credit-alerts",
    title=_("Balance alerts"),
    permission=Permission.CREDIT_READ,
    export_permission=Permission.CREDIT_READ,
    where=NoticeFilter,
    source=ModelRows(notice_records, {"at": ("at",)}),
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
        Column(key="notice", label=_("Alert"), value="notice", shows=Cell.CHOICE, words=NOTICES, tones=NOTICE_TONES),
        Column(key="percent", label=_("At percent of the total"), value="percent", shows=Cell.NUMBER),
        Column(key="available", label=_("Available credit"), value=Units("available"), shows=Cell.AMOUNT),
        Column(key="total", label=_("Total credit"), value=Units("total"), shows=Cell.AMOUNT),
        Column(key="currency", label=_("Currency"), value="currency"),
    ),
    filters=(
        Filter(key="notice", label=_("Alert"), control=controls.choice(NOTICES), is_always_shown=True),
        Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True, is_for=_sells),
        Filter(key="since", label=_("Since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="until", label=_("Until"), control=controls.day(), convert=controls.end_of_day),
    ),
)
register(CREDIT_NOTICES)
