"""Users of any account, their roles, keys, tokens, second factors and sessions."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q

from openpartner.core.accounts.models import Account
from openpartner.core.base.scoped import ScopedManager, ScopedModel

SESSION_KEY_MAX = 40
TRIES_MAX = 5
"""How often a verification code may be guessed at."""
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
    time_zone = models.CharField(max_length=64, default="UTC")  # IANA name; only what people read is told in it
    theme = models.CharField(max_length=8, default="auto")
    preferences = models.TextField(default="{}")  # JSON object: columns, density and order of each list
    passkey_handle = models.CharField(max_length=64, blank=True)  # random, kept by authenticators instead of a name
    identity_issuer = models.CharField(max_length=200, blank=True)  # OpenID Connect: who vouches for the subject
    identity_subject = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    scope_columns: ClassVar[dict[str, str]] = {**OWN_ACCOUNT, "manager": "id"}

    class Meta:
        """Names are unique within an account."""

        db_table = "user"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "name"], name="user_name_in_account"),
            models.UniqueConstraint(
                fields=["identity_issuer", "identity_subject"],
                condition=~Q(identity_subject=""),
                name="user_identity_once",
            ),
        ]

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


class Delegation(ScopedModel):
    """What one account lets the people of another do in its name, dated; ended rather than deleted.

    Written by `on_behalf` alone. It is read with every request of a token, key or session that was made from it, so
    that all of them end with it.
    """

    giver = models.ForeignKey(Account, models.PROTECT, related_name="+")
    holder = models.ForeignKey(Account, models.PROTECT, related_name="+")
    permissions = models.TextField()  # sorted names joined by commas
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "giver__provider_id",
        "payer": "giver__payer_id",
        "partner": "holder_id",
        "customer": "giver_id",
    }

    class Meta:
        """One at a time for each account."""

        db_table = "delegation"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["giver"], condition=Q(until__isnull=True), name="delegation_one_current"),
            models.CheckConstraint(condition=~Q(giver=models.F("holder")), name="delegation_to_another"),
        ]

    def __str__(self) -> str:
        """Who lets whom."""
        return f"{self.giver_id} -> {self.holder_id} since {self.since:%F}"


class AccessKey(ScopedModel):
    """An access key pair, good for both protocols. The secret is sealed; at most two slots per user.

    A temporary one has no slot: it expires, signs only beside its security token, and Huawei's protocol alone knows it.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="keys")
    slot = models.SmallIntegerField(null=True)
    access_key = models.CharField(max_length=40, unique=True)
    secret = models.TextField()  # sealed under keys that live outside the database
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)  # written at most once in ten minutes
    expires_at = models.DateTimeField(null=True, db_index=True)
    token_hash = models.CharField(max_length=64, blank=True, default="")  # of the security token
    delegation = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="+", db_index=False)

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
            models.CheckConstraint(condition=Q(slot__in=(1, 2)) | Q(slot__isnull=True), name="access_key_two_slots"),
            models.CheckConstraint(
                condition=Q(slot__isnull=False, expires_at__isnull=True, token_hash="", delegation__isnull=True)
                | (Q(slot__isnull=True, expires_at__isnull=False) & ~Q(token_hash="")),
                name="access_key_temporary_whole",
            ),
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
    delegation = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        """Found by hash alone."""

        db_table = "auth_token"

    def __str__(self) -> str:
        """Never the token: the row's number."""
        return f"token {self.pk}"


class Passkey(ScopedModel):
    """A WebAuthn credential of one user: the public half; the private one never leaves its authenticator."""

    user = models.ForeignKey(User, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=64)
    credential_id = models.CharField(max_length=1400, unique=True)  # base64url of at most 1,023 bytes
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)  # a count that does not grow tells of a copy
    transports = models.CharField(max_length=100, blank=True)  # hints for the browser, joined by commas
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = AccessKey.scope_columns

    class Meta:
        """Found by the credential's own number."""

        db_table = "passkey"

    def __str__(self) -> str:
        """The name its owner gave it."""
        return self.name


class RecoveryCode(models.Model):
    """A code that stands in once for a lost second factor, known only by its hash."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        """Each code once."""

        db_table = "recovery_code"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once"),
        ]

    def __str__(self) -> str:
        """Never the code: the row's number."""
        return f"recovery code {self.pk}"


