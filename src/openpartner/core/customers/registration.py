"""What a new registration would collide with, whoever it belongs to: registering asks across all tenants."""

from __future__ import annotations

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.base.scope import Scope

ACCOUNTS_PER_MOBILE_MAX = 5
"""How many accounts may have one mobile number (tencent:D.1)."""
WHY = "a registration collides with any account, visible to the caller or not"


def is_account_name_taken(name: str) -> bool:
    """Whether an account has this login name."""
    return Account.objects.everything(reason=WHY).filter(account_name=name).exists()


def is_email_taken(email: str) -> bool:
    """Whether an account or a user has this e-mail address, as given or in lower case."""
    spellings = {email, email.casefold()}
    return (
        Account.objects.everything(reason=WHY).filter(email__in=spellings).exclude(email="").exists()
        or User.objects.everything(reason=WHY).filter(email__in=spellings).exists()
    )


def count_accounts_with_mobile(country_code: str, mobile: str) -> int:
    """How many accounts have this mobile number; `country_code` is written with 00, as in 0086."""
    return (
        Account.objects.everything(reason=WHY)
        .filter(mobile=mobile, country_code=country_code)
        .exclude(mobile="")
        .count()
    )


def has_mobile(scope: Scope, country_code: str, mobile: str) -> bool:
    """Whether one of the accounts that the scope shows has this mobile number."""
    return Account.objects.within(scope).filter(mobile=mobile, country_code=country_code).exclude(mobile="").exists()
