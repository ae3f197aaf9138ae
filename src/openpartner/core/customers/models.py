"""Who manages which customer, what stopped it when, and what resellers may do themselves; each with history."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.accounts.of_customer import OfCustomer
from openpartner.core.base.kinds import Suspension
from openpartner.core.base.scoped import ScopedManager, ScopedModel


class ManagerAssignment(ScopedModel):
    """One account manager of one customer, dated. `Account.manager` repeats the current one."""

    partner = models.ForeignKey(Account, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Account, models.PROTECT, related_name="+")
    manager = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    assigned_by = models.CharField(max_length=128, blank=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        "partner": "partner_id",
        "customer": "customer_id",
        "manager": "manager_id",
    }

    class Meta:
        """At most one current manager per customer."""

        db_table = "manager_assignment"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(until__isnull=True), name="manager_assignment_one_current"
            ),
        ]

    def __str__(self) -> str:
        """Customer and manager."""
        return f"{self.customer_id} by {self.manager_id}"


REASON_MAX = 256
"""Huawei's longest reason (huawei:D2)."""


class SuspensionCause(models.TextChoices):
    """Who or what stopped a customer."""

    MANUAL = "manual", "by hand"
    BUDGET = "budget", "budget used up"
    IMPORT = "import", "as imported"


class SuspensionRecord(OfCustomer):
    """One suspension of one customer, dated. `Account.suspension` repeats the level of the current one."""

    level = models.SmallIntegerField(choices=[one for one in Suspension.choices if one[0] != Suspension.NONE])
    cause = models.CharField(max_length=8, choices=SuspensionCause.choices)
    reason = models.CharField(max_length=REASON_MAX, blank=True)
    since = models.DateTimeField()
    begun_by = models.CharField(max_length=128)
    resources_kept_until = models.DateTimeField(null=True)
    """Until when frozen pay-per-use resources wait to be unfrozen (huawei:E2); None when none are frozen."""
    until = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=128, blank=True)
    end_reason = models.CharField(max_length=REASON_MAX, blank=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "provider_id",
        "payer": "payer_id",
        "partner": "partner_id",
        "customer": "customer_id",
        "manager": "customer__manager_id",
    }

    class Meta:
        """At most one current suspension per customer."""

        db_table = "suspension_record"
        indexes: ClassVar = [models.Index(fields=["customer", "since"], name="suspension_record_history")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(until__isnull=True), name="suspension_record_one_current"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="suspension_record_ends_after"
            ),
        ]

    def __str__(self) -> str:
        """Customer, level and time."""
        return f"{self.customer_id} {Suspension(self.level).label} since {self.since:%F}"


class Right(models.TextChoices):
    """What a distributor may let its second-level resellers do for their customers themselves (huawei:B19)."""

    SET_BUDGET = "set-budget", "set budgets"
    FREEZE_ACCOUNT = "freeze-account", "freeze accounts"
    FREEZE_RESOURCES = "freeze-resources", "freeze accounts and resources"


class ResellerRight(ScopedModel):
    """A right that a distributor gave to a reseller, dated; ended rather than deleted."""

    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    right = models.CharField(max_length=16, choices=Right.choices)
    since = models.DateTimeField()
    granted_by = models.CharField(max_length=128)
    until = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=128, blank=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"payer": "payer_id", "partner": "partner_id"}

    class Meta:
        """A right is given once at a time."""

        db_table = "reseller_right"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "right"], condition=Q(until__isnull=True), name="reseller_right_one_current"
            ),
        ]

    def __str__(self) -> str:
        """Reseller and right."""
        return f"{self.partner_id} {self.right}"
