"""Where SMS go, by the setting sms_url.

`https://[user:password@]host/path` is a gateway that takes one POST of JSON for each; `file:` writes text files into
DATA/sms; `console:` prints them.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

import requests
from django.conf import settings

from openpartner.core.outgoing.delivery import NotDelivered
from openpartner.kit.files import write_private
from openpartner.kit.wording import one_line

TIMEOUT_SECONDS = 10
"""To connect and for each part of the answer. A delivery that outlasts the job's lease may be done twice."""
FOLDER = "sms"
ANSWER_MAX = 200
"""How much of a gateway's refusal is kept, in characters."""
AGAIN = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,  # the operator may correct the setting meanwhile
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.CONFLICT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""Refusals after which another attempt may succeed. Every other 4xx is about this SMS."""


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
                return _to_gateway(message, url)
    except requests.RequestException as error:
        # Without its words, which quote the URL; the name says whether it was time, name or certificate.
        raise NotDelivered(f"the gateway was not reached: {type(error).__name__}") from None
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


def _to_gateway(message: Message, url: str) -> str:
    """One POST. The reference is the same at each attempt, so that a gateway can drop twins."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    content = {name: getattr(message, name) for name in ("reference", "to", "text", "language", "template")}
    with requests.Session() as session:
        # Neither a password from ~/.netrc nor a proxy from the environment: what is sent holds a code.
        session.trust_env = False
        session.verify = os.environ.get("SSL_CERT_FILE") or True
        if parts.username:
            session.auth = unquote(parts.username), unquote(parts.password or "")
        answer = session.post(
            parts._replace(netloc=host).geturl(),
            data=json.dumps(content),
            headers={"Content-Type": "application/json", "Idempotency-Key": message.reference},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,  # it goes where the operator said and nowhere else
            stream=True,
        )
        with answer:
            if HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
                return f"accepted by {host}"
            said = next(answer.iter_content(ANSWER_MAX * 4), b"").decode("utf-8", "replace")
    # What a gateway says may repeat what it was sent.
    said = one_line(said.replace(message.text, "…"), ANSWER_MAX)
    is_ours = HTTPStatus.BAD_REQUEST <= answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    raise NotDelivered(
        f"{host} answered {answer.status_code}: {said}", final=is_ours and answer.status_code not in AGAIN
    )
