"""Quotas, templates, vouchers and what they paid. Amounts live in the ledger; the rows here say who, why and when."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from openpartner.core.accounts.models import Account
from openpartner.core.accounts.of_customer import OfCustomer
from openpartner.core.base.scoped import ScopedManager, ScopedModel
from openpartner.core.ledger.models import Transfer
from openpartner.core.vouchers.vocabulary import (
    CODE_LENGTH,
    Form,
    Operation,
    PaymentMode,
    QuotaKind,
    QuotaState,
    Reach,
    Usage,
    VoucherKind,
    VoucherState,
    mint_code,
)

TENANTS = {"provider": "provider_id", "payer": "payer_id", "partner": "partner_id"}
OF_CUSTOMER = {**TENANTS, "customer": "customer_id", "manager": "customer__manager_id"}
TEXT_MAX = 255


class VoucherQuota(ScopedModel):
    """What a partner may issue. Its balance is the ledger's account QUOTA with this row as its subject.

    `granted_micros` is all that was granted less what was taken back: the quota's own size.
    """

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=mint_code)
    kind = models.SmallIntegerField(choices=QuotaKind.choices)
    state = models.SmallIntegerField(choices=QuotaState.choices, default=QuotaState.NORMAL)
    giver = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    """The distributor's quota that a second-level reseller's was taken out of."""
    currency = models.CharField(max_length=3)
    granted_micros = models.BigIntegerField(default=0)
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    services = models.TextField(blank=True)
    """Codes of services, joined by commas: what is issued out of it may only be narrower. Empty is no limit."""
    products = models.TextField(blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = TENANTS

    class Meta:
        """Read by partner, newest first; a partner has one pool."""

        db_table = "voucher_quota"
        indexes: ClassVar = [models.Index(fields=["partner", "kind", "created_at"], name="voucher_quota_partner")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner"], condition=Q(kind=QuotaKind.POOL), name="voucher_quota_one_pool"
            ),
            models.CheckConstraint(condition=Q(granted_micros__gte=0), name="voucher_quota_counts"),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class VoucherTemplate(ScopedModel):
    """What vouchers are issued from; fixed from the first issue on (tencent:B.5)."""

    name = models.CharField(max_length=20)
    usage = models.CharField(max_length=8, choices=Usage.choices)
    reach = models.CharField(max_length=8, choices=Reach.choices, default=Reach.ALL)
    products = models.TextField(blank=True)
    payment_mode = models.CharField(max_length=8, choices=PaymentMode.choices, default=PaymentMode.ALL)
    amount_micros = models.BigIntegerField()
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    valid_days = models.PositiveIntegerField(null=True)
    """Days from the issue, where there is no last instant."""
    description = models.CharField(max_length=TEXT_MAX, blank=True)
    issued_at = models.DateTimeField(null=True)
    """Of the first voucher."""
    retired_at = models.DateTimeField(null=True)
    """Since when nothing is issued from it."""
    created_at = models.DateTimeField()

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = TENANTS

    class Meta:
        """A partner's names are its own."""

        db_table = "voucher_template"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "name"], name="voucher_template_name"),
            models.CheckConstraint(condition=Q(amount_micros__gt=0), name="voucher_template_amount"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=False, valid_days__isnull=True)
                | Q(valid_until__isnull=True, valid_days__isnull=False),
                name="voucher_template_ends",
            ),
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class Voucher(ScopedModel):
    """One voucher or coupon. What it still pays is the ledger's account VOUCHER with this row as its subject.

    Its numeric id is the key, its opaque code is `code` (tencent:F.6). `partner` is who issued it or, for a voucher of
    the provider, who got it; `customer` is who pays with it, or for whose trial it is.
    """

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=mint_code)
    kind = models.SmallIntegerField(choices=VoucherKind.choices)
    form = models.SmallIntegerField(choices=Form.choices, default=Form.VOUCHER)
    state = models.SmallIntegerField(choices=VoucherState.choices, default=VoucherState.ISSUED)
    quota = models.ForeignKey(VoucherQuota, models.PROTECT, null=True, related_name="+", db_index=False)
    template = models.ForeignKey(VoucherTemplate, models.PROTECT, null=True, related_name="+", db_index=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    """Where it came from: a coupon of the master of an enterprise, or the voucher whose approval issued it."""
    currency = models.CharField(max_length=3)
    face_micros = models.BigIntegerField()
    left_micros = models.BigIntegerField(null=True)
    """What was left when it ended."""
    usage = models.CharField(max_length=8, choices=Usage.choices, default=Usage.OFFER)
    reach = models.CharField(max_length=8, choices=Reach.choices, default=Reach.ALL)
    services = models.TextField(blank=True)
    products = models.TextField(blank=True)
    payment_mode = models.CharField(max_length=8, choices=PaymentMode.choices, default=PaymentMode.ALL)
    is_reusable = models.BooleanField(default=True)
    """Whether what one charge leaves pays the next one."""
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    """The first instant at which it is no longer valid; never moved."""
    reason = models.CharField(max_length=TEXT_MAX, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=128, blank=True)
    used_at = models.DateTimeField(null=True)
    """When it last paid."""
    ended_at = models.DateTimeField(null=True)

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = OF_CUSTOMER

    class Meta:
        """Read by partner and by customer, newest first; by the end of validity by the recurring work."""

        db_table = "voucher"
        indexes: ClassVar = [
            models.Index(fields=["partner", "-issued_at", "-id"], name="voucher_partner"),
            models.Index(fields=["customer", "-issued_at", "-id"], name="voucher_customer"),
            models.Index(
                fields=["valid_until"],
                name="voucher_running",
                condition=Q(state__in=(VoucherState.ISSUED, VoucherState.UNDER_REVIEW)),
            ),
            models.Index(fields=["quota"], name="voucher_of_quota"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(face_micros__gt=0), name="voucher_face"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="voucher_ends_after"),
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code

    @property
    def holder_id(self) -> int:
        """Whose ledger accounts it has: the customer's, or the partner's where it pays the partner's cost."""
        if self.kind in {VoucherKind.PARTNER, VoucherKind.TRIAL}:
            return self.partner_id
        assert self.customer_id is not None, "a customer voucher has a customer"
        return self.customer_id


class VoucherUse(OfCustomer):
    """What a voucher paid of one bill line. Staged by the attempt that publishes the line, then posted with it.

    It stands while it is posted, not undone, and undoes nothing itself.
    """

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="+", db_index=False)
    month = models.IntegerField()
    """The bill month: year * 12 + month - 1."""
    cloud = models.CharField(max_length=64)
    line_id = models.BigIntegerField()
    bill_id = models.CharField(max_length=256, blank=True)
    order_id = models.CharField(max_length=256, blank=True)
    micros = models.BigIntegerField()
    charging = models.CharField(max_length=16)
    service_code = models.CharField(max_length=256, blank=True)
    service_name = models.CharField(max_length=256, blank=True)
    product_code = models.CharField(max_length=256, blank=True)
    product_name = models.CharField(max_length=256, blank=True)
    charged_at = models.DateTimeField()
    staged_by = models.CharField(max_length=64, blank=True)
    """The attempt to publish; empty once it has."""
    staged_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    transfer = models.ForeignKey(Transfer, models.PROTECT, null=True, related_name="+", db_index=False)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    """The use that this one takes back, because its line was replaced; such a row is no use itself."""
    undone_at = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = OF_CUSTOMER

    class Meta:
        """Read by voucher, and by line when the line is replaced."""

        db_table = "voucher_use"
        indexes: ClassVar = [
            models.Index(fields=["voucher", "charged_at", "id"], name="voucher_use_voucher"),
            models.Index(
                fields=["provider", "cloud", "month"],
                name="voucher_use_standing",
                condition=Q(posted_at__isnull=False, undone_at__isnull=True, undoes__isnull=True),
            ),
            models.Index(fields=["staged_by"], name="voucher_use_staged", condition=Q(posted_at__isnull=True)),
        ]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(micros__gt=0), name="voucher_use_positive")]

    def __str__(self) -> str:
        """Voucher and line."""
        return f"{self.voucher_id} pays {self.line_id}"


