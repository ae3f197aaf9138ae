"""Delivering the outbox."""

from __future__ import annotations

from openpartner.core.jobs.registry import job
from openpartner.core.jobs.work import Work
from openpartner.core.mail.messages import message
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.mail.outbox import DELIVER
from openpartner.core.mail.sinks import deliver
from openpartner.core.outgoing.delivery import attempt


@job(DELIVER)
def deliver_mail(work: Work) -> None:
    """Deliver one mail; a second copy has the same Message-ID."""
    attempt(work, OutgoingMail, _send)


def _send(mail: OutgoingMail) -> None:
    deliver(
        message(
            to=mail.recipient,
            subject=mail.subject,
            text=mail.text,
            language=mail.language,
            message_id=mail.message_id,
            date=mail.created_at,
        )
    )
