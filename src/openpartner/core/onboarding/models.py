"""Invitations and what happened to them, applications, and accounts that partners created."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import AccountKind, AssociationKind, CustomerType
from openpartner.core.base.scoped import ScopedManager, ScopedModel
from openpartner.core.onboarding.vocabulary import ApplicationState, CreationState, Happening, InvitationState

TEXT_MAX = 200
"""What a partner writes into an invitation; mails cut longer values."""
REASON_MAX = 255
LINK_MAX = 500
ROLES = [
    (AccountKind.CUSTOMER.value, AccountKind.CUSTOMER.label),
    (AccountKind.SECOND_LEVEL_RESELLER.value, AccountKind.SECOND_LEVEL_RESELLER.label),
]
"""What somebody can be invited to become."""
OF_PARTNER: dict[str, str] = {"provider": "provider_id", "payer": "payer_id", "partner": "partner_id"}


class OfInviter(ScopedModel):
    """A row of the partner that invites, and of those above it."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        """No table of its own."""

        abstract = True


class Invitation(OfInviter):
    """A link by which somebody may apply to become a partner's customer or second-level reseller.

    Bound to an address, unless it is an open link, which whoever has it may use once, or as often as it lives.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    token_sealed = models.TextField()  # so that the partner can be shown its link again
    email = models.CharField(max_length=254, blank=True)  # folded; empty for an open link
    role = models.SmallIntegerField(choices=ROLES, default=AccountKind.CUSTOMER)
    kind = models.SmallIntegerField(choices=AssociationKind.choices, default=AssociationKind.RESALE)
    is_reusable = models.BooleanField(default=False)
    material_url = models.CharField(max_length=LINK_MAX, blank=True)
    text = models.CharField(max_length=TEXT_MAX, blank=True)
    language = models.CharField(max_length=8, default="en")
    manager = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # who will look after the customer
    state = models.CharField(max_length=8, choices=InvitationState.choices, default=InvitationState.OPEN)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    creator = models.CharField(max_length=128)
    sent_at = models.DateTimeField(null=True)  # the newest mail; None for an open link
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")  # the newest that applied with it
    bound_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=128, blank=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {**OF_PARTNER, "manager": "manager_id"}

    class Meta:
        """Listed by partner, newest first; found by token; ended by time."""

        db_table = "invitation"
        indexes: ClassVar = [
            *(models.Index(fields=[level, "-id"], name=f"invitation_of_{level}") for level in OF_PARTNER),
            models.Index(fields=["partner", "email", "sent_at"], name="invitation_to", condition=~Q(email="")),
            models.Index(fields=["expires_at"], name="invitation_open", condition=Q(state="open")),
            models.Index(fields=["created_at"], name="invitation_created"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="used") | Q(used_at__isnull=False, account__isnull=False), name="invitation_used_by"
            ),
            models.CheckConstraint(condition=Q(is_reusable=False) | Q(email=""), name="invitation_reusable_is_open"),
        ]

    def __str__(self) -> str:
        """Number and state, never the address."""
        return f"invitation {self.pk} {self.state}"


class InvitationEvent(OfInviter):
    """One thing that happened to an invitation. Deleted with it, after sixty days."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    what = models.CharField(max_length=12, choices=Happening.choices)
    cause = models.CharField(max_length=32, blank=True)  # of eligibility.causes, when it failed
    reason = models.CharField(max_length=REASON_MAX, blank=True)
    by = models.CharField(max_length=200, blank=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {**OF_PARTNER, "manager": "invitation__manager_id"}

    class Meta:
        """Read by invitation, oldest first, and by partner."""

        db_table = "invitation_event"
        indexes: ClassVar = [
            models.Index(fields=[level, "-id"], name=f"invitation_event_{level}") for level in OF_PARTNER
        ]

    def __str__(self) -> str:
        """What and when."""
        return f"{self.what} {self.at:%F %T}"


class Application(OfInviter):
    """What an account told when it applied to a partner, and how the partner decided. Rows stay for ever."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    invitation = models.ForeignKey(Invitation, models.SET_NULL, null=True, related_name="+")
    role = models.SmallIntegerField(choices=ROLES, default=AccountKind.CUSTOMER)
    kind = models.SmallIntegerField(choices=AssociationKind.choices, default=AssociationKind.RESALE)
    state = models.CharField(max_length=10, choices=ApplicationState.choices, default=ApplicationState.REVIEWING)
    is_new = models.BooleanField(default=False)  # the account registered after it was invited
    legal_name = models.CharField(max_length=200, blank=True)
    contact = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=254, blank=True)
    country_code = models.CharField(max_length=8, blank=True)
    mobile = models.CharField(max_length=32, blank=True)
    customer_type = models.SmallIntegerField(choices=CustomerType.choices, default=CustomerType.NONE)
    material_url = models.CharField(max_length=LINK_MAX, blank=True)
    manager = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=128, blank=True)
    reason = models.CharField(max_length=REASON_MAX, blank=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {**OF_PARTNER, "customer": "account_id", "manager": "manager_id"}

    class Meta:
        """An account waits for one answer at a time."""

        db_table = "application"
        indexes: ClassVar = [
            *(models.Index(fields=[level, "state", "-id"], name=f"application_of_{level}") for level in OF_PARTNER),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account"], condition=Q(state="reviewing"), name="application_one_waiting"),
            models.CheckConstraint(
                condition=Q(state="reviewing", decided_at__isnull=True)
                | (~Q(state="reviewing") & Q(decided_at__isnull=False)),
                name="application_decided_when",
            ),
        ]

    def __str__(self) -> str:
        """Who applied, and how it stands."""
        return f"{self.account_id} {self.state}"


class Creation(OfInviter):
    """An account that a partner created, to be bound by a job: the answer to whether it is (huawei:D1)."""

    account = models.OneToOneField(Account, models.PROTECT, related_name="+")
    kind = models.SmallIntegerField(choices=AssociationKind.choices, default=AssociationKind.RESALE)
    suspend = models.BooleanField(default=True)
    external_platform = models.CharField(max_length=64, blank=True)
    external_id = models.CharField(max_length=128, blank=True)
    state = models.CharField(max_length=8, choices=CreationState.choices, default=CreationState.WAITING)
    cause = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=128)
    settled_at = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {**OF_PARTNER, "customer": "account_id"}

    class Meta:
        """A partner's own number belongs to one account, so that asking again finds it."""

        db_table = "creation"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "external_platform", "external_id"],
                condition=~Q(external_id=""),
                name="creation_external_once",
            ),
        ]

    def __str__(self) -> str:
        """Whose, and how it stands."""
        return f"{self.account_id} {self.state}"
