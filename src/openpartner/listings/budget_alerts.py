"""What was told about customers' budgets: 75, 90 and 100 percent of them (huawei:B16, huawei:E1)."""

from __future__ import annotations

from django.db.models import IntegerField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from openpartner.core.base.micros import Units
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.alerts import THRESHOLDS
from openpartner.core.budgets.records import BudgetAlertFilter, budget_alerts
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing, Words
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register

REACHED: dict[int, Words] = {percent: f"{percent} %" for percent in THRESHOLDS}
REACHED_TONES: dict[int, str] = {THRESHOLDS[0]: "calm", THRESHOLDS[1]: "warn", THRESHOLDS[2]: "bad"}
CONSEQUENCES: dict[int, Words] = {0: "", 1: _("Suspended")}

BUDGET_ALERTS: Listing[BudgetAlertFilter] = Listing(
    name="budget-alerts",
    title=_("Budget alerts"),
    permission=Permission.CREDIT_READ,
    export_permission=Permission.CREDIT_READ,
    where=BudgetAlertFilter,
    source=ModelRows(budget_alerts, {"at": ("at",)}),
    scope=viewed,
    subject="customer_id",
    identity="customer__account_id",
    order="-at",
    columns=(
        Column(key="at", label=_("Time"), value="at", shows=Cell.INSTANT, order="at"),
        Column(
            key="customer", label=_("Customer"), value="customer__legal_name", mask=Mask.NAME, link="customer_budget"
        ),
        Column(key="uin", label=_("UIN"), value="customer__uin", shows=Cell.ID, is_default=False),
        Column(
            key="percent",
            label=_("Reached"),
            value="percent",
            shows=Cell.CHOICE,
            words=REACHED,
            tones=REACHED_TONES,
        ),
        Column(key="used", label=_("Used"), value=Units("used_micros"), shows=Cell.AMOUNT),
        Column(key="amount", label=_("Budget"), value=Units("micros"), shows=Cell.AMOUNT),
        Column(key="currency", label=_("Currency"), value="currency"),
        Column(
            key="suspended",
            label=_("What followed"),
            value=Cast("has_suspended", IntegerField()),  # PostgreSQL compares no boolean with a number
            shows=Cell.CHOICE,
            words=CONSEQUENCES,
            tones={1: "bad"},
        ),
    ),
    filters=(
        Filter(key="percent", label=_("Reached"), control=controls.choice(REACHED), is_always_shown=True),
        Filter(key="uin", label=_("UIN"), control=controls.number(), is_always_shown=True),
        Filter(key="has_suspended", label=_("The customer was suspended"), control=controls.yes_or_no()),
        Filter(key="since", label=_("Since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="until", label=_("Until"), control=controls.day(), convert=controls.end_of_day),
    ),
)
register(BUDGET_ALERTS)
