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
    ORDERS_ON_BEHALF = "orders-on-behalf", "place orders on behalf of customers"
    OPERATIONS_ON_BEHALF = "operate-on-behalf", "operate resources on behalf of customers"


class ResellerRight(ScopedModel):
    """A right that a distributor gave to a reseller, dated; ended rather than deleted."""

    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    right = models.CharField(max_length=20, choices=Right.choices)
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


class EnterpriseProjects(ScopedModel):
    """A customer has authorized its use of enterprise projects; nobody takes that back (huawei:D6)."""

    customer = models.OneToOneField(Account, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    authorized_by = models.CharField(max_length=128)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"customer": "customer_id"}

    class Meta:
        """Once for each customer."""

        db_table = "enterprise_projects"

    def __str__(self) -> str:
        """Whose."""
        return str(self.customer_id)


CONTACTS_MAX = 5


class PartnerContact(ScopedModel):
    """Whom a partner's customers turn to, as it publishes it (huawei:B20). The rows of a partner are replaced whole."""

    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    position = models.SmallIntegerField()
    name = models.CharField(max_length=64)
    subject = models.CharField(max_length=64, blank=True)  # what somebody is asked about
    email = models.CharField(max_length=254, blank=True)
    telephone = models.CharField(max_length=40, blank=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"partner": "partner_id"}

    class Meta:
        """Five at most, each in its place, and each can be reached."""

        db_table = "partner_contact"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "position"], name="partner_contact_place"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=CONTACTS_MAX), name="partner_contact_position"
            ),
            models.CheckConstraint(condition=~Q(email="", telephone=""), name="partner_contact_reached"),
        ]

    def __str__(self) -> str:
        """Whose it is and which, never the name."""
        return f"contact {self.position} of {self.partner_id}"


class MessageKind(models.TextChoices):
    """What customers are mailed about."""

    CREDIT = "credit", "credit runs low"
    SERVICES = "services", "services stop or resume"


class CustomerSettings(ScopedModel):
    """What a partner has decided for all customers that it resells to (huawei:B20); without a row, the defaults.

    `emails` and `kinds` are one template for all of them: they replace what customers would receive.
    """

    partner = models.OneToOneField(Account, models.PROTECT, related_name="+")
    takes_over = models.BooleanField(default=False)
    emails = models.TextField(blank=True)  # joined by commas
    kinds = models.CharField(max_length=64, blank=True)  # joined by commas
    shows_bills = models.BooleanField(default=True)
    """Whether a customer that is bound from now on sees its bills."""
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=128)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"partner": "partner_id"}

    class Meta:
        """One row per partner."""

        db_table = "customer_settings"
