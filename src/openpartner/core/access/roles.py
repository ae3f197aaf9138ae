"""The preset roles and the permissions each kind of account can hold at all."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission as P

ROLES_MAX = 3
"""Huawei A5 and Tencent A.5: one to three roles per person."""


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
        P.CUSTOMER_READ,
        P.PARTNER_READ,
        P.CREDIT_READ,
        P.VOUCHER_READ,
        P.BILL_READ,
        P.ORDER_READ,
        P.JOB_READ,
        P.PROFILE_READ,
    }
)
PERSONAL = frozenset({P.KEY_MANAGE_OWN, P.PROFILE_READ})

PRESETS: dict[Preset, frozenset[P]] = {
    Preset.ADMINISTRATOR: frozenset(P),
    Preset.ACCOUNT_MANAGER: PERSONAL
    | {P.CUSTOMER_READ, P.CUSTOMER_WRITE, P.CREDIT_READ, P.VOUCHER_READ, P.BILL_READ, P.ORDER_READ, P.JOB_READ},
    Preset.ACCOUNT_DIRECTOR: PERSONAL | READING | {P.CUSTOMER_WRITE, P.CUSTOMER_CREATE, P.CUSTOMER_ASSIGN},
    Preset.FINANCE: PERSONAL | READING | {P.CREDIT_WRITE, P.VOUCHER_WRITE, P.COMMISSION_READ},
    Preset.OPERATIONS: PERSONAL
    | READING
    | {P.CUSTOMER_WRITE, P.CUSTOMER_CREATE, P.PARTNER_WRITE, P.FREEZE, P.ORDER_WRITE, P.IMPORT},
    Preset.READ_ONLY: PERSONAL | READING,
}

ALONE = frozenset({Preset.ADMINISTRATOR})
"""Exclusive: an administrator holds no second role (Huawei A5)."""
NEVER_TOGETHER = frozenset({Preset.ACCOUNT_MANAGER, Preset.ACCOUNT_DIRECTOR})

BY_KIND: dict[AccountKind, frozenset[P]] = {
    AccountKind.PROVIDER: frozenset(P),
    AccountKind.DISTRIBUTOR: frozenset(P) - {P.FLAG_GRANT},
    AccountKind.RESELLER: frozenset(P) - {P.FLAG_GRANT},
    AccountKind.SECOND_LEVEL_RESELLER: frozenset(P) - {P.FLAG_GRANT, P.COMMISSION_READ},
    AccountKind.CUSTOMER: frozenset(
        {
            P.CUSTOMER_READ,
            P.CREDIT_READ,
            P.VOUCHER_READ,
            P.BILL_READ,
            P.ORDER_READ,
            P.ORDER_WRITE,
            P.MEMBER_MANAGE,
            P.KEY_MANAGE_OWN,
            P.AUDIT_READ,
            P.JOB_READ,
            P.PROFILE_READ,
        }
    ),
}
"""The most any user of an account of this kind can be allowed, whatever its roles say."""


def joined(permissions: Iterable[P]) -> str:
    """The stored spelling of a set of permissions."""
    return ",".join(sorted(permissions))


@lru_cache(maxsize=4096)
def granted(stored: str, kind: AccountKind) -> frozenset[P]:
    """The permissions behind a stored spelling, cut to what the kind of account can hold."""
    return frozenset(P(name) for name in stored.split(",") if name) & BY_KIND[kind]
