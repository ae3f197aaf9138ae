"""Ledger accounts with their balances, and the transfers that made them."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from openpartner.core.accounts.models import Account
from openpartner.core.base.scoped import ScopedManager, ScopedModel
from openpartner.kit.money import Money


class Use(models.IntegerChoices):
    """What a ledger account counts. `holder` and `giver` say whose it is."""

    ISSUED = 1, "credit issued"
    """A provider's: the other side of every credit line. Below zero by what it has granted."""
    ALLOCABLE = 2, "allocable credit"
    """A partner's: what it may still give. `giver` is the provider, or the distributor of a pool."""
    AVAILABLE = 3, "available credit"
    """A customer's: what it may still spend. Below zero by its arrears."""
    USED = 4, "used credit"
    """A customer's: spent, and not given back by a confirmed bill."""

    BALANCE = 10, "account balance"
    """Money that a partner or a customer has on its account."""
    OUTSIDE = 11, "outside"
    """A provider's: where top-ups come from and payments out go to. Not limited."""
    UNBILLED = 12, "not billed yet"
    """A payer's, at its own price: spent in months that are open. A debt, so below zero."""
    DUE = 13, "due"
    """A payer's, at its own price: billed and not paid. A debt, so below zero."""
    EARNED = 14, "earned"
    """A provider's: the other side of what payers owe."""

    QUOTA_SOURCE = 20, "voucher quota given"
    """A provider's: the other side of every voucher quota."""
    QUOTA = 21, "voucher quota"
    """A partner's: what it may still issue. `subject` is the quota."""
    VOUCHER = 22, "voucher"
    """What a voucher or coupon still pays. `subject` is the voucher."""
    VOUCHER_USED = 23, "voucher used"
    """What a voucher has paid. `subject` is the voucher."""
    VOUCHER_SPENT_QUOTA = 24, "voucher quota issued"
    """A partner's: issued out of a quota. `subject` is the quota."""


class Kind(models.IntegerChoices):
    """Why something moved."""

    GRANT = 1, "credit line granted"
    GRANT_TAKEN_BACK = 2, "credit line taken back"
    ALLOCATION = 3, "credit allocated"
    RECLAIM = 4, "credit reclaimed"
    CHARGE = 5, "charge"
    REFUND = 6, "refund"
    CONFIRMATION = 7, "bill confirmed"
    RESERVATION = 8, "reserved"
    REVERSAL = 9, "reversed"

    TOP_UP = 20, "topped up"
    WITHDRAWAL = 21, "paid out"
    PAYMENT = 22, "bill paid"
    TRANSFER = 23, "transferred"
    TRANSFER_BACK = 24, "transferred back"
    BILLED = 25, "billed"

    QUOTA_GRANT = 40, "voucher quota granted"
    QUOTA_TAKEN_BACK = 41, "voucher quota taken back"
    VOUCHER_ISSUE = 42, "voucher issued"
    VOUCHER_USE = 43, "voucher used"
    VOUCHER_WITHDRAWAL = 44, "voucher withdrawn"
    VOUCHER_EXPIRY = 45, "voucher expired"


class Phase(models.IntegerChoices):
    """What a transfer does to its two accounts."""

    POSTED = 1, "posted"
    """Moves its amount."""
    RESERVED = 2, "reserved"
    """Holds its amount back on the debit side until it is settled."""
    SETTLED = 3, "settled"
    """Ends a reservation and moves its amount, which is at most what was reserved."""
    VOIDED = 4, "voided"
    """Ends a reservation and moves nothing."""


class LedgerAccount(ScopedModel):
    """How much of one thing one holder has: what came in less what went out, and what is held back of it.

    The balance is `credits - debits`; `reserved` is the part of it that reservations hold back, `arriving` what
    reservations of others would bring. Changed by `transfers.post` alone, together with the transfer that says why.
    """

    use = models.SmallIntegerField(choices=Use.choices)
    holder = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    giver = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    subject = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    debits = models.BigIntegerField(default=0)
    credits = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    arriving = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(null=True)
    """What the balance less reservations never falls below; None where there is no such limit."""
    moved_at = models.DateTimeField(null=True)  # None before the first transfer

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
        """The database's own half of every limit."""

        db_table = "ledger_account"
        indexes: ClassVar = [
            # Sums over a partner's customers, and one customer's, are read from the index alone.
            models.Index(
                fields=["partner", "use", "currency", "holder", "credits", "debits"], name="ledger_account_partner"
            ),
            models.Index(fields=["customer", "use"], name="ledger_account_customer"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["holder", "use", "giver", "subject", "currency"], name="ledger_account_once"
            ),
            models.CheckConstraint(
                condition=Q(debits__gte=0, credits__gte=0, reserved__gte=0, arriving__gte=0),
                name="ledger_account_counts_up",
            ),
            models.CheckConstraint(
                condition=Q(floor__isnull=True) | Q(credits__gte=F("debits") + F("reserved") + F("floor")),
                name="ledger_account_floor",
            ),
        ]

    def __str__(self) -> str:
        """Use and holder."""
        return f"{Use(self.use).label} of {self.holder_id}"

    @property
    def balance(self) -> Money:
        """What is there, reserved or not."""
        return Money(self.currency, self.credits - self.debits)

    @property
    def free(self) -> Money:
        """What is there and not reserved."""
        return Money(self.currency, self.credits - self.debits - self.reserved)


class Transfer(models.Model):
    """One movement from the debit to the credit account. Inserted only: triggers refuse everything else.

    Read through one of its accounts, which were read within a scope.
    """

    key = models.CharField(max_length=128, unique=True)
    kind = models.SmallIntegerField(choices=Kind.choices)
    phase = models.SmallIntegerField(choices=Phase.choices, default=Phase.POSTED)
    at = models.DateTimeField()
    debit = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="+", db_index=False)
    credit = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="+", db_index=False)
    micros = models.BigIntegerField()
    debit_after = models.BigIntegerField()
    """The balance of the debit account after it."""
    credit_after = models.BigIntegerField()
    ends = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    """The reservation that this one settles or voids."""
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    cause = models.CharField(max_length=32, blank=True)
    """What brought it about: the name of a table of the capability that ordered it."""
    cause_id = models.BigIntegerField(null=True)

    class Meta:
        """Read by account, newest first; a reservation ends once, a transfer is reversed once."""

        db_table = "ledger_transfer"
        indexes: ClassVar = [
            models.Index(fields=["debit", "at", "id"], name="ledger_transfer_debit"),
            models.Index(fields=["credit", "at", "id"], name="ledger_transfer_credit"),
            models.Index(fields=["cause", "cause_id"], name="ledger_transfer_cause", condition=~Q(cause="")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ends"], condition=Q(ends__isnull=False), name="ledger_transfer_ends_once"),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="ledger_transfer_reversed_once"
            ),
            models.CheckConstraint(condition=Q(micros__gt=0), name="ledger_transfer_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="ledger_transfer_two_accounts"),
            models.CheckConstraint(
                condition=Q(phase__in=(Phase.SETTLED, Phase.VOIDED), ends__isnull=False)
                | Q(phase__in=(Phase.POSTED, Phase.RESERVED), ends__isnull=True),
                name="ledger_transfer_ends_a_reservation",
            ),
        ]

    def __str__(self) -> str:
        """Kind and amount."""
        return f"{Kind(self.kind).label}: {self.micros} millionths"
