"""Files that people fetch: kept under generated names, reached by a random link that is checked each time.

A link is bound to its file, the account and an expiry. Only its hash is stored, so the database gives no link
away; and it is no key by itself: whoever follows it must be signed in to the account and hold the permission.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.permissions import Permission
from openpartner.core.jobs.models import ResultFile
from openpartner.kit import clock
from openpartner.kit.files import MODE_PRIVATE_FOLDER

FOLDER = "results"
KEPT_FOR = timedelta(days=7)
LINK_BYTES = 32


def offer(caller: Caller, file: Path, *, name: str, permission: Permission, kept_for: timedelta = KEPT_FOR) -> str:
    """Take over a finished file and return its link, which is never readable again.

    The row is written in the caller's transaction; a file whose transaction fails is swept by `forget_expired`.
    """
    stored = secrets.token_hex(16)
    target = path_of(stored)
    target.parent.mkdir(parents=True, exist_ok=True, mode=MODE_PRIVATE_FOLDER)
    shutil.move(file, target)  # also across file systems
    link = secrets.token_urlsafe(LINK_BYTES)
    moment = clock.now()
    ResultFile.objects.create(
        account=caller.account,
        user=caller.user,
        permission=permission,
        name=Path(name).name[:200],
        stored=stored,
        size=target.stat().st_size,
        link_hash=link_hash(link),
        created_at=moment,
        expires_at=moment + kept_for,
    )
    return link


def open_result(caller: Caller, link: str) -> tuple[ResultFile, BinaryIO]:
    """The file behind a link, open for reading. NotVisible when it is unknown, expired, gone or another account's."""
    row = ResultFile.objects.within(caller.scope).filter(link_hash=link_hash(link), expires_at__gt=clock.now()).first()
    if row is None:
        raise NotVisible("file")
    caller.must(Permission(row.permission))
    try:
        return row, path_of(row.stored).open("rb")
    except FileNotFoundError as error:
        raise NotVisible("file") from error


def anything_expired() -> bool:
    """Whether a file has expired: one indexed query."""
    expired = ResultFile.objects.everything(reason="expired files are nobody's").filter(expires_at__lte=clock.now())
    return expired.exists()


def forget_expired() -> int:
    """Delete expired rows with their files, and files that no row names; returns how many files went."""
    gone = 0
    for row in ResultFile.objects.everything(reason="expired files are nobody's").filter(expires_at__lte=clock.now()):
        path_of(row.stored).unlink(missing_ok=True)
        row.delete()
        gone += 1
    folder = settings.OPENPARTNER.data_path / FOLDER
    named = set(ResultFile.objects.everything(reason="sweeping").values_list("stored", flat=True))
    # A file younger than this may belong to a transaction that has not ended.
    settled = clock.now().timestamp() - timedelta(hours=1).total_seconds()
    for file in folder.glob("*") if folder.exists() else ():
        if file.name not in named and file.stat().st_mtime < settled:
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def path_of(stored: str) -> Path:
    """Where the file of a generated name stands."""
    folder: Path = settings.OPENPARTNER.data_path
    return folder / FOLDER / stored


def link_hash(link: str) -> str:
    """What is stored of a link: its SHA-256. A link is random, so no salt is needed."""
    return hashlib.sha256(link.encode()).hexdigest()
