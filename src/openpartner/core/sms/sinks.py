"""Where SMS go, by the setting sms_url.

`https://[user:password@]host/path` is a gateway that takes one POST of JSON for each; `file:` writes text files into
DATA/sms; `console:` prints them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from openpartner.core.outgoing.delivery import NotDelivered
from openpartner.kit.files import write_private

FOLDER = "sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One SMS as it leaves."""

    reference: str
    to: str
    text: str
    language: str
    template: str
    date: datetime


def deliver(message: Message) -> str:
    """Hand a message over and say where it went; NotDelivered when it did not."""
    url: str = settings.OPENPARTNER.sms_url
    try:
        match urlsplit(url).scheme:
            case "file":
                return f"written to {_to_file(message)}"
            case "console":
                _to_console(message)
                return "printed"
            case _:
                from openpartner.core.sms.gateway import post  # noqa: PLC0415  # its library is loaded where it sends

                return post(message, url)
    except OSError as error:
        raise NotDelivered(f"{type(error).__name__}: {error}") from error


def folder() -> Path:
    """Where the file sink writes."""
    data: Path = settings.OPENPARTNER.data_path
    return data / FOLDER


def _to_file(message: Message) -> Path:
    """One file for each SMS, in order of time; a second attempt writes the same one."""
    path = folder() / f"{message.date:%Y%m%dT%H%M%S}-{message.reference}.txt"
    write_private(path, f"To: {message.to}\n\n{message.text}\n".encode())
    return path


def _to_console(message: Message) -> None:
    text = f"SMS to {message.to}: {message.text}\n"
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()
