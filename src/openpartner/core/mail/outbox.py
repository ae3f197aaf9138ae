"""Posting a mail: a row in the transaction of the change that asks for it, and a job that delivers it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from django.conf import settings

from openpartner.core.mail.models import OutgoingMail
from openpartner.core.mail.templates import Template, rendered
from openpartner.core.outgoing.outbox import put
from openpartner.kit.addresses import ADDRESS_MAX, is_address
from openpartner.kit.wording import one_line, spoken

DELIVER = "mail.deliver"
NO_ADDRESS = "this is no address that mail can be sent to"


def post(
    template: Template,
    values: Mapping[str, object],
    *,
    to: str,
    language: str,
    account: int | None = None,
    user: int | None = None,
) -> OutgoingMail:
    """Put a mail into the outbox and return its row; it leaves if and only if the transaction commits.

    `values` are exactly those of `templates.VALUES`; `account` is whose administrators see it in the log, `user` whom
    it is about. A `to` that is no address fails in the log and raises nothing: an alert must not undo the change
    it tells of.
    """
    subject, text = rendered(template, language, values, settings.OPENPARTNER.url)
    return put(
        OutgoingMail,
        DELIVER,
        identity={"message_id": new_message_id()},
        why_not="" if is_address(to) else NO_ADDRESS,
        text=text,
        account=account,
        user=user,
        template=template,
        language=spoken(language),
        recipient=one_line(to, ADDRESS_MAX),
        subject=subject,
    )


def new_message_id() -> str:
    """A Message-ID that no other mail has."""
    return f"<{uuid4().hex}@{settings.OPENPARTNER.sender_domain}>"
