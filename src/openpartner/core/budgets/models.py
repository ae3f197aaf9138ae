"""Budgets and their records, quotas, alerts, recipients of alerts, and consumption quotas. Amounts are millionths."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.of_customer import OfCustomer
from openpartner.core.base.scoped import ScopedManager, ScopedModel
from openpartner.kit.money import Money, plain

OF_CUSTOMER = {
    "provider": "provider_id",
    "payer": "payer_id",
    "partner": "partner_id",
    "customer": "customer_id",
    "manager": "customer__manager_id",
}


class BudgetKind(models.IntegerChoices):
    """What a budget counts (huawei:E1)."""

    MONTHLY = 1, "monthly"
    """What is spent in the current month; begins anew with the next."""
    PACKAGE = 2, "one-time"
    """Everything since it was set."""


class Exhaustion(models.IntegerChoices):
    """What happens when a budget is used up (huawei:E1)."""

    MANUAL = 0, "by hand"
    ACCOUNT = 1, "the account is suspended"
    ACCOUNT_AND_RESOURCES = 2, "the account and its resources are suspended"


class BudgetOperation(models.IntegerChoices):
    """What a record tells."""

    SETTING = 1, "set"
    DELETE = 2, "deleted"


class AmountOfCustomer(OfCustomer):
    """What a partner keeps about one of its customers; it stays that partner's to see."""

    currency = models.CharField(max_length=3)
    micros = models.BigIntegerField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = OF_CUSTOMER

    class Meta:
        """No table of its own."""

        abstract = True

    @property
    def amount(self) -> Money:
        """How much."""
        return Money(self.currency, self.micros)


class BudgetRecord(AmountOfCustomer):
    """One setting or deletion of a budget. Written once."""

    operation = models.SmallIntegerField(choices=BudgetOperation.choices)
    kind = models.SmallIntegerField(choices=BudgetKind.choices)
    exhaustion = models.SmallIntegerField(choices=Exhaustion.choices)
    at = models.DateTimeField()
    operator = models.CharField(max_length=128)

    class Meta:
        """Listed by customer, newest first."""

        db_table = "budget_record"
        indexes: ClassVar = [models.Index(fields=["customer", "-at", "-id"], name="budget_record_customer")]

    def __str__(self) -> str:
        """Customer and amount."""
        return f"{self.customer_id}: {plain(self.micros)}"


class Budget(AmountOfCustomer):
    """How much a customer may spend at list price, as its partner has said last."""

    kind = models.SmallIntegerField(choices=BudgetKind.choices)
    exhaustion = models.SmallIntegerField(choices=Exhaustion.choices)
    setting = models.ForeignKey(BudgetRecord, models.PROTECT, related_name="+", db_index=False)
    """The record of this setting: alerts begin anew with each."""
    since_month = models.IntegerField()
    """The month in which it was set, as `billing.months` counts them."""
    base_micros = models.BigIntegerField(default=0)
    """What was spent of that month already when a one-time budget was set: not counted by it."""
    used_percent = models.BigIntegerField(default=0)
    """What was used when it was looked at last, in whole percents rounded down: lists are ordered by it."""
    used_month = models.IntegerField(null=True)
    """In which month that was; None until it is looked at."""

    class Meta:
        """One for each customer."""

        db_table = "budget"
        indexes: ClassVar = [
            models.Index(fields=["partner", "kind", "micros"], name="budget_of_partner"),
            models.Index(fields=["used_percent", "customer", "partner", "payer", "provider"], name="budget_used"),
            models.Index(fields=["used_month", "id"], name="budget_used_month"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer"], name="budget_one"),
            models.CheckConstraint(condition=Q(micros__gt=0), name="budget_positive"),
        ]

    def __str__(self) -> str:
        """Customer and amount."""
        return f"{self.customer_id}: {plain(self.micros)}"


class BudgetQuota(ScopedModel):
    """How much the budgets of one kind of a reseller's customers may add up to; replaced by ending it."""

    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    kind = models.SmallIntegerField(choices=BudgetKind.choices)
    currency = models.CharField(max_length=3)
    micros = models.BigIntegerField()
    since = models.DateTimeField()
    granted_by = models.CharField(max_length=128)
    until = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=128, blank=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"payer": "payer_id", "partner": "partner_id"}

    class Meta:
        """One of each kind at a time."""

        db_table = "budget_quota"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "kind"], condition=Q(until__isnull=True), name="budget_quota_one_current"
            ),
            models.CheckConstraint(condition=Q(micros__gt=0), name="budget_quota_positive"),
        ]

    def __str__(self) -> str:
        """Reseller and amount."""
        return f"{self.partner_id}: {plain(self.micros)}"

    @property
    def amount(self) -> Money:
        """How much."""
        return Money(self.currency, self.micros)