class PasswordLink(models.Model):
    """A mailed link that lets its reader set a user's password once, known only by its hash."""

    user = models.ForeignKey(User, models.CASCADE, related_name="password_links")
    token_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        """Found by hash alone."""

        db_table = "password_link"

    def __str__(self) -> str:
        """Never the token: the row's number."""
        return f"password link {self.pk}"


class UserSession(ScopedModel):
    """A signed-in browser, beside the session Django keeps under the same key."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=SESSION_KEY_MAX, unique=True)
    device = models.CharField(max_length=120, blank=True)  # what the browser says of itself, in a few words
    source = models.CharField(max_length=64, blank=True)
    signed_in_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(db_index=True)  # written at most once a minute

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = AccessKey.scope_columns

    class Meta:
        """Listed by user."""

        db_table = "user_session"

    def __str__(self) -> str:
        """The device, never the key."""
        return self.device


class Throttle(models.Model):
    """How often something happened in a window of time: failures of a source, mails to an address.

    A row rather than a count in memory, because several web processes must agree. Keys are hashes.
    """

    key = models.CharField(max_length=64, unique=True)
    count = models.IntegerField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        """One window at a time for each key."""

        db_table = "throttle"

    def __str__(self) -> str:
        """The number and the end of the window."""
        return f"{self.count} until {self.until:%F %T}"


class RememberedAnswer(models.Model):
    """The first answer to a write of an API, given again when the write is repeated.

    A write is known by its signature, within the time of that, and by the key that its client gave it, for a week.
    """

    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", db_index=False)
    key = models.ForeignKey(AccessKey, models.CASCADE, null=True, related_name="+", db_index=False)
    """The key that signed; None for a token."""
    operation = models.CharField(max_length=80)
    signature = models.CharField(max_length=128, blank=True)
    name = models.CharField(max_length=128, blank=True)  # the client's own key for the write
    digest = models.CharField(max_length=64, blank=True)  # of the request under that key
    status = models.SmallIntegerField(default=0)
    body = models.BinaryField(default=b"")
    request_id = models.CharField(max_length=36, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        """One answer per signature, and per account, operation and key."""

        db_table = "remembered_answer"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "operation", "signature"], name="remembered_answer_once"),
            models.UniqueConstraint(
                fields=["account", "operation", "name"], condition=~Q(name=""), name="remembered_answer_by_name"
            ),
        ]

    def __str__(self) -> str:
        """The operation and status."""
        return f"{self.operation} {self.status}"


class SentForm(models.Model):
    """A form of the console that was sent, and the first result of it, shown again when it is sent twice."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    page = models.CharField(max_length=80)
    key = models.CharField(max_length=36)
    digest = models.CharField(max_length=64)  # of what was filled in
    result = models.TextField(blank=True)  # sealed: a page may show a secret once
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        """Each form once."""

        db_table = "sent_form"
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "page", "key"], name="sent_form_once")]

    def __str__(self) -> str:
        """The page."""
        return self.page


class VerificationCode(models.Model):
    """A code that was sent to somebody, who need not have an account: receiver and code are known by their hashes.

    Rows stay for a day, because they are also the count of what a receiver was sent.
    """

    purpose = models.CharField(max_length=32)
    about = models.CharField(max_length=80, blank=True)  # what of the purpose, such as the page that asks
    receiver = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    tries = models.SmallIntegerField(default=0)
    sent_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        """Found by receiver, the newest first."""

        db_table = "verification_code"
        indexes: ClassVar = [models.Index(fields=["receiver", "-sent_at"], name="verification_code_receiver")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(tries__gte=0, tries__lte=TRIES_MAX), name="verification_code_tries"),
        ]

    def __str__(self) -> str:
        """What it is for, never for whom."""
        return f"{self.purpose} {self.sent_at:%F %T}"


class CodesDemanded(ScopedModel):
    """An account whose people confirm critical operations with a verification code. Without a row they do not."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="+")
    since = models.DateTimeField()

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = OWN_ACCOUNT

    class Meta:
        """One row for each account."""

        db_table = "codes_demanded"

    def __str__(self) -> str:
        """Since when."""
        return f"since {self.since:%F}"
