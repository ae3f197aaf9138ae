"""The gateway that SMS go to by HTTP: one POST of JSON for each."""

from __future__ import annotations

import json
import os
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

import requests

from openpartner.core.outgoing.delivery import NotDelivered
from openpartner.core.sms.sinks import Message
from openpartner.kit.wording import one_line

TIMEOUT_SECONDS = 10
"""To connect and for each part of the answer. A delivery that outlasts the job's lease may be done twice."""
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


def post(message: Message, url: str) -> str:
    """Send a message by one POST and say who took it; NotDelivered when nobody did.

    The reference is the same at each attempt, so that a gateway can drop twins.
    """
    try:
        return _posted(message, url)
    except requests.RequestException as error:
        # Without its words, which quote the URL; the name says whether it was time, name or certificate.
        raise NotDelivered(f"the gateway was not reached: {type(error).__name__}") from None


def _posted(message: Message, url: str) -> str:
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