class VoucherRecord(ScopedModel):
    """One line of the log of operations: what was done, by whom, and whether it came about."""

    operation = models.SmallIntegerField(choices=Operation.choices)
    at = models.DateTimeField()
    operator = models.CharField(max_length=128, blank=True)
    quota = models.ForeignKey(VoucherQuota, models.PROTECT, null=True, related_name="+", db_index=False)
    parent_quota = models.ForeignKey(VoucherQuota, models.PROTECT, null=True, related_name="+", db_index=False)
    voucher = models.ForeignKey(Voucher, models.PROTECT, null=True, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    micros = models.BigIntegerField()
    """Below zero where a quota became smaller."""
    is_done = models.BooleanField(default=True)
    remark = models.CharField(max_length=TEXT_MAX, blank=True)
    key = models.CharField(max_length=128, null=True, unique=True)  # unique where there is one
    """Of the write, so that a repeat is known."""

    provider = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    payer = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    partner = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", db_index=False)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = OF_CUSTOMER

    class Meta:
        """Read by partner and by voucher, newest first."""

        db_table = "voucher_record"
        indexes: ClassVar = [
            models.Index(fields=["partner", "-at", "-id"], name="voucher_record_partner"),
            models.Index(fields=["payer", "-at", "-id"], name="voucher_record_payer"),
            models.Index(fields=["voucher", "-at"], name="voucher_record_voucher", condition=Q(voucher__isnull=False)),
        ]

    def __str__(self) -> str:
        """What was done."""
        return Operation(self.operation).label
