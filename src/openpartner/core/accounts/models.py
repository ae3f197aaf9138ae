"""Accounts, their dated associations, enterprise members and feature flags."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from openpartner.core.base.kinds import (
    AccountingMode,
    AccountKind,
    AssociationKind,
    CustomerType,
    Site,
    Suspension,
    Verification,
)
from openpartner.core.base.scoped import ScopedManager, ScopedModel
from openpartner.kit.folding import bigrams, fold_keeping_spaces, search_key
from openpartner.kit.ids import UIN_MAX, mint_account_id, mint_uin

IS_CUSTOMER = Q(kind=AccountKind.CUSTOMER)
NEWEST_FIRST = ("-associated_at", "-id")
NEWEST = [F(name.removeprefix("-")).desc() for name in NEWEST_FIRST]
IS_LISTED = Q(kind=AccountKind.CUSTOMER, associated_at__isnull=False)
TENANTS = ("provider", "payer", "partner")
FACETS = ("manager", "suspension", "association_kind", "verification")
"""What lists are narrowed by beside names: in their indexes, so that rows that do not match are never read."""
LABEL_SEPARATOR = ","


def _newest_of(level: str) -> models.Index:
    """The customers of a level, newest first."""
    others = [name for name in (*TENANTS, *FACETS) if name != level]
    return models.Index(level, *NEWEST, *others, name=f"account_of_{level}", condition=IS_CUSTOMER)


class Account(ScopedModel):
    """One organization or person of the channel, known by a uin (Tencent) and an account id (Huawei).

    `provider`, `payer`, `partner` and `manager` answer every scope with an equality. They repeat what
    the current association says, are written only by the association commands, in their transaction,
    and `openpartner verify` re-derives them.
    """

    uin = models.BigIntegerField(unique=True, default=mint_uin)
    account_id = models.CharField(max_length=32, unique=True, default=mint_account_id)
    kind = models.SmallIntegerField(choices=AccountKind.choices)
    site = models.CharField(max_length=4, choices=Site.choices, default=Site.INTL)

    account_name = models.CharField(max_length=128, unique=True)
    legal_name = models.CharField(max_length=200, blank=True)
    country_code = models.CharField(max_length=8, blank=True)  # dialling code with 00, as Huawei writes it: 0086
    mobile = models.CharField(max_length=32, blank=True)
    email = models.CharField(max_length=254, blank=True)
    region = models.CharField(max_length=2, blank=True)  # ISO 3166 alpha-2
    industry = models.CharField(max_length=16, blank=True)
    customer_type = models.SmallIntegerField(choices=CustomerType.choices, default=CustomerType.NONE)
    customer_level = models.CharField(max_length=2, default="V0")
    verification = models.SmallIntegerField(choices=Verification.choices, default=Verification.NONE)
    verified_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField()
    labels = models.CharField(max_length=64, blank=True)  # joined by commas; Huawei carries one text of 64 characters
    remark = models.CharField(max_length=255, blank=True)
    external_id = models.CharField(max_length=128, blank=True)  # Huawei xaccount_id: the partner's own number
    external_platform = models.CharField(max_length=64, blank=True)  # Huawei xaccount_type
    suspension = models.SmallIntegerField(choices=Suspension.choices, default=Suspension.NONE)
    suspended_at = models.DateTimeField(null=True)
    bills_visible = models.BooleanField(default=True)  # a partner may close a customer's view of bills

    provider = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    payer = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    partner = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    association_kind = models.SmallIntegerField(choices=AssociationKind.choices, null=True)
    associated_at = models.DateTimeField(null=True)

    account_name_folded = models.TextField(blank=True, editable=False)
    legal_name_folded = models.TextField(blank=True, editable=False)
    search_key = models.TextField(blank=True, editable=False)
    search_bigrams = models.TextField(blank=True, editable=False)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "provider_id",
        "payer": "payer_id",
        "partner": "partner_id",
        "customer": "id",
        "manager": "manager_id",
    }

    class Meta:
        """One index per level of a scope, in the order lists are read."""

        db_table = "account"
        indexes: ClassVar = [
            *(_newest_of(level) for level in (*TENANTS, "manager")),
            models.Index(
                fields=["legal_name_folded", "id", *TENANTS, *FACETS, "associated_at"],
                name="account_by_legal_name",
                condition=IS_LISTED,
            ),
            models.Index(
                fields=["account_name_folded", "id", *TENANTS, *FACETS, "associated_at"],
                name="account_by_account_name",
                condition=IS_LISTED,
            ),
            # One customer of a hundred: read from here, not found among all.
            models.Index(
                fields=["associated_at", "id", *TENANTS, *FACETS],
                name="account_suspended",
                condition=IS_LISTED & Q(suspension__gt=Suspension.NONE),
            ),
            models.Index(fields=["partner", "kind"], name="account_partners_of", condition=~IS_CUSTOMER),
            models.Index(fields=["payer", "kind"], name="account_partners_of_payer", condition=~IS_CUSTOMER),
            models.Index(fields=["email"], name="account_email", condition=~Q(email="")),
            models.Index(fields=["mobile"], name="account_mobile", condition=~Q(mobile="")),
            # Partners repeat a remark as they like, so a list by it is walked along this index.
            models.Index("remark", "partner", *NEWEST, name="account_remark", condition=IS_CUSTOMER & ~Q(remark="")),
            models.Index(
                fields=["external_platform", "external_id"], name="account_external", condition=~Q(external_id="")
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(uin__gte=1, uin__lte=UIN_MAX), name="account_uin_range"),
            models.CheckConstraint(
                condition=Q(partner__isnull=True, association_kind__isnull=True, associated_at__isnull=True)
                | Q(partner__isnull=False, association_kind__isnull=False, associated_at__isnull=False),
                name="account_association_whole",
            ),
            models.CheckConstraint(condition=IS_CUSTOMER | Q(manager__isnull=True), name="account_manager_of_customer"),
        ]

    def __str__(self) -> str:
        """The uin, which says nothing about the owner."""
        return str(self.uin)

    @property
    def called(self) -> str:
        """What people call it: its legal name, and until it has one the name of its account."""
        return self.legal_name or self.account_name

    def fold_names(self) -> None:
        """Derive the columns that searches read. Whoever writes a name calls this before saving."""
        self.account_name_folded = fold_keeping_spaces(self.account_name)
        self.legal_name_folded = fold_keeping_spaces(self.legal_name)
        self.search_key = search_key(self.account_name, self.legal_name)
        self.search_bigrams = bigrams(self.search_key)

    FOLDED: ClassVar[tuple[str, ...]] = ("account_name_folded", "legal_name_folded", "search_key", "search_bigrams")


class Association(ScopedModel):
    """Who was bound to whom, since when, until when and by whom. Rows are ended, never changed or deleted."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    child = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    kind = models.SmallIntegerField(choices=AssociationKind.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    bound_by = models.CharField(max_length=128, blank=True)
    ended_by = models.CharField(max_length=128, blank=True)
    labels = models.CharField(max_length=64, blank=True)  # the partner's own notes, kept when the association ends
    remark = models.CharField(max_length=255, blank=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "provider_id",
        "payer": "payer_id",
        "partner": "partner_id",
        "customer": "child_id",
    }

    class Meta:
        """At most one current partner per account."""

        db_table = "association"
        indexes: ClassVar = [
            models.Index(fields=["child", "since"], name="association_history"),
            *(models.Index(fields=[level, "since", "id"], name=f"association_of_{level}") for level in TENANTS),
            models.Index(fields=["until", "id"], name="association_ended", condition=Q(until__isnull=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["child"], condition=Q(until__isnull=True), name="association_one_current"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="association_ends_after"
            ),
            models.CheckConstraint(condition=~Q(partner=F("child")), name="association_not_self"),
        ]

    def __str__(self) -> str:
        """The two ends and the time."""
        return f"{self.partner_id} -> {self.child_id} since {self.since:%F}"


class AssociationCount(ScopedModel):
    """How many customers of a partner were associated in a month and still are: totals and deep pages read it.

    Kept in the transaction that changes an association, re-derived by `openpartner verify`.
    """

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    month = models.IntegerField()  # year * 12 + month - 1, UTC
    customers = models.IntegerField(default=0)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id", "payer": "payer_id", "partner": "partner_id"}

    class Meta:
        """One row per partner and month; the wider levels are sums."""

        db_table = "association_count"
        indexes: ClassVar = [
            models.Index(fields=["provider", "month", "customers"], name="association_count_provider"),
            models.Index(fields=["payer", "month", "customers"], name="association_count_payer"),
            models.Index(fields=["partner", "month", "customers"], name="association_count_partner"),
        ]
        constraints: ClassVar = [
            # Without INCLUDE, which SQLite lacks: Django would leave the constraint out there, and say so to nobody.
            models.UniqueConstraint(fields=["partner", "month"], name="association_count_month"),
            models.CheckConstraint(condition=Q(customers__gte=0), name="association_count_positive"),
        ]

    def __str__(self) -> str:
        """Partner, month and number."""
        return f"{self.partner_id} {self.month}: {self.customers}"


class EnterpriseOrganization(ScopedModel):
    """An organization within an enterprise. The enterprise itself is the root of the tree and has no row."""

    number = models.BigIntegerField(unique=True, default=mint_uin)
    """What it is called by: digits alone, as Huawei's party ids are."""
    master = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    name = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    scope_columns: ClassVar[dict[str, str]] = {"customer": "master_id"}

    class Meta:
        """Siblings have different names."""

        db_table = "enterprise_organization"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["master", "name"], condition=Q(parent__isnull=True), name="enterprise_organization_top"
            ),
            models.UniqueConstraint(fields=["parent", "name"], name="enterprise_organization_name"),
        ]

    def __str__(self) -> str:
        """Its number."""
        return str(self.number)


