"""Delivering the outbox."""

from __future__ import annotations

from openpartner.core.jobs.registry import job
from openpartner.core.jobs.work import Work
from openpartner.core.outgoing.delivery import attempt
from openpartner.core.sms.models import OutgoingSms
from openpartner.core.sms.outbox import DELIVER
from openpartner.core.sms.sinks import Message, deliver


@job(DELIVER)
def deliver_sms(work: Work) -> None:
    """Deliver one SMS; a second copy has the same reference."""
    attempt(work, OutgoingSms, _send)


def _send(sms: OutgoingSms) -> None:
    deliver(
        Message(
            reference=sms.reference,
            to=sms.recipient,
            text=sms.text,
            language=sms.language,
            template=sms.template,
            date=sms.created_at,
        )
    )
