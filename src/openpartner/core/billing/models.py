"""The manifest of the lake: months with their versions, files, and whose lines stand where in them.

A file belongs to the versions from `since` on and before `until`; a file that is being staged has no `since`. What is
current follows from the month's `version` alone, so publishing is one small transaction whatever was written before it.
"""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.of_customer import TENANTS, OfCustomer
from openpartner.core.base.scoped import ScopedManager, ScopedModel


class MonthState(models.TextChoices):
    """Where a bill month of one cloud stands."""

    OPEN = "open"
    """Lines still come; figures are estimates."""
    FINAL = "final"
    """Closed. What changes it from now on is a restatement, and says so."""


class Reason(models.TextChoices):
    """Why a version was published."""

    IMPORT = "import"
    RESTATE = "restate"
    CLOSE = "close"
    PLACE = "place"
    """Lines whose account was unknown have found their customer."""
    SETTLE = "settle"


class BillMonth(ScopedModel):
    """One bill month of one cloud. Months are counted as year * 12 + month - 1 of the source's billing period."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+")
    cloud = models.CharField(max_length=64)
    month = models.IntegerField()
    state = models.CharField(max_length=8, choices=MonthState.choices, default=MonthState.OPEN)
    version = models.IntegerField(default=0)  # 0: nothing published yet
    published_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True)
    restated_at = models.DateTimeField(null=True)  # the last change since it is final

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id"}

    class Meta:
        """One row for each cloud and month."""

        db_table = "bill_month"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "cloud", "month"], name="bill_month_once"),
        ]

    def __str__(self) -> str:
        """Cloud and month."""
        return f"{self.cloud} {self.month // 12}-{self.month % 12 + 1:02}"


class BillVersion(ScopedModel):
    """One publication of a month: when, why, and what its lines add up to. Never changed."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    month = models.ForeignKey(BillMonth, models.PROTECT, related_name="+", db_index=False)
    number = models.IntegerField()
    reason = models.CharField(max_length=8, choices=Reason.choices)
    job = models.BigIntegerField(null=True)
    published_at = models.DateTimeField()
    schema = models.SmallIntegerField()
    lines = models.BigIntegerField()
    totals = models.TextField()  # JSON: booked amount -> integer of 10^-8 as text
    summary = models.CharField(max_length=120)  # a file of the lake
    summary_sha256 = models.CharField(max_length=64)
    changes = models.TextField(default="{}")  # JSON: what a restatement changed

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id"}

    class Meta:
        """Numbered from 1 within the month."""

        db_table = "bill_version"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "number"], name="bill_version_once"),
        ]

    def __str__(self) -> str:
        """Month and number."""
        return f"{self.month_id} v{self.number}"