class BudgetAlert(AmountOfCustomer):
    """A budget has reached a threshold: told once for each setting, period and threshold. `micros` is the budget."""

    setting = models.ForeignKey(BudgetRecord, models.PROTECT, related_name="+", db_index=False)
    period = models.IntegerField()
    """The month of a monthly budget; 0 of a one-time one."""
    percent = models.SmallIntegerField()
    used_micros = models.BigIntegerField()
    at = models.DateTimeField()
    is_mailed = models.BooleanField(default=False)
    """Of thresholds that were reached at once, the highest speaks for all."""
    has_suspended = models.BooleanField(default=False)

    class Meta:
        """Listed newest first, for whoever takes care of customers."""

        db_table = "budget_alert"
        indexes: ClassVar = [
            models.Index(fields=["partner", "-at", "-id"], name="budget_alert_partner"),
            models.Index(fields=["payer", "-at", "-id"], name="budget_alert_payer"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["setting", "period", "percent"], name="budget_alert_once"),
        ]

    def __str__(self) -> str:
        """Customer and threshold."""
        return f"{self.customer_id}: {self.percent} %"


class BudgetRecipient(ScopedModel):
    """An address that a partner's budget alerts go to; without one they go to the account's own."""

    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    email = models.CharField(max_length=254)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"partner": "partner_id"}

    class Meta:
        """Each address once."""

        db_table = "budget_recipient"
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "email"], name="budget_recipient_once")]

    def __str__(self) -> str:
        """Whose it is, never the address."""
        return f"recipient of {self.partner_id}"


class ConsumptionQuota(ScopedModel):
    """The most that a partner may owe the provider, dated (huawei:E3). Not money."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    micros = models.BigIntegerField()
    since = models.DateTimeField()
    set_by = models.CharField(max_length=128)
    until = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "provider_id",
        "payer": "partner_id",
        "partner": "partner_id",
    }

    class Meta:
        """One at a time."""

        db_table = "consumption_quota"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner"], condition=Q(until__isnull=True), name="consumption_quota_one_current"
            ),
            models.CheckConstraint(condition=Q(micros__gte=0), name="consumption_quota_positive"),
        ]

    def __str__(self) -> str:
        """Partner and amount."""
        return f"{self.partner_id}: {plain(self.micros)}"

    @property
    def amount(self) -> Money:
        """How much."""
        return Money(self.currency, self.micros)


class ConsumptionThreshold(ScopedModel):
    """At how many percent of its consumption quota a partner is told; those without a row are told at 80."""

    partner = models.OneToOneField(Account, models.PROTECT, related_name="+")
    percent = models.SmallIntegerField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"payer": "partner_id", "partner": "partner_id"}

    class Meta:
        """Of a quota that can be reached."""

        db_table = "consumption_threshold"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100), name="consumption_threshold_percent")
        ]

    def __str__(self) -> str:
        """Partner and percent."""
        return f"{self.partner_id}: {self.percent} %"


class ConsumptionAlert(ScopedModel):
    """A partner was told how much of its consumption quota it has used, until it used less. `micros` is the quota."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    micros = models.BigIntegerField()
    used_micros = models.BigIntegerField()
    percent = models.SmallIntegerField()
    """The threshold that was reached."""
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "provider_id",
        "payer": "partner_id",
        "partner": "partner_id",
    }

    class Meta:
        """One at a time: nobody is told again of what lasts."""

        db_table = "consumption_alert"
        indexes: ClassVar = [models.Index(fields=["partner", "-at"], name="consumption_alert_partner")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner"], condition=Q(until__isnull=True), name="consumption_alert_one_current"
            )
        ]

    def __str__(self) -> str:
        """Partner and threshold."""
        return f"{self.partner_id}: {self.percent} %"
