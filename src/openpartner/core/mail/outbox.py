"""Posting a mail: a row in the transaction of the change that asks for it, and a job that delivers it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.mail.models import MailState, OutgoingMail
from openpartner.core.mail.templates import Template, one_line, rendered, spoken
from openpartner.kit import clock
from openpartner.kit.addresses import ADDRESS_MAX, is_address

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
    leaves = is_address(to)
    message_id = new_message_id()
    moment = clock.now()
    with transaction.atomic():
        job = enqueue(None, DELIVER, {"message_id": message_id}).pk if leaves else None
        return OutgoingMail.objects.create(
            account=account,
            user=user,
            template=template,
            language=spoken(language),
            recipient=one_line(to, ADDRESS_MAX),
            subject=subject,
            text=text if leaves else "",
            message_id=message_id,
            job=job,
            state=MailState.WAITING if leaves else MailState.FAILED,
            error="" if leaves else NO_ADDRESS,
            created_at=moment,
            settled_at=None if leaves else moment,
        )


def new_message_id() -> str:
    """A Message-ID that no other mail has."""
    return f"<{uuid4().hex}@{settings.OPENPARTNER.sender_domain}>"
