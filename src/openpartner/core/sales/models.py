"""Reported customers, opportunities, tasks, and the history of each. Amounts are millionths."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.base.scoped import ScopedManager, ScopedModel
from openpartner.core.sales.vocabulary import LIVE_REPORTS, Deed, Origin, ReportState, Stage, TaskKind, TaskState
from openpartner.kit.money import Money

COMPANY_MAX, PERSON_MAX, TEXT_MAX, PRODUCTS_MAX = 200, 100, 1_000, 500
IS_LIVE = Q(state__in=sorted(LIVE_REPORTS))


class OfPartner(ScopedModel):
    """What a partner works on; `manager` is the person who looks after it, who alone sees it beside the others."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    manager = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    company = models.CharField(max_length=COMPANY_MAX)
    contact = models.CharField(max_length=PERSON_MAX, blank=True)
    email = models.CharField(max_length=254, blank=True)
    mobile = models.CharField(max_length=32, blank=True)
    currency = models.CharField(max_length=3)
    micros = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=128)
    changed_at = models.DateTimeField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "provider_id",
        "payer": "payer_id",
        "partner": "partner_id",
        "manager": "manager_id",
    }

    class Meta:
        """No table of its own."""

        abstract = True

    @property
    def amount(self) -> Money:
        """How much is expected of it."""
        return Money(self.currency, self.micros)


class ReportedCustomer(OfPartner):
    """A company that a partner says it is selling to, before it has an account (huawei:A3, huawei:B12, seed 002).

    While it is live no other partner may report the same company or the same address. `micros` is the expected spend
    of a month.
    """

    company_key = models.CharField(max_length=COMPANY_MAX)  # folded, without spaces: what two reports are compared by
    region = models.CharField(max_length=2, blank=True)  # ISO 3166 alpha-2
    industry = models.CharField(max_length=16, blank=True)
    association_kind = models.SmallIntegerField(choices=AssociationKind.choices, default=AssociationKind.RESALE)
    note = models.CharField(max_length=TEXT_MAX, blank=True)
    state = models.CharField(max_length=12, choices=ReportState.choices, default=ReportState.REPORTED)
    protected_until = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=128, blank=True)
    reason = models.CharField(max_length=TEXT_MAX, blank=True)
    ended_at = models.DateTimeField(null=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    class Meta:
        """One live report per company, and per address, of all partners of a provider."""

        db_table = "reported_customer"
        indexes: ClassVar = [
            models.Index(fields=["provider", "-created_at", "-id"], name="reported_of_provider"),
            models.Index(fields=["payer", "-created_at", "-id"], name="reported_of_payer"),
            models.Index(fields=["partner", "-created_at", "-id"], name="reported_of_partner"),
            models.Index(fields=["protected_until"], name="reported_due", condition=IS_LIVE),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "company_key"], condition=IS_LIVE, name="reported_one_live_company"
            ),
            models.UniqueConstraint(
                fields=["provider", "email"], condition=IS_LIVE & ~Q(email=""), name="reported_one_live_email"
            ),
            models.CheckConstraint(condition=Q(micros__gte=0), name="reported_amount_positive"),
        ]


class EnterpriseFact(ScopedModel):
    """One thing that is known of a reported company (seed 002: enterprise information). Ours: typed in, not bought."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    report = models.ForeignKey(ReportedCustomer, models.CASCADE, related_name="facts")
    part = models.CharField(max_length=12)
    label = models.CharField(max_length=PERSON_MAX)
    text = models.CharField(max_length=TEXT_MAX)
    link = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "provider_id",
        "payer": "payer_id",
        "partner": "partner_id",
        "manager": "report__manager_id",
    }

    class Meta:
        """In the order in which they were written down."""

        db_table = "enterprise_fact"


class Opportunity(OfPartner):
    """Something that may be sold to a reported or an associated customer (huawei:B13)."""

    report = models.ForeignKey(ReportedCustomer, models.PROTECT, null=True, related_name="opportunities")
    customer = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=COMPANY_MAX)
    description = models.CharField(max_length=TEXT_MAX, blank=True)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.FOUND)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.PARTNER)
    expected_on = models.DateField(null=True)
    products = models.CharField(max_length=PRODUCTS_MAX, blank=True)  # joined by commas
    shared_at = models.DateTimeField(null=True)
    """Since when the provider sees it; None: it does not."""
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=TEXT_MAX, blank=True)

    class Meta:
        """About exactly one customer, reported or associated."""

        db_table = "opportunity"
        indexes: ClassVar = [
            models.Index(fields=["provider", "-created_at", "-id"], name="opportunity_of_provider"),
            models.Index(fields=["payer", "-created_at", "-id"], name="opportunity_of_payer"),
            models.Index(fields=["partner", "-created_at", "-id"], name="opportunity_of_partner"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(report__isnull=True, customer__isnull=False)
                | Q(report__isnull=False, customer__isnull=True),
                name="opportunity_of_one",
            ),
            models.CheckConstraint(condition=Q(micros__gte=0), name="opportunity_amount_positive"),
        ]


class SalesTask(OfPartner):
    """Work on a customer that the provider or a distributor asks of a partner (seed 002, huawei:B13)."""

    giver = models.ForeignKey(Account, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=TaskKind.choices)
    number = models.CharField(max_length=64, blank=True)  # the giver's own, by which a file is brought only once
    title = models.CharField(max_length=COMPANY_MAX)
    description = models.CharField(max_length=TEXT_MAX, blank=True)
    customer = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    resources = models.CharField(max_length=TEXT_MAX, blank=True)
    ends_on = models.DateField(null=True)
    """When what is to be renewed ends."""
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=TaskState.choices, default=TaskState.WAITING)
    percent = models.SmallIntegerField(default=0)
    outcome = models.CharField(max_length=TEXT_MAX, blank=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    opportunity = models.ForeignKey(Opportunity, models.PROTECT, null=True, related_name="tasks")

    class Meta:
        """A giver's number names one task."""

        db_table = "sales_task"
        indexes: ClassVar = [
            models.Index(fields=["provider", "-created_at", "-id"], name="sales_task_of_provider"),
            models.Index(fields=["payer", "-created_at", "-id"], name="sales_task_of_payer"),
            models.Index(fields=["partner", "-created_at", "-id"], name="sales_task_of_partner"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["giver", "number"], condition=~Q(number=""), name="sales_task_number"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="sales_task_percent"),
            models.CheckConstraint(condition=Q(micros__gte=0), name="sales_task_amount_positive"),
        ]


class HistoryEntry(ScopedModel):
    """One step of one report, opportunity or task: who did what when, and what they wrote. Written once."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    report = models.ForeignKey(ReportedCustomer, models.PROTECT, null=True, related_name="history")
    opportunity = models.ForeignKey(Opportunity, models.PROTECT, null=True, related_name="history")
    task = models.ForeignKey(SalesTask, models.PROTECT, null=True, related_name="history")
    deed = models.CharField(max_length=12, choices=Deed.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=128)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    """Whose person did it."""
    text = models.CharField(max_length=TEXT_MAX, blank=True)
    stage = models.CharField(max_length=12, blank=True)
    percent = models.SmallIntegerField(null=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "provider_id",
        "payer": "payer_id",
        "partner": "partner_id",
    }

    class Meta:
        """About exactly one thing."""

        db_table = "sales_history"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(report__isnull=False, opportunity__isnull=True, task__isnull=True)
                | Q(report__isnull=True, opportunity__isnull=False, task__isnull=True)
                | Q(report__isnull=True, opportunity__isnull=True, task__isnull=False),
                name="sales_history_of_one",
            ),
        ]
