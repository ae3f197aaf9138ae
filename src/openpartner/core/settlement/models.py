"""By which mode the bills of a cloud are settled, and what publications have charged."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.of_customer import OfCustomer
from openpartner.core.base.scoped import ScopedManager, ScopedModel
from openpartner.core.billing.models import BillMonth, BillVersion


class Mode(models.TextChoices):
    """Who writes the deductions of a line."""

    GIVEN = "given"
    """The source: they stay as delivered."""
    OURS = "ours"
    """We: vouchers in pick order, then credit."""


class SettlementMode(ScopedModel):
    """The mode of a cloud's bills, where it is not the one that the cloud has from the start."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    cloud = models.CharField(max_length=64)
    mode = models.CharField(max_length=8, choices=Mode.choices)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id"}

    class Meta:
        """One for each cloud."""

        db_table = "settlement_mode"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "cloud"], name="settlement_mode_once"),
        ]

    def __str__(self) -> str:
        """Cloud and mode."""
        return f"{self.cloud}: {self.mode}"


class Charge(OfCustomer):
    """What one publication took from one customer's credit for one bill month. Its transfer names it as the cause.

    Those of a month that stand, neither reversals nor reversed, add up to the month's total, rounded to millionths.
    """

    month = models.ForeignKey(BillMonth, models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(BillVersion, models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    micros = models.BigIntegerField()
    """Above zero: taken. Below: given back."""
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        """Read by month and customer; reversed once."""

        db_table = "settlement_charge"
        indexes: ClassVar = [models.Index(fields=["customer", "month"], name="settlement_charge_customer")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reverses"], condition=models.Q(reverses__isnull=False), name="settlement_charge_reversed_once"
            ),
        ]

    def __str__(self) -> str:
        """Customer and amount."""
        return f"{self.customer_id}: {self.micros} millionths"


class PayerMonth(ScopedModel):
    """What a payer owes for one bill month of one cloud, at its own price, and whether it has been billed."""

    month = models.ForeignKey(BillMonth, models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    micros = models.BigIntegerField(default=0)

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id", "payer": "payer_id"}

    class Meta:
        """One for each payer."""

        db_table = "payer_month"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "payer", "currency"], name="payer_month_once"),
        ]

    def __str__(self) -> str:
        """Payer and amount."""
        return f"{self.payer_id}: {self.micros} millionths"
