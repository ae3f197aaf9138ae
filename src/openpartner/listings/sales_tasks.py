"""Sales-expansion and large-renewal tasks, with the filters and masks of seed 002 (huawei:B13)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openpartner.core.access.managers import manager_choices
from openpartner.core.base.caller import Caller
from openpartner.core.base.micros import Units
from openpartner.core.base.permissions import Permission
from openpartner.core.sales.queries import TaskFilter, tasks
from openpartner.core.sales.tasks import GIVERS
from openpartner.core.sales.vocabulary import TaskKind
from openpartner.kit.masks import Mask
from openpartner.listings import controls
from openpartner.listings.declare import Cell, Column, Filter, Listing, Tab
from openpartner.listings.model_rows import ModelRows
from openpartner.listings.opportunities import day_text
from openpartner.listings.registry import register
from openpartner.listings.reported_customers import has_managers, sells
from openpartner.listings.resellers import choices_of_partners
from openpartner.listings.sales_words import TASK_KINDS, TASK_STATES, TASK_TONES


def gives_tasks(caller: Caller) -> bool:
    """Whether the caller gives tasks to partners: the provider and distributors, by people who see all of it."""
    return caller.kind in GIVERS and caller.scope.manager is None


SALES_TASKS: Listing[TaskFilter] = Listing(
    name="sales-tasks",
    title=_("Sales tasks"),
    permission=Permission.SALES_READ,
    export_permission=Permission.SALES_READ,
    where=TaskFilter,
    source=ModelRows(
        tasks,
        {
            "created": ("created_at",),
            "company": ("company",),
            "amount": ("micros",),
            "due": ("due_on",),
            "ends": ("ends_on",),
            "percent": ("percent",),
        },
    ),
    order="-created",
    columns=(
        Column(key="title", label=_("Task"), value="title", link="sales_task", has_initials=False),
        Column(key="number", label=_("Number"), value="number", shows=Cell.ID, is_default=False),
        Column(key="company", label=_("Customer"), value="company", mask=Mask.NAME, order="company"),
        Column(key="kind", label=_("Type"), value="kind", shows=Cell.CHOICE, words=TASK_KINDS),
        Column(key="state", label=_("Status"), value="state", shows=Cell.CHOICE, words=TASK_STATES, tones=TASK_TONES),
        Column(key="percent", label=_("Progress"), value="percent", shows=Cell.PROGRESS, order="percent"),
        Column(key="giver", label=_("Given by"), value="giver__legal_name", is_default=False),
        Column(key="amount", label=_("Amount"), value=Units("micros"), shows=Cell.AMOUNT, order="amount"),
        Column(key="currency", label=_("Currency"), value="currency"),
        Column(key="due", label=_("Due on"), value=day_text("due_on"), order="due"),
        Column(key="partner", label=_("Partner"), value="partner__legal_name", is_for=gives_tasks),
        Column(key="ends", label=_("Subscription ends on"), value=day_text("ends_on"), order="ends", is_default=False),
        Column(key="contact", label=_("Contact"), value="contact", mask=Mask.NAME, is_default=False),
        Column(key="email", label=_("E-mail"), value="email", mask=Mask.EMAIL, is_default=False),
        Column(key="mobile", label=_("Mobile"), value="mobile", mask=Mask.MOBILE, is_default=False),
        Column(key="manager", label=_("Account manager"), value="manager__name", is_for=sells, is_default=False),
        Column(key="outcome", label=_("Outcome"), value="outcome", is_default=False),
        Column(key="created", label=_("Created on"), value="created_at", shows=Cell.INSTANT, order="created"),
    ),
    filters=(
        Filter(
            key="customer_name_contains",
            label=_("Customer name"),
            control=controls.search(_("Name of the customer")),
            is_always_shown=True,
        ),
        Filter(
            key="since",
            label=_("Created since"),
            control=controls.day(),
            convert=controls.begin_of_day,
            is_always_shown=True,
        ),
        Filter(
            key="until",
            label=_("Created until"),
            control=controls.day(),
            convert=controls.end_of_day,
            is_always_shown=True,
        ),
        Filter(key="state", label=_("Status"), control=controls.choice(TASK_STATES)),
        Filter(key="is_open", label=_("Not ended"), control=controls.yes_or_no()),
        Filter(key="is_overdue", label=_("Overdue"), control=controls.yes_or_no()),
        Filter(key="partner", label=_("Partner"), control=controls.one_of(choices_of_partners), is_for=gives_tasks),
        Filter(
            key="manager", label=_("Account manager"), control=controls.one_of(manager_choices), is_for=has_managers
        ),
    ),
    tabs=(
        Tab(key="all", label=_("All")),
        Tab(key="expansion", label=TASK_KINDS[TaskKind.EXPANSION], conditions={"kind": str(TaskKind.EXPANSION)}),
        Tab(key="renewal", label=TASK_KINDS[TaskKind.RENEWAL], conditions={"kind": str(TaskKind.RENEWAL)}),
    ),
)
register(SALES_TASKS)
