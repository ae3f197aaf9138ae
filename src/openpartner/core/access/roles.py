"""The preset roles and the permissions each kind of account can hold at all."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission

ROLES_MAX = 3
"""huawei:A5 and tencent:A.5: one to three roles per person."""


class Preset(StrEnum):
    """Roles every account has without defining them."""

    ADMINISTRATOR = "administrator"
    ACCOUNT_MANAGER = "account-manager"
    ACCOUNT_DIRECTOR = "account-director"
    FINANCE = "finance"
    OPERATIONS = "operations"
    READ_ONLY = "read-only"


READING = frozenset(
    {
        Permission.CUSTOMER_READ,
        Permission.PARTNER_READ,
        Permission.CREDIT_READ,
        Permission.VOUCHER_READ,
        Permission.BILL_READ,
        Permission.SALES_READ,
        Permission.ORDER_READ,
        Permission.JOB_READ,
        Permission.PROFILE_READ,
    }
)
PERSONAL = frozenset({Permission.KEY_MANAGE_OWN, Permission.PROFILE_READ})

PRESETS: dict[Preset, frozenset[Permission]] = {
    Preset.ADMINISTRATOR: frozenset(Permission),
    Preset.ACCOUNT_MANAGER: PERSONAL
    | {
        Permission.CUSTOMER_READ,
        Permission.CUSTOMER_REVEAL,
        Permission.CUSTOMER_WRITE,
        Permission.CREDIT_READ,
        Permission.VOUCHER_READ,
        Permission.BILL_READ,
        Permission.SALES_READ,
        Permission.SALES_WRITE,
        Permission.ON_BEHALF,
        Permission.ORDER_READ,
        Permission.JOB_READ,
    },
    Preset.ACCOUNT_DIRECTOR: PERSONAL
    | READING
    | {
        Permission.CUSTOMER_REVEAL,
        Permission.CUSTOMER_WRITE,
        Permission.CUSTOMER_CREATE,
        Permission.CUSTOMER_ASSIGN,
        Permission.SALES_WRITE,
        Permission.ON_BEHALF,
    },
    Preset.FINANCE: PERSONAL
    | READING
    | {
        Permission.CUSTOMER_REVEAL,
        Permission.CREDIT_WRITE,
        Permission.VOUCHER_WRITE,
        Permission.COMMISSION_READ,
    },
    Preset.OPERATIONS: PERSONAL
    | READING
    | {
        Permission.CUSTOMER_REVEAL,
        Permission.CUSTOMER_WRITE,
        Permission.CUSTOMER_CREATE,
        Permission.PARTNER_WRITE,
        Permission.SALES_WRITE,
        Permission.ON_BEHALF,
        Permission.FREEZE,
        Permission.ORDER_WRITE,
        Permission.IMPORT,
    },
    Preset.READ_ONLY: PERSONAL | READING,
}

ALONE = frozenset({Preset.ADMINISTRATOR})
"""Exclusive: an administrator holds no second role (huawei:A5)."""
NEVER_TOGETHER = frozenset({Preset.ACCOUNT_MANAGER, Preset.ACCOUNT_DIRECTOR})

OF_PROVIDER = frozenset({Permission.FLAG_GRANT, Permission.AGREEMENT_PUBLISH, Permission.VERIFICATION_REVIEW})
"""What the provider alone decides."""

BY_KIND: dict[AccountKind, frozenset[Permission]] = {
    AccountKind.PROVIDER: frozenset(Permission),
    AccountKind.DISTRIBUTOR: frozenset(Permission) - OF_PROVIDER,
    AccountKind.RESELLER: frozenset(Permission) - OF_PROVIDER,
    AccountKind.SECOND_LEVEL_RESELLER: frozenset(Permission) - OF_PROVIDER - {Permission.COMMISSION_READ},
    AccountKind.CUSTOMER: frozenset(
        {
            Permission.CUSTOMER_READ,
            Permission.CUSTOMER_REVEAL,
            Permission.CREDIT_READ,
            Permission.VOUCHER_READ,
            Permission.BILL_READ,
            Permission.ORDER_READ,
            Permission.ORDER_WRITE,
            Permission.CONSENT,
            Permission.MEMBER_MANAGE,
            Permission.KEY_MANAGE_OWN,
            Permission.AUDIT_READ,
            Permission.JOB_READ,
            Permission.PROFILE_READ,
        }
    ),
}
"""The most any user of an account of this kind can be allowed, whatever its roles say."""


def joined(permissions: Iterable[Permission]) -> str:
    """The stored spelling of a set of permissions."""
    return ",".join(sorted(permissions))


@lru_cache(maxsize=4096)
def granted(stored: str, kind: AccountKind) -> frozenset[Permission]:
    """The permissions behind a stored spelling, cut to what the kind of account can hold."""
    return frozenset(Permission(name) for name in stored.split(",") if name) & BY_KIND[kind]
