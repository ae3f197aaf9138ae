"""Second factors: one-time codes (TOTP) and the recovery codes that stand in for a lost one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string

import pyotp

from openpartner.core.access.models import Passkey, RecoveryCode, User
from openpartner.core.access.sealing import opened, seal
from openpartner.core.access.users import get_user, revoke_tokens
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid
from openpartner.core.command import command
from openpartner.core.mail.outbox import post
from openpartner.core.mail.templates import Template
from openpartner.kit import clock

TOTP_STEP_SECONDS = 30
ISSUER = "Open Partner Center"
RECOVERY_CODES = 10
RECOVERY_LETTERS = string.ascii_lowercase.replace("l", "").replace("o", "") + "23456789"
RECOVERY_GROUPS, RECOVERY_GROUP_LENGTH = 4, 4
"""Sixteen of thirty-two letters: 80 bits, too many to guess, also from a stolen hash."""


def has_second_factor(user: User) -> bool:
    """Whether a password alone is not enough for this user."""
    return bool(user.totp_secret) or has_passkeys(user)


def has_passkeys(user: User) -> bool:
    """Whether the user has a passkey."""
    return Passkey.objects.everything(reason="sign-in knows no scope yet").filter(user=user).exists()


def accepts_code(user: User, code: str) -> bool:
    """Whether a one-time code is right now and was not used before; remembers it in the row, which is not saved."""
    if not user.totp_secret:
        return False
    step = _step_of(opened(user.totp_secret), code, after=user.totp_last_step)
    user.totp_last_step = step or user.totp_last_step
    return step is not None


def accepts_recovery_code(user: User, code: str) -> bool:
    """Whether this is one of the user's recovery codes that was not used; from now on it was."""
    unused = RecoveryCode.objects.filter(user=user, code_hash=_hash(code), used_at__isnull=True)
    return unused.update(used_at=clock.now()) == 1


def count_recovery_codes(user: User) -> int:
    """How many recovery codes are left."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


def new_secret() -> str:
    """A secret for an authenticator: 160 bits in base 32."""
    return pyotp.random_base32()


def address_of(user: User, secret: str) -> str:
    """The otpauth: address an authenticator reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)


@command(Action.SECOND_FACTOR_SET, permission=None)
def set_second_factor(caller: Caller, *, secret: str) -> None:
    """Set the caller's own TOTP secret (base 32, 112 bits or more), or remove it with an empty one."""
    if secret:
        try:
            pyotp.TOTP(secret)
        except ValueError as error:
            raise Invalid("secret", "is not base 32 of at least 112 bits") from error
    user = get_user(caller.scope, caller.user or 0)
    user.totp_secret = seal(secret) if secret else ""
    user.save(update_fields=["totp_secret"])
    revoke_tokens(user)
    forget_needless_codes(user)
    tell_changed(user)
    record(caller, Action.SECOND_FACTOR_SET, user=user.name, set=bool(secret))


@command(Action.SECOND_FACTOR_SET, permission=None)
def enrol_second_factor(caller: Caller, *, secret: str, code: str) -> list[str]:
    """Set the caller's own TOTP secret once a code proves that the authenticator has it.

    Returns new recovery codes when there were none. Invalid when the code is wrong.
    """
    step = _step_of(secret, code, after=0)
    if step is None:
        raise Invalid("code", "does not fit; check the clock of the device and enter the newest code")
    set_second_factor(caller, secret=secret)
    user = get_user(caller.scope, caller.user or 0)
    user.totp_last_step = step
    user.save(update_fields=["totp_last_step"])
    return first_recovery_codes(caller)


@command(Action.RECOVERY_CODES_MADE, permission=None)
def make_recovery_codes(caller: Caller) -> list[str]:
    """Ten new recovery codes, told once; the old ones are void. Conflict without a second factor."""
    user = get_user(caller.scope, caller.user or 0)
    if not has_second_factor(user):
        raise Conflict("recovery codes stand in for a second factor, and there is none")
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, code_hash=_hash(code)) for code in codes])
    record(caller, Action.RECOVERY_CODES_MADE, user=user.name)
    return codes


def first_recovery_codes(caller: Caller) -> list[str]:
    """Recovery codes for somebody who has just got a second factor; none when there are some already."""
    user = get_user(caller.scope, caller.user or 0)
    return [] if RecoveryCode.objects.filter(user=user).exists() else make_recovery_codes(caller)


def forget_needless_codes(user: User) -> None:
    """Delete the recovery codes of a user who has no second factor left: they would be a password of their own."""
    if not has_second_factor(user):
        RecoveryCode.objects.filter(user=user).delete()


def tell_changed(user: User) -> None:
    """Mail the user that its second factors were changed: who did not do it must hear of it."""
    values = {
        "name": user.name,
        "account": user.account.account_name,
        "time": clock.now().strftime("%Y-%m-%d %H:%M UTC"),
    }
    post(
        Template.SECOND_FACTOR_CHANGED,
        values,
        to=user.email,
        language=user.language,
        account=user.account_id,
        user=user.pk,
    )


def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """The time step whose code this is: the present one or a neighbour, later than `after`."""
    step = int(clock.now().timestamp()) // TOTP_STEP_SECONDS
    codes, given = pyotp.TOTP(secret), "".join(code.split())
    for candidate in (step - 1, step, step + 1):
        if candidate > after and hmac.compare_digest(codes.generate_otp(candidate).encode(), given.encode()):
            return candidate
    return None


def _recovery_code() -> str:
    groups = (
        "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_GROUP_LENGTH)) for _ in range(RECOVERY_GROUPS)
    )
    return "-".join(groups)


def _hash(code: str) -> str:
    """SHA-256 without hyphens, spaces and case. A code is random, so no salt is needed."""
    plain = "".join(code.split()).replace("-", "").lower()
    return hashlib.sha256(plain.encode()).hexdigest()
