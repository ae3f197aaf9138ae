"""Who says to be whom: what was submitted, what became of it, and by which rules of the provider."""

from __future__ import annotations

import json
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from openpartner.core.accounts.models import Account
from openpartner.core.base.kinds import CustomerType
from openpartner.core.base.scoped import ScopedManager, ScopedModel

NAME_MAX = 200
NUMBER_MAX = 64
ADDRESS_MAX = 256
OPINION_MAX = 256
"""mc_00020: an opinion has at most 256 characters."""


class State(models.IntegerChoices):
    """How a submission stands; the numbers are Huawei's codes of a review's result."""

    IN_REVIEW = 0, "in review"
    REJECTED = 1, "rejected"
    PASSED = 2, "passed"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.IN_REVIEW: frozenset({State.REJECTED, State.PASSED}),
    State.REJECTED: frozenset(),
    State.PASSED: frozenset(),
}
"""A decision is final: whoever was rejected submits anew."""


class Document(models.TextChoices):
    """What somebody is identified by."""

    PASSPORT = "passport", "passport"
    HOME_RETURN_PERMIT = "home-return-permit", "Mainland travel permit for residents of Hong Kong and Macao"
    TAIWAN_PERMIT = "taiwan-permit", "Mainland travel permit for residents of Taiwan"
    HONG_KONG_MACAO_RESIDENCE = "hong-kong-macao-residence", "residence permit for residents of Hong Kong and Macao"
    TAIWAN_RESIDENCE = "taiwan-residence", "residence permit for residents of Taiwan"
    IDENTITY_CARD = "identity-card", "identity card"
    BUSINESS_LICENCE = "business-licence", "business licence"
    INSTITUTION_CERTIFICATE = "institution-certificate", "certificate of a public institution"
    SOCIAL_CERTIFICATE = "social-certificate", "certificate of a social organization"
    ENFORCEMENT_CERTIFICATE = "enforcement-certificate", "certificate of an administrative enforcement body"
    ORGANIZATION_CODE = "organization-code", "organization code certificate"
    OTHER = "other", "another certificate"


class VerificationSubmission(ScopedModel):
    """One attempt of a customer to be verified. Rows are decided once and never deleted.

    The partner is the one it was bound to then, or nobody. Files are names: nothing here ever opens them.
    """

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    customer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)

    attempt = models.PositiveSmallIntegerField()  # the customer's first is 1
    customer_type = models.SmallIntegerField(choices=CustomerType.choices)
    is_change = models.BooleanField(default=False)  # from a verified person to a company
    document = models.CharField(max_length=32, choices=Document.choices)
    name = models.CharField(max_length=NAME_MAX)
    number = models.TextField()  # sealed
    number_masked = models.CharField(max_length=NUMBER_MAX)
    number_digest = models.CharField(max_length=64)  # keyed: tells that two accounts use one document, and no more
    region = models.CharField(max_length=2, blank=True)  # ISO 3166 alpha-2, of a company
    address = models.CharField(max_length=ADDRESS_MAX, blank=True)
    legal_person = models.CharField(max_length=NAME_MAX, blank=True)
    legal_person_number = models.TextField(blank=True)  # sealed
    files = models.TextField(default="[]")  # JSON: paths below the partner's folder, or https links, in order

    state = models.SmallIntegerField(choices=State.choices, default=State.IN_REVIEW)
    is_reviewed = models.BooleanField(default=True)  # by a person; False: passed by the provider's rules at once
    opinion = models.CharField(max_length=OPINION_MAX, blank=True)
    submitted_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=128)
    submitter = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    mail = models.CharField(max_length=254, blank=True)  # of the user who submitted it, to be told the result
    language = models.CharField(max_length=8, default="en")  # that user's
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=128, blank=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "provider_id",
        "payer": "payer_id",
        "partner": "partner_id",
        "customer": "customer_id",
        "manager": "customer__manager_id",
    }

    class Meta:
        """At most one in review per customer."""

        db_table = "verification_submission"
        indexes: ClassVar = [
            models.Index(fields=["customer", "-id"], name="verification_of_customer"),
            models.Index(fields=["provider", "state", "submitted_at"], name="verification_queue"),
            models.Index(fields=["number_digest"], name="verification_number", condition=Q(state=State.PASSED)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state=State.IN_REVIEW), name="verification_one_in_review"
            ),
            models.UniqueConstraint(fields=["customer", "attempt"], name="verification_attempt"),
            models.CheckConstraint(
                condition=Q(state=State.IN_REVIEW, decided_at__isnull=True)
                | (~Q(state=State.IN_REVIEW) & Q(decided_at__gte=F("submitted_at"))),
                name="verification_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REJECTED) | ~Q(opinion=""), name="verification_rejected_with_opinion"
            ),
        ]

    def __str__(self) -> str:
        """The customer and the attempt."""
        return f"{self.customer_id} #{self.attempt}"

    @property
    def file_names(self) -> list[str]:
        """The files in the order in which they were given."""
        return list(json.loads(self.files))


class VerificationPolicy(ScopedModel):
    """What a provider has decided about verifications; without a row the defaults hold."""

    provider = models.OneToOneField(Account, models.PROTECT, related_name="+")
    reviews_persons = models.BooleanField(default=True)
    reviews_companies = models.BooleanField(default=True)
    attempts_max = models.PositiveSmallIntegerField(default=10)
    accounts_max = models.PositiveSmallIntegerField(default=5)  # that are verified with one document

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id"}

    class Meta:
        """One row per provider."""

        db_table = "verification_policy"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(attempts_max__gte=1), name="verification_policy_attempts"),
            models.CheckConstraint(condition=Q(accounts_max__gte=1), name="verification_policy_accounts"),
        ]

    def __str__(self) -> str:
        """Whose it is."""
        return f"policy of {self.provider_id}"


class VerificationFolder(ScopedModel):
    """Where the files stand that a partner names by a path: an https address. It switches that way of naming on."""

    partner = models.OneToOneField(Account, models.PROTECT, related_name="+")
    address = models.CharField(max_length=1024)
    since = models.DateTimeField()
    set_by = models.CharField(max_length=128)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    scope_columns: ClassVar[dict[str, str]] = {"partner": "partner_id"}

    class Meta:
        """One per partner."""

        db_table = "verification_file_folder"

    def __str__(self) -> str:
        """Whose it is."""
        return f"folder of {self.partner_id}"
