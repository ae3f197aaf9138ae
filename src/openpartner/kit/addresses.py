"""E-mail addresses that mail can be sent to."""

from __future__ import annotations

import re

LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
DOMAIN = rf"{LABEL}(?:\.{LABEL})*"
_ADDRESS = re.compile(rf"(?P<local>{LOCAL})@{DOMAIN}")
_DOMAIN = re.compile(DOMAIN)
ADDRESS_MAX = 254
LOCAL_MAX = 64


def is_address(text: str) -> bool:
    """Whether a text is exactly one address in ASCII: no display name, comment, quotes, list or line break.

    Stricter than RFC 5322, which admits texts that programs read as two addresses or as a header.
    """
    found = _ADDRESS.fullmatch(text)
    return found is not None and len(text) <= ADDRESS_MAX and len(found["local"]) <= LOCAL_MAX


def is_domain(text: str) -> bool:
    """Whether a text is the name of a host or of a mail domain, in ASCII."""
    return _DOMAIN.fullmatch(text) is not None and len(text) <= ADDRESS_MAX - 1
