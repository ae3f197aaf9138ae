"""What the provider knows of an account and nothing else can tell: marks that open or bar ways through the channel."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from openpartner.core.accounts.models import Account
from openpartner.core.base.scoped import ScopedManager, ScopedModel


class Mark(models.TextChoices):
    """One thing the provider knows of an account (tencent:A.2, huawei:A3)."""

    KEY_ACCOUNT = "key-account", "key account of the provider"
    GROUP_ORGANIZATION = "group-organization", "belongs to a group organization"
    SAVINGS_PLAN = "savings-plan", "owns a savings plan"
    SHARED_UNIT_OWNER = "shared-unit-owner", "has created a shared unit"
    SHARED_UNIT_MEMBER = "shared-unit-member", "has joined a shared unit"
    SPECIAL_CONTRACT = "special-contract", "has a special contract"
    SERVICES_CONTRACT = "services-contract", "has a contract for professional services"
    RESERVED_INSTANCE = "reserved-instance", "has a valid reserved instance"
    SUPPORT_PLAN = "support-plan", "has a valid support plan"
    LEAD = "lead", "the provider's own lead"
    OTHER_SITE = "other-site", "registered on another site"
    PARTNER_APPLICANT = "partner-applicant", "has applied to become a partner"
    BARRED_PARTNER = "barred-partner", "may not take new customers"
    PREPAID_PARTNER = "prepaid-partner", "pays in advance"


class AccountMark(ScopedModel):
    """A mark on an account, dated; ended rather than deleted. Only the provider reads them."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    mark = models.CharField(max_length=32, choices=Mark.choices)
    note = models.CharField(max_length=255, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    set_by = models.CharField(max_length=128)
    ended_by = models.CharField(max_length=128, blank=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id"}

    class Meta:
        """A mark is set once at a time."""

        db_table = "account_mark"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "mark"], condition=Q(until__isnull=True), name="account_mark_one_current"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="account_mark_ends_after"
            ),
        ]

    def __str__(self) -> str:
        """Account and mark."""
        return f"{self.account_id} {self.mark}"


class BindQuota(ScopedModel):
    """How many customers a partner may have at most, set by the provider. No row: as many as it likes."""

    partner = models.OneToOneField(Account, models.PROTECT, related_name="+")
    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    customers_max = models.IntegerField()
    set_by = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id", "partner": "partner_id"}

    class Meta:
        """Nobody has fewer customers than none."""

        db_table = "bind_quota"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(customers_max__gte=0), name="bind_quota_not_negative"),
        ]

    def __str__(self) -> str:
        """Partner and number."""
        return f"{self.partner_id}: {self.customers_max}"