class EnterpriseMember(ScopedModel):
    """A member of an enterprise master and how it is charged, dated."""

    master = models.ForeignKey(Account, models.PROTECT, related_name="+")
    member = models.ForeignKey(Account, models.PROTECT, related_name="+")
    mode = models.SmallIntegerField(choices=AccountingMode.choices)
    organization = models.ForeignKey(EnterpriseOrganization, models.PROTECT, null=True, related_name="+")
    """Where it stands; directly under the enterprise when it is in none."""
    display_name = models.CharField(max_length=64, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    scope_columns: ClassVar[dict[str, str]] = {"customer": "master_id"}

    class Meta:
        """An account is a member of one enterprise at a time."""

        db_table = "enterprise_member"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(until__isnull=True), name="enterprise_member_one_current"
            ),
            models.CheckConstraint(condition=~Q(master=F("member")), name="enterprise_member_not_self"),
        ]

    def __str__(self) -> str:
        """Master, member and mode."""
        return f"{self.master_id} -> {self.member_id} ({AccountingMode(self.mode).label})"


class Flag(models.TextChoices):
    """The vendors' allowlists (tencent:A.4), as flags a provider grants to a partner."""

    API_CUSTOMER_CREATION = "api-customer-creation", "create customer accounts by API"
    API_INVITATIONS = "api-invitations", "invite and review customers by API"
    FORCED_SUSPENSION = "forced-suspension", "suspend customers by force"
    SPECIAL_SUSPENSION_RULES = "special-suspension-rules", "stop pay-as-you-go at once"
    NON_STOP = "non-stop", "let customers run at negative credit"
    INDIRECT_CUSTOMER_VIEW = "indirect-customer-view", "see customers of second-level resellers"
    CUSTOMER_DISCOUNTS = "customer-discounts", "set discounts for customers"
    POLICY_PRODUCTS = "policy-products", "see the policy product list"
    BILL_STORAGE = "bill-storage", "have bills pushed to a bucket"
    REFERRAL = "referral", "associate customers by referral"


class FeatureFlag(ScopedModel):
    """A flag granted to a partner, dated; ended rather than deleted."""

    partner = models.ForeignKey(Account, models.PROTECT, related_name="+")
    flag = models.CharField(max_length=32, choices=Flag.choices)
    granted_by = models.CharField(max_length=128)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    scope_columns: ClassVar[dict[str, str]] = {"partner": "partner_id"}

    class Meta:
        """A flag is granted once at a time."""

        db_table = "feature_flag"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "flag"], condition=Q(until__isnull=True), name="feature_flag_one_current"
            ),
        ]

    def __str__(self) -> str:
        """Partner and flag."""
        return f"{self.partner_id} {self.flag}"
