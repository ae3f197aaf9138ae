"""The token in an invitation's link: known by its hash, and sealed so that the partner can be shown its link again."""

from __future__ import annotations

import hashlib
import re
import secrets

from django.conf import settings

from openpartner.core.access.sealing import opened, seal
from openpartner.core.onboarding.models import Invitation

JOIN_PATH = "/join/{token}/"
"""The console's page behind a link; a test asks it whether it has it."""
TOKEN_BYTES = 16
TOKEN = re.compile(r"[0-9a-f]{32}")
"""32 hexadecimal digits, as one vendor's links have (tencent:D.1)."""


def new_token() -> str:
    """A token nobody guesses: 128 random bits."""
    return secrets.token_hex(TOKEN_BYTES)


def hash_of(token: str) -> str:
    """What is looked up of a token. It is random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def sealed(token: str) -> str:
    """What is kept of a token to be read again."""
    return seal(token)


def token_of(invitation: Invitation) -> str:
    """The token of an invitation that was read within a scope."""
    return opened(invitation.token_sealed)


def link_of(token: str) -> str:
    """The link that carries a token."""
    return settings.OPENPARTNER.url + JOIN_PATH.format(token=token)


def reseal() -> int:
    """Seal every token anew under the first key of the ring; returns how many."""
    count = 0
    for row in Invitation.objects.everything(reason="rotation touches every secret").iterator(chunk_size=1000):
        row.token_sealed = seal(opened(row.token_sealed))
        row.save(update_fields=["token_sealed"])
        count += 1
    return count