class BillFile(ScopedModel):
    """A file of lines, sorted by payer, partner, customer, day and line."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    month = models.ForeignKey(BillMonth, models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=120, unique=True)
    since = models.IntegerField(null=True)  # the first version it belongs to; None while it is staged
    until = models.IntegerField(null=True)  # the first version it no longer belongs to
    gone_at = models.DateTimeField(null=True)  # when that version was published: it is deleted a while later
    staged_at = models.DateTimeField()
    staged_by = models.CharField(max_length=64)  # the token of who stages it
    day = models.DateField(null=True)  # of an open month's day file
    low_payer = models.BigIntegerField()
    low_partner = models.BigIntegerField()
    low_customer = models.BigIntegerField()
    high_payer = models.BigIntegerField()
    high_partner = models.BigIntegerField()
    high_customer = models.BigIntegerField()
    lines = models.BigIntegerField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    totals = models.TextField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id"}

    class Meta:
        """Found by its month and what it holds."""

        db_table = "bill_file"
        indexes: ClassVar = [
            models.Index(fields=["month", "since", "until"], name="bill_file_of_month"),
            models.Index(fields=["gone_at"], name="bill_file_gone", condition=Q(gone_at__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="bill_file_ends_after"
            ),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class BillRange(ScopedModel):
    """The lines of one customer under one partner in one file: `rows` of them from `first_row` on."""

    file = models.ForeignKey(BillFile, models.CASCADE, related_name="+", db_index=False)
    payer = models.BigIntegerField()  # keys of accounts; 0 where nobody has mapped the source's account
    partner = models.BigIntegerField()
    customer = models.BigIntegerField()
    first_row = models.BigIntegerField()
    rows = models.BigIntegerField()
    total = models.CharField(max_length=40)  # of total_cost, an integer of 10^-8

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"payer": "payer", "partner": "partner", "customer": "customer"}

    class Meta:
        """Found by customer; deleted with the file."""

        db_table = "bill_range"
        indexes: ClassVar = [
            models.Index(fields=["customer", "file"], name="bill_range_of_customer"),
            models.Index(fields=["file", "first_row"], name="bill_range_of_file"),
        ]

    def __str__(self) -> str:
        """File and rows."""
        return f"{self.file_id}: {self.rows} from {self.first_row}"


class BillSpan(ScopedModel):
    """The lines of all of one partner's customers in one file: what partners' reads open."""

    file = models.ForeignKey(BillFile, models.CASCADE, related_name="+", db_index=False)
    payer = models.BigIntegerField()
    partner = models.BigIntegerField()
    first_row = models.BigIntegerField()
    rows = models.BigIntegerField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"payer": "payer", "partner": "partner"}

    class Meta:
        """Found by partner or payer; deleted with the file."""

        db_table = "bill_span"
        indexes: ClassVar = [
            models.Index(fields=["partner", "file"], name="bill_span_of_partner"),
            models.Index(fields=["payer", "file"], name="bill_span_of_payer"),
            models.Index(fields=["file"], name="bill_span_of_file"),
        ]

    def __str__(self) -> str:
        """File and partner."""
        return f"{self.file_id}: {self.partner}"


class CloudAccount(ScopedModel):
    """Whose an account of a cloud is, dated: the only way by which a line finds its customer.

    The number spaces of clouds overlap, so a mapping names its cloud and the account that is billed. An empty
    `sub_account` speaks for every sub-account of the billing account that has no row of its own.
    """

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    cloud = models.CharField(max_length=64)
    billing_account = models.CharField(max_length=128)
    sub_account = models.CharField(max_length=128, blank=True)
    customer = models.ForeignKey(Account, models.PROTECT, related_name="+")
    since = models.DateField()  # the first day, in the source's zone
    until = models.DateField(null=True)  # the first day it no longer holds
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=128)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id", "customer": "customer_id"}

    class Meta:
        """An account of a cloud is one customer's at a time."""

        db_table = "cloud_account"
        indexes: ClassVar = [
            models.Index(fields=["provider", "cloud", "billing_account", "sub_account"], name="cloud_account_named"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "cloud", "billing_account", "sub_account"],
                condition=Q(until__isnull=True),
                name="cloud_account_one_current",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="cloud_account_ends_after"
            ),
        ]

    def __str__(self) -> str:
        """The account as its cloud names it."""
        return f"{self.cloud} {self.billing_account}/{self.sub_account}"


