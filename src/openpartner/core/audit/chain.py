"""The chain's arithmetic and its key: what a link says of its event and of all links before it."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from openpartner.core.audit.models import AuditEvent
from openpartner.kit.files import write_private

KEY_FILE = "audit.key"
KEY_BYTES = 32
GENESIS = "0" * 64
"""What the first link stands on."""

FIELDS = (
    "id",
    "at",
    "action",
    "via",
    "request_id",
    "actor_account",
    "actor_user",
    "actor_name",
    "key",
    "subject_kind",
    "subject",
    "subject_name",
    "provider",
    "payer",
    "partner",
    "details",
    "on_behalf_of",
    "on_behalf_name",
)
"""The columns of an event that are sealed, in their order: all of them."""
ADDED = 2
"""How many of them came after the first release: where they hold nothing an event is spelt as it was before them."""

Row = tuple[object, ...]


class ChainKeyWrong(RuntimeError):
    """The key outside the database is not the one that made the chain."""


def mac(key: bytes, before: str, position: int, event: Row) -> str:
    """The keyed hash of one link: over the link before it, its position and the values of `FIELDS`."""
    return hmac.new(key, f"{before}\n{position}\n".encode() + canonical(event), hashlib.sha256).hexdigest()


def canonical(event: Row) -> bytes:
    """One spelling of an event, the same on both databases and in every release.

    Values no command writes are spelt too, in some way: whoever put them there is to be found, not to stop the search.
    """
    assert len(event) == len(FIELDS)
    if event[-ADDED:] == (None,) * ADDED:
        event = event[:-ADDED]
    values = [value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for value in event]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=repr).encode(errors="replace")


def key_id(key: bytes) -> str:
    """A name for a key that says nothing about it."""
    return hmac.new(key, b"openpartner audit key", hashlib.sha256).hexdigest()[:16]


def read_key() -> bytes:
    """The key of this installation; ChainKeyWrong when its file is absent or damaged."""
    try:
        key = bytes.fromhex(_path().read_text("ascii").strip())
    except FileNotFoundError as error:
        raise ChainKeyWrong(
            f"{_path()} is missing: put it back from the backup, the audit log can be neither checked nor continued"
        ) from error
    except ValueError as error:
        raise ChainKeyWrong(f"{_path()} is damaged: put it back from the backup") from error
    if len(key) != KEY_BYTES:
        raise ChainKeyWrong(f"{_path()} is damaged: put it back from the backup")
    return key


def read_or_make_key() -> bytes:
    """The key, made on first use. Only for whoever holds the chain's lock and found the chain empty."""
    if not _path().exists():
        write_private(_path(), secrets.token_hex(KEY_BYTES).encode() + b"\n")
    return read_key()


def _path() -> Path:
    folder: Path = settings.OPENPARTNER.data_path
    return folder / "keys" / KEY_FILE


assert {field.attname for field in AuditEvent._meta.concrete_fields} == set(FIELDS), "an unsealed column"
