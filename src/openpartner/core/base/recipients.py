"""The addresses that somebody asks alerts to be sent to."""

from __future__ import annotations

from collections.abc import Iterable

from openpartner.core.base.errors import Invalid
from openpartner.kit.addresses import is_address

RECIPIENTS_MAX = 20


def clean_recipients(emails: Iterable[str]) -> list[str]:
    """The addresses that are given, each once, without spaces around them and empty lines.

    Invalid for more than twenty, and for what is no address.
    """
    wanted = list(dict.fromkeys(email.strip() for email in emails if email.strip()))
    if len(wanted) > RECIPIENTS_MAX:
        raise Invalid("emails", f"are more than {RECIPIENTS_MAX}")
    if not all(map(is_address, wanted)):
        raise Invalid("emails", "hold something that is no address")
    return wanted
