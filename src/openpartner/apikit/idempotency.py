"""The `Idempotency-Key` header: how a client names a write that it may have to send again."""

from __future__ import annotations

import hashlib
import re

from openpartner.apikit.call import Call
from openpartner.apikit.codec import encode
from openpartner.core.base.errors import Conflict, Invalid

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class BadKey(Invalid):
    """The header is there and is no key."""

    def __init__(self) -> None:
        super().__init__(HEADER, "must be 1 to 128 visible ASCII characters")


class KeyTaken(Conflict):
    """The key, or the signature, belongs to another write."""


def key_of(call: Call) -> str:
    """The key that a call carries, empty when it has none; BadKey when the header holds something else."""
    given = call.header(HEADER)
    if given is None:
        return ""
    if not _KEY.fullmatch(given):
        raise BadKey
    return given


def digest_of(call: Call) -> str:
    """What a call asks for, however it was signed and encoded: the SHA-256 of its decoded request."""
    return hashlib.sha256(encode(call.request)).hexdigest()
