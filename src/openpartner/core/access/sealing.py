"""Secrets at rest: sealed under keys that live outside the database.

The first key of the ring seals, all of them open, so a key is rotated by putting a new one in front,
sealing everything anew (`openpartner keys rotate`) and dropping the old one.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from openpartner.kit.files import write_private

RING_FILE = "sealing.keys"


class SealBroken(RuntimeError):
    """A stored secret cannot be opened: the key ring is not the one that sealed it."""


def _ring_path() -> Path:
    return Path(settings.OPENPARTNER.data) / "keys" / RING_FILE


def _ring() -> MultiFernet:
    """The ring as the file is now: another process may have rotated it."""
    given = settings.OPENPARTNER.sealing_keys
    if given:
        return _ring_of(given.replace(",", " "))
    path = _ring_path()
    if not path.exists():
        write_private(path, Fernet.generate_key() + b"\n")
    return _ring_of(path.read_text("ascii"))


@lru_cache(maxsize=4)
def _ring_of(names: str) -> MultiFernet:
    return MultiFernet([Fernet(name) for name in names.split()])


def seal(secret: str) -> str:
    """The sealed form of a secret, for a text column."""
    return _ring().encrypt(secret.encode()).decode("ascii")


@lru_cache(maxsize=10_000)
def opened(sealed: str) -> str:
    """The secret in clear. Remembered by its sealed form, so a changed row is never served stale."""
    return unsealed(sealed)


def unsealed(sealed: str) -> str:
    """What was sealed, in clear; not remembered, for what is long and read once."""
    try:
        return _ring().decrypt(sealed.encode("ascii")).decode()
    except InvalidToken as error:
        raise SealBroken(
            "a stored secret does not open with the keys in DATA/keys or OPENPARTNER_SEALING_KEYS"
        ) from error


def put_new_key_in_front() -> None:
    """Add a fresh first key to the ring file; every process seals with it from now on."""
    path = _ring_path()
    old = path.read_bytes() if path.exists() else b""
    write_private(path, Fernet.generate_key() + b"\n" + old)


def drop_old_keys() -> None:
    """Keep the first key and the one before it. Every secret must have been sealed anew.

    The one before stays until the next rotation: a process may have sealed with it an instant before the new
    one came, and committed after.
    """
    path = _ring_path()
    write_private(path, b"\n".join(path.read_bytes().split()[:2]) + b"\n")
