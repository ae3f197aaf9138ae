"""E-mail addresses that mail can be sent to, and links that people may open."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
DOMAIN = rf"{LABEL}(?:\.{LABEL})*"
_ADDRESS = re.compile(rf"(?P<local>{LOCAL})@{DOMAIN}")
_DOMAIN = re.compile(DOMAIN)
ADDRESS_MAX = 254
LOCAL_MAX = 64
LINK_MAX = 1024
_IN_A_LINK = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
"""What RFC 3986 lets stand in an address; everything else is percent-encoded."""


def is_address(text: str) -> bool:
    """Whether a text is exactly one address in ASCII: no display name, comment, quotes, list or line break.

    Stricter than RFC 5322, which admits texts that programs read as two addresses or as a header.
    """
    found = _ADDRESS.fullmatch(text)
    return found is not None and len(text) <= ADDRESS_MAX and len(found["local"]) <= LOCAL_MAX


def is_domain(text: str) -> bool:
    """Whether a text is the name of a host or of a mail domain, in ASCII."""
    return _DOMAIN.fullmatch(text) is not None and len(text) <= ADDRESS_MAX - 1


def is_https_link(text: str) -> bool:
    """Whether a text is a whole https address that may be shown as a link: a host, and no user or password before it.

    It says nothing about what is there: links that people give are never fetched.
    """
    if len(text) > LINK_MAX or not text.casefold().startswith("https://") or not _IN_A_LINK.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host) and is_domain(host or "") and "@" not in parts.netloc