class BillImport(ScopedModel):
    """One file that was given: what it is, what became of it, and what it replaces."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    job = models.BigIntegerField(null=True)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=16)
    state = models.CharField(max_length=12)
    lines = models.BigIntegerField(default=0)
    parked = models.BigIntegerField(default=0)  # lines whose account nobody has mapped
    faults = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    summary = models.TextField(default="{}")  # JSON

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id"}

    class Meta:
        """Newest first; the same file is known by its checksum."""

        db_table = "bill_import"
        indexes: ClassVar = [
            models.Index(fields=["provider", "-id"], name="bill_import_newest"),
            models.Index(fields=["provider", "sha256"], name="bill_import_same"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class ControlTotal(ScopedModel):
    """What an import holds for one month and billing account, as delivered and as booked; decimals as text."""

    source = models.ForeignKey(BillImport, models.CASCADE, related_name="+")
    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    cloud = models.CharField(max_length=64)
    month = models.IntegerField()
    billing_account = models.CharField(max_length=128)
    currency = models.CharField(max_length=8)
    lines = models.BigIntegerField()
    parked = models.BigIntegerField(default=0)
    billed_delivered = models.CharField(max_length=60)  # DECIMAL(38,15)
    billed_booked = models.CharField(max_length=60)  # DECIMAL(38,8), the residue line included
    residue = models.CharField(max_length=60)  # what the residue line holds
    left_over = models.CharField(max_length=60)  # below 10^-8: delivered = booked + left_over, exactly

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"provider": "provider_id"}

    class Meta:
        """One row for each month, account and currency of an import."""

        db_table = "control_total"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "cloud", "month", "billing_account", "currency"], name="control_total_once"
            ),
        ]

    def __str__(self) -> str:
        """Account and month."""
        return f"{self.cloud} {self.billing_account} {self.month}"


class BillDownload(ScopedModel):
    """A file of bills that somebody asked for, of one version of its month: made once, given to whoever asks again."""

    account = models.BigIntegerField()
    manager = models.BigIntegerField(default=0)  # the account manager whose customers alone it holds; 0 is all
    month = models.IntegerField()
    versions = models.CharField(max_length=64)  # hash of the month's clouds and their versions
    level = models.CharField(max_length=12)
    holds = models.CharField(max_length=20)
    partner = models.BigIntegerField(default=0)  # whose customers alone it holds; 0 is not said
    customer = models.BigIntegerField(default=0)
    language = models.CharField(max_length=8)
    job = models.BigIntegerField(null=True)
    name = models.CharField(max_length=200)  # what the person sees; never a path
    stored = models.CharField(max_length=32, unique=True)  # generated
    size = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("provider", "payer", "partner", "customer"), "account"),
        "manager": "manager",
    }

    class Meta:
        """One file for each question and version."""

        db_table = "bill_download"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "month", "versions", "level", "holds", "partner", "customer", "language", "manager"],
                name="bill_download_once",
            ),
        ]

    def __str__(self) -> str:
        """The name that the person sees."""
        return self.name


class DownloadLink(ScopedModel):
    """A link to a file of bills that needs nobody to sign in: known by hash alone, and for an hour."""

    account = models.BigIntegerField()
    download = models.ForeignKey(BillDownload, models.CASCADE, related_name="+")
    link_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = dict.fromkeys(("provider", "payer", "partner", "customer"), "account")

    class Meta:
        """Found by the hash of the link."""

        db_table = "download_link"

    def __str__(self) -> str:
        """Whose it is."""
        return f"{self.account}: {self.download_id}"


class CustomerMonth(OfCustomer):
    """What one customer spent in one bill month of one cloud under one partner: sums of the version that is current.

    Kept by publication, in its transaction; `openpartner lake verify` compares it with the lines. Amounts are rounded
    half to even to millionths; of what is posted the residue is kept: exact = micros / 10^6 + residue / 10^8.
    """

    month = models.ForeignKey(BillMonth, models.PROTECT, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    list_micros = models.BigIntegerField()
    discounted_micros = models.BigIntegerField()
    voucher_micros = models.BigIntegerField()
    total_micros = models.BigIntegerField()
    total_residue = models.SmallIntegerField(default=0)
    partner_micros = models.BigIntegerField()
    partner_residue = models.SmallIntegerField(default=0)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        """One for each customer under each partner."""

        db_table = "customer_month"
        indexes: ClassVar = [models.Index(fields=["customer", "month"], name="customer_month_customer")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["month", "payer", "partner", "customer", "currency"], name="customer_month_once"
            ),
        ]

    def __str__(self) -> str:
        """Customer and month."""
        return f"{self.customer_id} in {self.month_id}"


class CustomerSpent(ScopedModel):
    """What a customer spent under its present partner in the newest month with bills: lists are ordered by it.

    The sum of its rows of `CustomerMonth` over all clouds, in the currency of its credit; kept by publication.
    """

    customer = models.OneToOneField(Account, models.PROTECT, primary_key=True, related_name="+")
    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    month = models.IntegerField()
    micros = models.BigIntegerField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {**TENANTS, "manager": "customer__manager_id"}

    class Meta:
        """With what a scope asks, so that a list is read from the index alone."""

        db_table = "customer_spent"
        indexes: ClassVar = [
            models.Index(fields=["micros", "customer", "partner", "payer", "provider"], name="customer_spent_micros"),
        ]

    def __str__(self) -> str:
        """Customer and amount."""
        return f"{self.customer_id}: {self.micros} millionths"


class BillDifference(ScopedModel):
    """By how much a publication of a final month changed one customer's sums; see `CustomerMonth` for the amounts."""

    version = models.ForeignKey(BillVersion, models.CASCADE, related_name="+", db_index=False)
    provider = models.BigIntegerField()
    payer = models.BigIntegerField()
    partner = models.BigIntegerField()
    customer = models.BigIntegerField()
    currency = models.CharField(max_length=8)
    total_micros = models.BigIntegerField()
    total_residue = models.SmallIntegerField()
    partner_micros = models.BigIntegerField()
    partner_residue = models.SmallIntegerField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "provider",
        "payer": "payer",
        "partner": "partner",
        "customer": "customer",
    }

    class Meta:
        """Found by whoever the lines are of."""

        db_table = "bill_difference"
        indexes: ClassVar = [
            models.Index(fields=[whose, "version"], name=f"bill_difference_{whose}")
            for whose in ("payer", "partner", "customer")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "payer", "partner", "customer", "currency"], name="bill_difference_once"
            ),
        ]

    def __str__(self) -> str:
        """Version and customer."""
        return f"{self.version_id}: {self.customer}"
