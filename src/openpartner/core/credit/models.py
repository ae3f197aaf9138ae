"""What credit remembers beside the ledger: who gave what and why, policies, standings, notices and confirmations."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.of_customer import TENANTS, OfCustomer
from openpartner.core.base.scoped import ScopedManager, ScopedModel

REMARK_MAX = 255
KEY_MAX = 128


class Given(models.IntegerChoices):
    """To whom credit was given, or from whom it was taken back."""

    LINE = 1, "credit line"
    POOL = 2, "credit pool"
    CUSTOMER = 3, "customer credit"


class CreditAllocation(ScopedModel):
    """One change of what somebody was given: who did it, why, and what there was afterwards. Never changed.

    The ledger is the truth of amounts; the transfer with the cause `credit_allocation` and this key moved them.
    """

    key = models.CharField(max_length=KEY_MAX, unique=True)
    given = models.SmallIntegerField(choices=Given.choices)
    holder = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    giver = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    operator = models.CharField(max_length=200)
    remark = models.CharField(max_length=REMARK_MAX, blank=True)
    currency = models.CharField(max_length=3)
    micros = models.BigIntegerField()  # below zero when taken back
    total_after = models.BigIntegerField()
    available_after = models.BigIntegerField()

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)
    customer = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = TENANTS

    class Meta:
        """Read by holder, newest first; the newest row of a partner tells its total."""

        db_table = "credit_allocation"
        indexes: ClassVar = [models.Index(fields=["holder", "giver", "-id"], name="credit_allocation_of_holder")]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(micros=0), name="credit_allocation_changes")]

    def __str__(self) -> str:
        """Holder and change."""
        return f"{self.holder_id}: {self.micros}"


class CreditPolicy(ScopedModel):
    """What a partner has decided, or been allowed, for the credit of its customers. No row: the defaults."""

    partner = models.OneToOneField(Account, models.PROTECT, related_name="+")
    stop_at_zero = models.BooleanField(default=False)  # tencent:F.1
    is_unlimited = models.BooleanField(default=False)  # tencent:F.2
    retention_days = models.SmallIntegerField(default=15)  # special rules: days until data may be deleted
    changed_at = models.DateTimeField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"partner": "partner_id"}

    class Meta:
        """tencent:E.3: data is kept 15 days at most."""

        db_table = "credit_policy"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(retention_days__gte=0, retention_days__lte=15), name="credit_policy_retention"
            )
        ]

    def __str__(self) -> str:
        """Whose it is."""
        return str(self.partner_id)


class CreditTerms(OfCustomer):
    """What a partner has decided for one customer. No row: the defaults."""

    is_non_stop = models.BooleanField(default=False)  # keeps running in arrears
    is_special = models.BooleanField(default=False)  # special suspension rules
    thresholds = models.CharField(max_length=64, blank=True)  # percents of the customer's own, joined by commas
    changed_at = models.DateTimeField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        """One row for each customer and partner."""

        db_table = "credit_terms"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "partner"], name="credit_terms_once"),
        ]

    def __str__(self) -> str:
        """Whose they are."""
        return str(self.customer_id)


class CreditStanding(OfCustomer):
    """A time in which a customer was in arrears with a partner. No current row: it is not."""

    stops = models.BooleanField()  # its services; not with the non-stop privilege
    available = models.BigIntegerField()  # when it began
    currency = models.CharField(max_length=3)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        """At most one current row per customer and partner."""

        db_table = "credit_standing"
        indexes: ClassVar = [
            models.Index(fields=["customer", "since", "id"], name="credit_standing_of_customer"),
            models.Index(fields=["partner", "customer"], name="credit_standing_now", condition=Q(until__isnull=True)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "partner"], condition=Q(until__isnull=True), name="credit_standing_one_current"
            ),
        ]

    def __str__(self) -> str:
        """Whose it is, and since when."""
        return f"{self.customer_id} since {self.since:%F}"


class Notice(models.IntegerChoices):
    """What a notice says."""

    LOW = 1, "credit is low"
    STOPPED = 2, "services stopped"
    RESUMED = 3, "services resumed"


class CreditNotice(OfCustomer):
    """One thing that customer and partner were told about a customer's credit, shown in the console as well."""

    notice = models.SmallIntegerField(choices=Notice.choices)
    percent = models.SmallIntegerField(default=0)  # LOW: the threshold that was reached
    total = models.BigIntegerField()
    available = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    day = models.DateField()  # in UTC+8
    at = models.DateTimeField()
    is_mailed = models.BooleanField(default=False)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        """Each threshold at most once a calendar day (tencent:B.2)."""

        db_table = "credit_notice"
        indexes: ClassVar = [
            models.Index(fields=["customer", "-id"], name="credit_notice_of_customer"),
            models.Index(fields=["partner", "-id"], name="credit_notice_of_partner"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "percent", "day"], condition=Q(notice=Notice.LOW), name="credit_notice_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        """Whose it is, and what it says."""
        return f"{self.customer_id}: {Notice(self.notice).label}"


class CreditRecipient(ScopedModel):
    """An address that a partner's credit alerts go to; without one they go to the account's own."""

    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    email = models.CharField(max_length=254)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {"partner": "partner_id"}

    class Meta:
        """Each address once."""

        db_table = "credit_recipient"
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "email"], name="credit_recipient_once")]

    def __str__(self) -> str:
        """Whose it is, never the address."""
        return f"recipient of {self.partner_id}"


class BillConfirmation(OfCustomer):
    """That a customer has paid its bill of a month, as far as it went then. Restated bills add further rows."""

    key = models.CharField(max_length=KEY_MAX, unique=True)
    month = models.IntegerField()  # year * 12 + month - 1
    currency = models.CharField(max_length=3)
    paid = models.BigIntegerField(default=0)  # of the bill; below zero when a restatement has made it smaller
    micros = models.BigIntegerField()  # brought back as credit: nothing where no credit had been charged
    total_after = models.BigIntegerField()  # brought back of this month, this row included
    remark = models.CharField(max_length=REMARK_MAX, blank=True)
    at = models.DateTimeField()
    operator = models.CharField(max_length=200)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        """Read by partner and month, and by customer."""

        db_table = "bill_confirmation"
        indexes: ClassVar = [
            models.Index(fields=["partner", "month", "customer"], name="bill_confirmation_of_partner"),
            models.Index(fields=["customer", "month", "id"], name="bill_confirmation_of_customer"),
        ]

    def __str__(self) -> str:
        """Whose, and of which month."""
        return f"{self.customer_id} {self.month}: {self.micros}"


class Purchase(models.IntegerChoices):
    """What an amount is held back for (tencent:E.1)."""

    PREPAID = 1, "prepaid order"
    POSTPAID = 2, "pay-as-you-go activation"


class Hold(models.IntegerChoices):
    """What has become of it."""

    HELD = 1, "held"
    SETTLED = 2, "settled"
    VOIDED = 3, "voided"


class CreditReservation(OfCustomer):
    """An amount held back for an order until it is delivered or cancelled."""

    key = models.CharField(max_length=KEY_MAX, unique=True)
    purchase = models.SmallIntegerField(choices=Purchase.choices)
    state = models.SmallIntegerField(choices=Hold.choices, default=Hold.HELD)
    currency = models.CharField(max_length=3)
    micros = models.BigIntegerField()
    settled = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        """Those that are held, by customer."""

        db_table = "credit_reservation"
        indexes: ClassVar = [
            models.Index(fields=["customer", "partner"], name="credit_reservation_held", condition=Q(state=Hold.HELD)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(micros__gt=0, settled__gte=0) & Q(settled__lte=models.F("micros")),
                name="credit_reservation_amounts",
            ),
        ]

    def __str__(self) -> str:
        """Whose, and how much."""
        return f"{self.customer_id}: {self.micros}"


class CustomerCredit(ScopedModel):
    """What a customer has of its present partner's credit, repeated from the ledger: lists are ordered by it.

    Kept by a trigger on the ledger's accounts; nobody has a row whose credit has never moved.
    """

    customer = models.OneToOneField(Account, models.PROTECT, primary_key=True, related_name="+")
    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    available = models.BigIntegerField()
    total = models.BigIntegerField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {**TENANTS, "manager": "customer__manager_id"}

    class Meta:
        """Each number with what a scope asks, so that a list is read from the index alone."""

        db_table = "customer_credit"
        indexes: ClassVar = [
            models.Index(
                fields=["available", "customer", "partner", "payer", "provider"], name="customer_credit_available"
            ),
            models.Index(fields=["total", "customer", "partner", "payer", "provider"], name="customer_credit_total"),
        ]

    def __str__(self) -> str:
        """Customer and amount."""
        return f"{self.customer_id}: {self.available} of {self.total} millionths"
