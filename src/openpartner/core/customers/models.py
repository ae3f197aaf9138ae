"""Who manages which customer, with history."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
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
