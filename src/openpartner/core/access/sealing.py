"""Secrets at rest: sealed under keys that live outside the database.

The first key of the ring seals, all of them open, so a key is rotated by putting a new one in front,
sealing everything anew (`openpartner keys rotate`) and dropping the old one.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

RING_FILE = "sealing.keys"
MODE_PRIVATE = 0o600


class SealBroken(RuntimeError):
    """A stored secret cannot be opened: the key ring is not the one that sealed it."""


def _ring_path() -> Path:
    return Path(settings.OPENPARTNER.data) / "keys" / RING_FILE


def write_private(path: Path, content: bytes) -> None:
    """Write a file only its owner can read, durably and in one step."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE_PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


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
