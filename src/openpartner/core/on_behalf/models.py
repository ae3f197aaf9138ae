"""Authorizations: what a partner asked its customer to let it do in its name, and what became of it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from openpartner.core.access.models import Delegation
from openpartner.core.accounts.of_customer import TENANTS, OfCustomer
from openpartner.core.agreements.models import Acceptance
from openpartner.core.base.scoped import ScopedManager
from openpartner.core.on_behalf.vocabulary import EndCause, State, Work, works_in

TEXT_MAX = 500
REASON_MAX = 256
BY_MAX = 128


class Authorization(OfCustomer):
    """One request of a partner and its answer. While it is granted its delegation is what lets the partner act.

    `partner`, `payer` and `provider` are those of the time of the request; rows are never deleted.
    """

    works = models.CharField(max_length=32)  # sorted names joined by commas
    state = models.CharField(max_length=12, choices=State.choices, default=State.REQUESTED)
    text = models.CharField(max_length=TEXT_MAX, blank=True)  # what the partner wrote to its customer
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=BY_MAX)
    requested_user = models.BigIntegerField(null=True)  # whom the answer is mailed to
    due_at = models.DateTimeField(null=True)  # when a request without an answer lapses
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=BY_MAX, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=BY_MAX, blank=True)
    cause = models.CharField(max_length=20, choices=EndCause.choices, blank=True)
    reason = models.CharField(max_length=REASON_MAX, blank=True)  # of a refusal or a revocation
    letter = models.ForeignKey(Acceptance, models.PROTECT, null=True, related_name="+", db_index=False)
    """The authorization letter that was accepted with it; None where the provider has published none."""
    delegation = models.OneToOneField(Delegation, models.PROTECT, null=True, related_name="+")

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {**TENANTS, "manager": "customer__manager_id"}

    class Meta:
        """A customer has one request to answer and one authorization in force at a time."""

        db_table = "authorization"
        indexes: ClassVar = [
            models.Index(fields=["customer", "-requested_at"], name="authorization_customer"),
            models.Index(fields=["partner", "-requested_at", "-id"], name="authorization_partner"),
            models.Index(fields=["payer", "-requested_at", "-id"], name="authorization_payer"),
            models.Index(fields=["provider", "-requested_at", "-id"], name="authorization_provider"),
            models.Index(fields=["due_at"], name="authorization_due", condition=Q(due_at__isnull=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state=State.REQUESTED), name="authorization_one_request"
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state=State.GRANTED), name="authorization_one_granted"
            ),
            models.CheckConstraint(condition=~Q(works=""), name="authorization_of_something"),
            models.CheckConstraint(
                condition=~Q(state=State.GRANTED) | Q(delegation__isnull=False, decided_at__isnull=False),
                name="authorization_granted_whole",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=False, state=State.REQUESTED)
                | (Q(due_at__isnull=True) & ~Q(state=State.REQUESTED)),
                name="authorization_due_while_asked",
            ),
        ]

    def __str__(self) -> str:
        """Customer, works and state."""
        return f"{self.customer_id} {self.works} {self.state}"

    @property
    def allowed(self) -> frozenset[Work]:
        """What it is for."""
        return works_in(self.works)
