"""By which mode the bills of a cloud are settled."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from openpartner.core.accounts.models import Account
from openpartner.core.base.scoped import ScopedManager, ScopedModel


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
