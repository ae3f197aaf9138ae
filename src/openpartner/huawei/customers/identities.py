"""What both identity checks share: the spellings the vendor admits, and what is taken."""

from __future__ import annotations

import re
from dataclasses import dataclass

from openpartner.core.base.errors import Invalid
from openpartner.core.customers.registration import count_accounts_with_mobile, is_account_name_taken, is_email_taken

# vendor doc silent: how many accounts one mobile number may register; the pages only say that there is a limit.
ACCOUNTS_PER_MOBILE_MAX = 5

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
MOBILE = re.compile(r"(00[0-9]{2})-([0-9]+)")
NAME = re.compile(r"[a-zA-Z-][a-zA-Z0-9_-]{4,31}")
RESERVED_PREFIXES = ("op_", "shadow_")


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether one may register with a name, e-mail address or mobile number."""

    is_free: bool
    remaining: int | None = None
    """How many accounts may still register with the number; None unless it is a mobile number."""


def check_identity(kind: str, value: str, *, kind_field: str, value_field: str) -> Availability:
    """Whether the value is still free; Invalid names one of the two fields when it is not well spelled."""
    match kind:
        case "email":
            if not EMAIL.fullmatch(value):
                raise Invalid(value_field, "is not an e-mail address")
            return Availability(not is_email_taken(value))
        case "mobile":
            parts = MOBILE.fullmatch(value)
            if parts is None:
                raise Invalid(value_field, "is not a number such as 0086-13900000000")
            remaining = max(0, ACCOUNTS_PER_MOBILE_MAX - count_accounts_with_mobile(parts[1], parts[2]))
            return Availability(remaining > 0, remaining)
        case "name":
            # All-digit names are ruled out by the first character already.
            if not NAME.fullmatch(value) or value.startswith(RESERVED_PREFIXES):
                raise Invalid(value_field, "is not a login name of 5 to 32 letters, digits, _ and -")
            return Availability(not is_account_name_taken(value))
    raise Invalid(kind_field, "is email, mobile or name")
