"""The list of what was done about budgets (huawei:B5, "Adjustment Records"), and the words of budgets."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openpartner.core.base.micros import Units
from openpartner.core.base.permissions import Permission
from openpartner.core.budgets.models import BudgetKind, BudgetOperation, Exhaustion
from openpartner.core.budgets.records import BudgetRecordFilter, budget_records
from openpartner.core.partners.queries import viewed
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing, Words
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.registry import register

BUDGET_KINDS: dict[int, Words] = {
    BudgetKind.MONTHLY: pgettext_lazy("budget", "Monthly"),
    BudgetKind.PACKAGE: pgettext_lazy("budget", "One-time"),
}
EXHAUSTIONS: dict[int, Words] = {
    Exhaustion.MANUAL: _("Nothing by itself"),
    Exhaustion.ACCOUNT: _("The account is suspended"),
    Exhaustion.ACCOUNT_AND_RESOURCES: _("The account and its resources are suspended"),
}
OPERATIONS: dict[int, Words] = {
    BudgetOperation.SETTING: pgettext_lazy("budget", "Set"),
    BudgetOperation.DELETE: pgettext_lazy("budget", "Deleted"),
}
OPERATION_TONES: dict[int, str] = {BudgetOperation.SETTING: "good", BudgetOperation.DELETE: "warn"}

BUDGET_RECORDS: Listing[BudgetRecordFilter] = Listing(
    name="budget-records",
    title=_("Adjustment records"),
    permission=Permission.CREDIT_READ,
    export_permission=Permission.CREDIT_READ,
    where=BudgetRecordFilter,
    source=ModelRows(budget_records, {"at": ("at",), "amount": ("micros",)}),
    scope=viewed,
    subject="customer_id",
    identity="customer__account_id",
    order="-at",
    columns=(
        Column(key="at", label=_("Time"), value="at", shows=Cell.INSTANT, order="at"),
        Column(key="customer", label=_("Customer"), value="customer__legal_name", mask=Mask.NAME, link="customer"),
        Column(key="uin", label=_("UIN"), value="customer__uin", shows=Cell.ID, is_default=False),
        Column(
            key="operation",
            label=_("What was done"),
            value="operation",
            shows=Cell.CHOICE,
            words=OPERATIONS,
            tones=OPERATION_TONES,
        ),
        Column(key="kind", label=_("Type"), value="kind", shows=Cell.CHOICE, words=BUDGET_KINDS),
        Column(key="amount", label=_("Budget"), value=Units("micros"), shows=Cell.AMOUNT, order="amount"),
        Column(key="currency", label=_("Currency"), value="currency"),
        Column(
            key="exhaustion", label=_("When it is used up"), value="exhaustion", shows=Cell.CHOICE, words=EXHAUSTIONS
        ),
        Column(key="operator", label=_("By"), value="operator"),
    ),
    filters=(
        Filter(key="holder", label=_("Account ID"), control=controls.text(32), is_fixed=True),
        Filter(key="operation", label=_("What was done"), control=controls.choice(OPERATIONS), is_always_shown=True),
        Filter(key="kind", label=_("Type"), control=controls.choice(BUDGET_KINDS), is_always_shown=True),
        Filter(key="since", label=_("Since"), control=controls.day(), convert=controls.begin_of_day),
        Filter(key="until", label=_("Until"), control=controls.day(), convert=controls.end_of_day),
    ),
)
register(BUDGET_RECORDS)
