"""Movements of account balances. The ledger is the truth of amounts; a row says who moved them and why."""

from __future__ import annotations

from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from openpartner.core.accounts.models import Account
from openpartner.core.base.scoped import ScopedManager, ScopedModel
from openpartner.core.ledger.models import Transfer
from openpartner.kit.money import Money, plain

NUMBER_MAX = 64
"""Of a number that somebody gives; kept beside whose it is."""
KEPT_NUMBER_MAX = 100
MEMO_MAX = 255


def mint_number() -> str:
    """A movement's number when whoever orders it gives none."""
    return uuid4().hex


class MovementKind(models.IntegerChoices):
    """Why money moved."""

    TOP_UP = 1, "topped up"
    PAY_OUT = 2, "paid out"
    TRANSFER = 3, "transferred"
    """From a partner to its customer, or from a distributor to its reseller."""
    RECLAIM = 4, "reclaimed"
    UNBIND = 5, "reclaimed at the end of an association"
    ENTERPRISE_TRANSFER = 6, "transferred within an enterprise"
    ENTERPRISE_RECLAIM = 7, "reclaimed within an enterprise"


class BalanceMovement(ScopedModel):
    """One movement from one account balance to another. Written once."""

    number = models.CharField(max_length=KEPT_NUMBER_MAX, default=mint_number)
    kind = models.SmallIntegerField(choices=MovementKind.choices)
    source = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    target = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    micros = models.BigIntegerField()
    source_after = models.BigIntegerField()
    """The source's balance after it, in millionths."""
    target_after = models.BigIntegerField()
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    operator = models.CharField(max_length=128)
    memo = models.CharField(max_length=MEMO_MAX, blank=True)

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    customer = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "provider_id",
        "payer": "payer_id",
        "partner": "partner_id",
        "customer": "customer_id",
    }

    class Meta:
        """Listed by either account, newest first; a number is given once by whoever gives money."""

        db_table = "balance_movement"
        indexes: ClassVar = [
            models.Index(fields=["source", "-at", "-id"], name="balance_movement_source"),
            models.Index(fields=["target", "-at", "-id"], name="balance_movement_target"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "number"], name="balance_movement_once"),
            models.CheckConstraint(condition=Q(micros__gt=0), name="balance_movement_positive"),
        ]

    def __str__(self) -> str:
        """From, to and how much."""
        return f"{self.source_id} -> {self.target_id}: {plain(self.micros)}"

    @property
    def amount(self) -> Money:
        """How much moved."""
        return Money(self.currency, self.micros)
