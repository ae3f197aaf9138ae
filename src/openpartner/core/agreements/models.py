"""Versions of agreements with their texts, and who accepted which until when."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from openpartner.core.accounts.models import Account
from openpartner.core.agreements.vocabulary import OPEN, AcceptanceState, Agreement
from openpartner.core.base.scoped import ScopedManager, ScopedModel

NOTE_MAX = 200
TITLE_MAX = 120
TEXT_MAX = 60_000


class AgreementVersion(ScopedModel):
    """One version of an agreement. Once published it never changes: another version follows it."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    agreement = models.CharField(max_length=24, choices=Agreement.choices)
    number = models.IntegerField()
    note = models.CharField(max_length=NOTE_MAX, blank=True)
    """What is new in it, for those who are asked to read it."""
    is_binding = models.BooleanField(default=True)
    """Whether those who accepted an earlier one are asked again."""
    effective_at = models.DateTimeField(null=True)
    """From when on it is the one in force; set when it is published."""
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=128)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=128, blank=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id"}

    class Meta:
        """One draft of an agreement at a time."""

        db_table = "agreement_version"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "agreement", "number"], name="agreement_version_number"),
            models.UniqueConstraint(
                fields=["provider", "agreement"],
                condition=Q(published_at__isnull=True),
                name="agreement_version_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, effective_at__isnull=True)
                | Q(published_at__isnull=False, effective_at__gte=F("published_at")),
                name="agreement_version_published_whole",
            ),
        ]

    def __str__(self) -> str:
        """Agreement and number."""
        return f"{self.agreement} {self.number}"

    @property
    def kind(self) -> Agreement:
        """What it is a version of."""
        return Agreement(self.agreement)

    @property
    def is_published(self) -> bool:
        """Whether it can no longer change."""
        return self.published_at is not None


class AgreementText(ScopedModel):
    """The words of a version in one language: a title, and paragraphs set apart by blank lines.

    A line that begins with `# ` is a heading.
    """

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="texts")
    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=TITLE_MAX)
    text = models.TextField(max_length=TEXT_MAX)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id"}

    class Meta:
        """One text for each language."""

        db_table = "agreement_text"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "language"], name="agreement_text_once"),
        ]

    def __str__(self) -> str:
        """Version and language."""
        return f"{self.version_id} {self.language}"


class Acceptance(ScopedModel):
    """An account's acceptance of a version; for a contract, of one of its periods."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="+")
    agreement = models.CharField(max_length=24, choices=Agreement.choices)
    about = models.CharField(max_length=64, blank=True)
    """What it was accepted for, where it is accepted each time."""
    state = models.CharField(max_length=12, choices=AcceptanceState.choices, default=AcceptanceState.IN_FORCE)
    language = models.CharField(max_length=8)
    """In which language it was read."""
    accepted_at = models.DateTimeField()
    accepted_by = models.CharField(max_length=128)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    source = models.CharField(max_length=64, blank=True)
    """A keyed digest of the address it came from: equal for equal addresses, and no more."""
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    """The period that this one follows."""
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    """The end of a contract's period; None for what holds until it is replaced."""
    due_at = models.DateTimeField(null=True)
    """When the work on contracts looks at it next."""
    told_at = models.DateTimeField(null=True)
    """When its account was mailed that it can be renewed."""
    state_at = models.DateTimeField()
    state_by = models.CharField(max_length=128)
    reason = models.CharField(max_length=200, blank=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "provider_id",
        **dict.fromkeys(("payer", "partner", "customer"), "account_id"),
    }

    class Meta:
        """One open acceptance of an account for each agreement and thing."""

        db_table = "acceptance"
        indexes: ClassVar = [
            models.Index(fields=["account", "agreement", "-id"], name="acceptance_account"),
            models.Index(fields=["provider", "agreement", "-id"], name="acceptance_provider"),
            models.Index(fields=["due_at", "id"], name="acceptance_due", condition=Q(due_at__isnull=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "agreement", "about"],
                condition=Q(state__in=[state.value for state in OPEN]),
                name="acceptance_one_open",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="acceptance_ends_after",
            ),
        ]

    def __str__(self) -> str:
        """Account and version."""
        return f"{self.account_id}: {self.version_id} {self.state}"
