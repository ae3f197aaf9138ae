"""Identifiers in the vendors' shapes: Tencent's numeric uin and Huawei's 32-hex account id."""

from __future__ import annotations

import re
import secrets
import string
import uuid

UIN_MINTED_FROM = 10**11
"""Minted uins have exactly 12 digits; imported ones may have 1 to 18."""
UIN_MAX = 10**18 - 1

ACCOUNT_ID = re.compile(r"[0-9a-f]{32}")
_KEY_LETTERS = string.ascii_uppercase + string.digits
_SECRET_LETTERS = string.ascii_letters + string.digits


def mint_uin() -> int:
    """A random 12-digit uin. Uniqueness is the database's word, so callers retry on a clash."""
    return UIN_MINTED_FROM + secrets.randbelow(9 * UIN_MINTED_FROM)


def mint_account_id() -> str:
    """A random 32-digit lower-case hexadecimal account id."""
    return uuid.uuid4().hex


def is_account_id(text: str) -> bool:
    """Whether the text has the shape of an account id."""
    return ACCOUNT_ID.fullmatch(text) is not None


def mint_access_key() -> str:
    """A public key name, 20 capital letters and digits as both vendors' SDKs expect."""
    return "".join(secrets.choice(_KEY_LETTERS) for _ in range(20))


def mint_secret() -> str:
    """A secret of 40 letters and digits: 238 bits."""
    return "".join(secrets.choice(_SECRET_LETTERS) for _ in range(40))


def mint_request_id() -> str:
    """A request id in UUID form, as both vendors return."""
    return str(uuid.uuid4())
