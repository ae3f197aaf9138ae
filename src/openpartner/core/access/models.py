"""Users of any account, their roles, keys, tokens and second factors."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q

from openpartner.core.accounts.models import Account
from openpartner.core.base.scoped import ScopedManager, ScopedModel

OWN_ACCOUNT = dict.fromkeys(("provider", "payer", "partner", "customer"), "account_id")
"""People are seen by their own account only: a distributor has no view into its resellers' staff."""


class UserManager(ScopedManager["User"]):
    """What Django's sign-in needs beyond the scoped manager."""

    def get_by_natural_key(self, email: str) -> User:
        """The user who signs in with this e-mail; sign-in happens before any scope exists."""
        return self.everything(reason="sign-in knows no scope yet").get(email=email)


class User(AbstractBaseUser, ScopedModel):
    """A person or program that acts for one account.

    `permissions` repeats the union of the roles' permissions so that a request reads one row; it is written by
    the role commands in their transaction and re-derived by `openpartner verify`.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)  # the IAM user name, unique within its account
    email = models.CharField(max_length=254, unique=True)
    is_active = models.BooleanField(default=True)
    permissions = models.TextField(blank=True, editable=False)  # sorted names joined by commas
    only_assigned = models.BooleanField(default=False, editable=False)  # sees only customers it manages
    failed_sign_ins = models.SmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    totp_secret = models.TextField(blank=True)  # sealed; empty without a second factor
    totp_last_step = models.BigIntegerField(default=0)  # a code is good once
    language = models.CharField(max_length=8, default="en")
    created_at = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    scope_columns: ClassVar[dict[str, str]] = {**OWN_ACCOUNT, "manager": "id"}

    class Meta:
        """Names are unique within an account."""

        db_table = "user"
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "name"], name="user_name_in_account")]

    def __str__(self) -> str:
        """The IAM user name."""
        return self.name


class Role(ScopedModel):
    """A custom role of one account: a name and permissions. Preset roles live in code (`roles.py`)."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    permissions = models.TextField()  # sorted names joined by commas

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = OWN_ACCOUNT

    class Meta:
        """Names are unique within an account."""

        db_table = "role"
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "name"], name="role_name_in_account")]

    def __str__(self) -> str:
        """The role's name."""
        return self.name


class UserRole(models.Model):
    """One role of one user: a preset by its code, or a custom role."""

    user = models.ForeignKey(User, models.CASCADE, related_name="roles")
    preset = models.CharField(max_length=32, blank=True)
    custom = models.ForeignKey(Role, models.PROTECT, null=True, related_name="+")

    class Meta:
        """Either a preset or a custom role, each once."""

        db_table = "user_role"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(~Q(preset="") & Q(custom__isnull=True)) | (Q(preset="") & Q(custom__isnull=False)),
                name="user_role_preset_or_custom",
            ),
            models.UniqueConstraint(fields=["user", "preset"], condition=~Q(preset=""), name="user_role_preset_once"),
            models.UniqueConstraint(fields=["user", "custom"], name="user_role_custom_once"),
        ]

    def __str__(self) -> str:
        """The role's code or name."""
        return self.preset or str(self.custom)


class AccessKey(ScopedModel):
    """An access key pair, good for both protocols. The secret is sealed; at most two slots per user."""

    user = models.ForeignKey(User, models.CASCADE, related_name="keys")
    slot = models.SmallIntegerField()
    access_key = models.CharField(max_length=40, unique=True)
    secret = models.TextField()  # sealed under keys that live outside the database
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)  # written at most once in ten minutes

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        **dict.fromkeys(OWN_ACCOUNT, "user__account_id"),
        "manager": "user_id",
    }

    class Meta:
        """Two slots per user: the vendors' limit, kept by the database."""

        db_table = "access_key"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "slot"], name="access_key_slot_once"),
            models.CheckConstraint(condition=Q(slot__in=(1, 2)), name="access_key_two_slots"),
        ]

    def __str__(self) -> str:
        """The public half."""
        return self.access_key


class AuthToken(models.Model):
    """A Huawei token, known only by its hash."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """Found by hash alone."""

        db_table = "auth_token"

    def __str__(self) -> str:
        """Never the token: the row's number."""
        return f"token {self.pk}"


class RememberedAnswer(models.Model):
    """The first answer to a signed write, given again when the very same request is replayed."""

    key = models.ForeignKey(AccessKey, models.CASCADE, related_name="+", db_index=False)
    operation = models.CharField(max_length=80)
    signature = models.CharField(max_length=128)
    status = models.SmallIntegerField(default=0)
    body = models.BinaryField(default=b"")
    request_id = models.CharField(max_length=36, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        """One answer per key, operation and signature."""

        db_table = "remembered_answer"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "operation", "signature"], name="remembered_answer_once"),
        ]

    def __str__(self) -> str:
        """The operation and status."""
        return f"{self.operation} {self.status}"
