"""What a live server has mailed: the files its worker writes where no mail server is set."""

from __future__ import annotations

import re
import time
from email import message_from_bytes
from email.policy import default

from tests.support.server import Server

MAILED_WITHIN_SECONDS = 30


def mailed(server: Server, address: str, pattern: str) -> str:
    """What of the newest mail to an address that fits fits the pattern (its first group), once it is written."""
    folder = server.folder / "data" / "mail"
    deadline = time.monotonic() + MAILED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        for path in sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns, reverse=True):
            mail = message_from_bytes(path.read_bytes(), policy=default)
            body = mail.get_body()
            found = re.search(pattern, body.get_content()) if body is not None else None
            if mail["To"] == address and found is not None:
                return found[1]
        time.sleep(0.1)
    raise AssertionError(f"no mail to {address} with {pattern}: {server.log()}")
