"""Requests to end an association, migrations with the consents they need, and the rules of a payer for both."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from openpartner.core.accounts.models import Account, Association
from openpartner.core.accounts.of_customer import TENANTS, OfCustomer
from openpartner.core.base.kinds import AssociationKind
from openpartner.core.base.scoped import ScopedManager, ScopedModel
from openpartner.core.parting.vocabulary import OPEN, ConsentState, MigrationState, RequestState, Side

REASON_MAX = 256
NAME_MAX = 128
ANSWER_DAYS = 10
"""tencent:A.2: so many calendar days after which a customer's request is approved by time."""
REQUESTS_MAX = 3
"""So many requests may each side make in any three months (huawei:A3, the newest page)."""


class PartingPolicy(ScopedModel):
    """What the provider has set for a payer and its second-level resellers. No row: the defaults."""

    payer = models.OneToOneField(Account, models.PROTECT, related_name="+")
    provider = models.ForeignKey(Account, models.PROTECT, related_name="+")
    answer_days = models.SmallIntegerField(null=True, default=ANSWER_DAYS)
    """After how many days a customer's request is approved by time (tencent:A.2); None: never (huawei:A3)."""
    requests_max = models.SmallIntegerField(default=REQUESTS_MAX)
    partner_waits = models.BooleanField(default=False)
    """Whether a partner waits for three months after a customer's request before it asks itself (huawei:A3)."""
    reviews_migrations = models.BooleanField(default=True)
    """Whether the provider has the last word before a customer moves to the payer (tencent:A.2)."""
    changed_at = models.DateTimeField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id", "payer": "payer_id"}

    class Meta:
        """Within reason."""

        db_table = "parting_policy"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answer_days__isnull=True) | Q(answer_days__gte=1, answer_days__lte=365),
                name="parting_policy_days",
            ),
            models.CheckConstraint(
                condition=Q(requests_max__gte=1, requests_max__lte=100), name="parting_policy_requests"
            ),
        ]

    def __str__(self) -> str:
        """Whose it is."""
        return str(self.payer_id)


class UnbindRequest(OfCustomer):
    """One side's wish to end an association, and what became of it."""

    association = models.ForeignKey(Association, models.PROTECT, related_name="+", db_index=False)
    side = models.CharField(max_length=8, choices=Side.choices)  # who asks
    state = models.CharField(max_length=16, choices=RequestState.choices, default=RequestState.REQUESTED)
    reason = models.CharField(max_length=REASON_MAX)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=NAME_MAX)
    due_at = models.DateTimeField(null=True)  # when time approves it
    answer = models.CharField(max_length=16, choices=RequestState.choices, blank=True)  # how REQUESTED ended
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=NAME_MAX, blank=True)
    answer_reason = models.CharField(max_length=REASON_MAX, blank=True)
    ended_at = models.DateTimeField(null=True)
    causes = models.CharField(max_length=512, blank=True)  # FAILED: what stood in the way, joined by commas

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {**TENANTS, "manager": "customer__manager_id"}

    class Meta:
        """One open request for each association."""

        db_table = "unbind_request"
        indexes: ClassVar = [
            *(models.Index(fields=[level, "-asked_at"], name=f"unbind_of_{level}") for level in TENANTS),
            models.Index(fields=["association"], name="unbind_of_association"),
            models.Index(fields=["due_at"], name="unbind_due", condition=Q(state=RequestState.REQUESTED)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["association"], condition=Q(state=RequestState.REQUESTED), name="unbind_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.REQUESTED, answer="", answered_at__isnull=True)
                | (~Q(state=RequestState.REQUESTED) & ~Q(answer="") & Q(answered_at__isnull=False)),
                name="unbind_answered",
            ),
        ]

    def __str__(self) -> str:
        """Customer and state."""
        return f"{self.customer_id} {self.state}"


class Migration(ScopedModel):
    """A customer's move to another partner, as the receiver and the provider see it.

    Its tenants are the receiver's: of the customer and its present partner the receiver knows what it typed itself,
    until the customer is its own. Those see their `MigrationConsent`.
    """

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    association = models.ForeignKey(Association, models.PROTECT, related_name="+", db_index=False)  # that would end
    new_association = models.ForeignKey(Association, models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.SmallIntegerField(choices=AssociationKind.choices)
    named = models.CharField(max_length=32)  # the customer as the receiver named it
    message = models.CharField(max_length=REASON_MAX, blank=True)  # to the customer
    state = models.CharField(max_length=20, choices=MigrationState.choices, default=MigrationState.WAITS_FOR_CUSTOMER)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=NAME_MAX)
    expires_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)  # by the provider
    approved_by = models.CharField(max_length=NAME_MAX, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=NAME_MAX, blank=True)
    ended_from = models.CharField(max_length=20, choices=MigrationState.choices, blank=True)  # whom it waited for
    end_reason = models.CharField(max_length=REASON_MAX, blank=True)
    causes = models.CharField(max_length=512, blank=True)  # FAILED: why, joined by commas

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "provider_id",
        "payer": "payer_id",
        "partner": "partner_id",
    }

    class Meta:
        """One open migration for each customer."""

        db_table = "migration"
        indexes: ClassVar = [
            *(
                models.Index(fields=[level, "-started_at"], name=f"migration_of_{level}")
                for level in ("provider", "payer", "partner")
            ),
            models.Index(fields=["customer"], name="migration_of_customer"),
            models.Index(fields=["association"], name="migration_of_association"),
            models.Index(fields=["expires_at"], name="migration_due", condition=Q(state__in=sorted(OPEN))),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state__in=sorted(OPEN)), name="migration_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(OPEN), ended_at__isnull=True)
                | (~Q(state__in=sorted(OPEN)) & Q(ended_at__isnull=False)),
                name="migration_ended",
            ),
        ]

    def __str__(self) -> str:
        """Receiver and state."""
        return f"to {self.partner_id} {self.state}"


class MigrationConsent(OfCustomer):
    """What the customer, or the partner it would leave, answers to a migration; its tenants are those of now."""

    migration = models.ForeignKey(Migration, models.PROTECT, related_name="+", db_index=False)
    side = models.CharField(max_length=8, choices=Side.choices)  # who is asked
    state = models.CharField(max_length=8, choices=ConsentState.choices, default=ConsentState.WAITING)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=NAME_MAX, blank=True)
    reason = models.CharField(max_length=REASON_MAX, blank=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {**TENANTS, "manager": "customer__manager_id"}

    class Meta:
        """Each side is asked once."""

        db_table = "migration_consent"
        indexes: ClassVar = [
            *(models.Index(fields=[level, "-asked_at"], name=f"migration_consent_{level}") for level in TENANTS),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["migration", "side"], name="migration_consent_once"),
            models.CheckConstraint(
                condition=Q(state=ConsentState.WAITING, answered_at__isnull=True)
                | (~Q(state=ConsentState.WAITING) & Q(answered_at__isnull=False)),
                name="migration_consent_answered",
            ),
        ]

    def __str__(self) -> str:
        """Who was asked, and the answer."""
        return f"{self.side} {self.state}"
