"""Files that people bring: kept under generated names in the data folder until the import has ended."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Container
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

from openpartner.core.base.errors import Invalid
from openpartner.kit.files import MODE_PRIVATE, MODE_PRIVATE_FOLDER

FOLDER = "uploads"
COPIED_AT_ONCE = 2**20
MEGABYTE = 2**20
NAME = re.compile(r"[0-9a-f]{32}")


def bytes_max() -> int:
    """The setting import_megabytes in bytes."""
    return int(settings.OPENPARTNER.import_megabytes) * MEGABYTE


def keep(source: Path) -> str:
    """Copy a file into DATA/uploads and return its generated name. Invalid when it cannot be read or is too large."""
    name = secrets.token_hex(16)
    path_of(name).parent.mkdir(parents=True, exist_ok=True, mode=MODE_PRIVATE_FOLDER)
    try:
        whole = _copy(source, path_of(name))
    except OSError as error:
        remove(name)
        raise Invalid("file", f"cannot be read: {error.strerror}") from error
    if not whole:
        remove(name)
        raise Invalid("file", f"is larger than {bytes_max() // MEGABYTE} MB, the setting OPENPARTNER_IMPORT_MEGABYTES")
    return name


def _copy(source: Path, target: Path) -> bool:
    """Copy durably; False when there is more than may be kept."""
    left = bytes_max()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE_PRIVATE)
    with os.fdopen(descriptor, "wb") as kept, source.open("rb") as given:
        while part := given.read(COPIED_AT_ONCE):
            left -= len(part)
            if left < 0:
                return False
            kept.write(part)
        kept.flush()
        os.fsync(kept.fileno())
    return True


def path_of(name: str) -> Path:
    """Where the file of a generated name stands."""
    assert NAME.fullmatch(name), "a name of ours, never one of the person who brought the file"
    folder: Path = settings.OPENPARTNER.data_path
    return folder / FOLDER / name


def remove(name: str) -> None:
    """Remove a file that is no longer needed; one that is gone already is as good."""
    path_of(name).unlink(missing_ok=True)


def remove_older(moment: datetime, *, but: Container[str]) -> int:
    """Remove the files that were kept before a moment, except those named; returns how many went."""
    folder: Path = settings.OPENPARTNER.data_path / FOLDER
    gone = 0
    for file in folder.glob("*") if folder.exists() else ():
        with suppress(FileNotFoundError):  # an import that ends removes its own
            if file.name not in but and file.stat().st_mtime < moment.timestamp():
                file.unlink()
                gone += 1
    return gone
