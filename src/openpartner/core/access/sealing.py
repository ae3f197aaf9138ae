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


@lru_cache(maxsize=1)
def _ring() -> MultiFernet:
    given = settings.OPENPARTNER.sealing_keys
    if given:
        names = given.split(",")
    else:
        path = _ring_path()
        if not path.exists():
            write_private(path, Fernet.generate_key() + b"\n")
        names = path.read_text("ascii").split()
    return MultiFernet([Fernet(name) for name in names])


def seal(secret: str) -> str:
    """The sealed form of a secret, for a text column."""
    return _ring().encrypt(secret.encode()).decode("ascii")


@lru_cache(maxsize=10_000)
def opened(sealed: str) -> str:
    """The secret in clear. Remembered by its sealed form, so a changed row is never served stale."""
    try:
        return _ring().decrypt(sealed.encode("ascii")).decode()
    except InvalidToken as error:
        raise SealBroken("a stored secret does not open with the keys in DATA/keys or OPENPARTNER_SEALING_KEYS") from error


def put_new_key_in_front() -> None:
    """Add a fresh first key to the ring file; existing secrets still open."""
    path = _ring_path()
    old = path.read_bytes() if path.exists() else b""
    write_private(path, Fernet.generate_key() + b"\n" + old)
    _ring.cache_clear()


def drop_old_keys() -> None:
    """Keep only the first key. Every secret must have been sealed anew before."""
    path = _ring_path()
    write_private(path, path.read_bytes().split(b"\n")[0] + b"\n")
    _ring.cache_clear()
    opened.cache_clear()
