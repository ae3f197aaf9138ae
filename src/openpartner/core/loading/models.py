"""What an import has read so far: a row for each line of the file, and what is wrong with it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from openpartner.core.base.kinds import CustomerType, Suspension, Verification
from openpartner.core.base.scoped import ScopedManager, ScopedModel

OWN_IMPORT = dict.fromkeys(("provider", "payer", "partner", "customer", "manager"), "owner")


class Fate(models.IntegerChoices):
    """What will become of a staged row."""

    UNKNOWN = 0
    NEW = 1
    CHANGED = 2
    UNCHANGED = 3
    BOUND = 4, "known but unbound: bound and changed"
    INVALID = 5


class StagedAccount(ScopedModel):
    """One row of a file on its way to becoming an account; gone when the import has ended.

    The columns named like those of Account hold what the account is to have. `given` lists those the file gave.
    """

    owner = models.BigIntegerField()  # the account whose import it is
    job = models.BigIntegerField()
    line = models.BigIntegerField()
    given = models.TextField()  # ,name,name, with commas at both ends, so that a name is found by LIKE
    fate = models.SmallIntegerField(choices=Fate.choices, default=Fate.UNKNOWN.value)
    target = models.BigIntegerField(null=True)  # key of the account it speaks of, when there is one
    changes = models.TextField(blank=True)  # spelled as `given` is: what will be changed
    seen_key = models.TextField(blank=True)  # the account's search key when they were compared
    seen_partner = models.BigIntegerField(null=True)
    partner_reference = models.CharField(max_length=128, blank=True)  # a uin, an account id or an account name
    partner_uin = models.BigIntegerField(null=True)
    manager_email = models.CharField(max_length=254, blank=True)
    manager_id = models.BigIntegerField(null=True)

    kind = models.SmallIntegerField()
    uin = models.BigIntegerField()
    account_id = models.CharField(max_length=32)
    account_name = models.CharField(max_length=128)
    legal_name = models.CharField(max_length=200, blank=True)
    site = models.CharField(max_length=4)
    country_code = models.CharField(max_length=8, blank=True)
    mobile = models.CharField(max_length=32, blank=True)
    email = models.CharField(max_length=254, blank=True)
    region = models.CharField(max_length=2, blank=True)
    industry = models.CharField(max_length=16, blank=True)
    customer_type = models.SmallIntegerField(default=CustomerType.NONE.value)
    customer_level = models.CharField(max_length=2, default="V0")
    verification = models.SmallIntegerField(default=Verification.NONE.value)
    verified_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField()
    labels = models.CharField(max_length=64, blank=True)
    remark = models.CharField(max_length=255, blank=True)
    external_id = models.CharField(max_length=128, blank=True)
    external_platform = models.CharField(max_length=64, blank=True)
    suspension = models.SmallIntegerField(default=Suspension.NONE.value)
    suspended_at = models.DateTimeField(null=True)
    bills_visible = models.BooleanField(default=True)
    association_kind = models.SmallIntegerField()
    associated_at = models.DateTimeField()
    account_name_folded = models.TextField(blank=True)
    legal_name_folded = models.TextField(blank=True)
    search_key = models.TextField(blank=True)
    search_bigrams = models.TextField(blank=True)

    objects: ClassVar[ScopedManager[StagedAccount]] = ScopedManager()  # type: ignore[assignment]  # inferred as Self
    scope_columns: ClassVar[dict[str, str]] = OWN_IMPORT

    class Meta:
        """Found by what names an account, within one import; each line once."""

        db_table = "staged_account"
        indexes: ClassVar = [
            models.Index(fields=["job", "uin"], name="staged_account_uin"),
            models.Index(fields=["job", "account_id"], name="staged_account_account_id"),
            models.Index(fields=["job", "account_name"], name="staged_account_name"),
            models.Index(fields=["job", "target"], name="staged_account_target"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "line"], name="staged_account_line_once")]

    def __str__(self) -> str:
        """Line and fate."""
        return f"line {self.line}: {Fate(self.fate).label}"


class ImportFault(ScopedModel):
    """Something wrong with a line of a file. Kept for a week after the import has ended."""

    owner = models.BigIntegerField()
    job = models.BigIntegerField()
    line = models.BigIntegerField()
    column = models.CharField(max_length=64, blank=True)
    says = models.CharField(max_length=300)

    objects: ClassVar[ScopedManager[ImportFault]] = ScopedManager()  # type: ignore[assignment]  # inferred as Self
    scope_columns: ClassVar[dict[str, str]] = OWN_IMPORT

    class Meta:
        """Read in the order of lines."""

        db_table = "import_fault"
        indexes: ClassVar = [models.Index(fields=["job", "line"], name="import_fault_line")]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(line__gte=0), name="import_fault_line_positive")]

    def __str__(self) -> str:
        """Line, column and sentence."""
        return f"line {self.line}, {self.column}: {self.says}"
