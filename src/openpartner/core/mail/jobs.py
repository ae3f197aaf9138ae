"""Delivering the outbox."""

from __future__ import annotations

from django.db.models import F

from openpartner.core.jobs.claim import ATTEMPTS_MAX
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.work import Work
from openpartner.core.mail.messages import message
from openpartner.core.mail.models import MailState, OutgoingMail
from openpartner.core.mail.outbox import DELIVER
from openpartner.core.mail.sinks import NotDelivered, deliver
from openpartner.core.mail.templates import one_line
from openpartner.kit import clock

ERROR_MAX = 300


class TryAgain(Exception):
    """A mail has not left yet. Without address and answer of the server, which stand in the delivery log alone."""


@job(DELIVER)
def deliver_mail(work: Work) -> None:
    """Deliver one mail; a failure is kept in the log and tried again by the queue, five times in all.

    A worker that dies between the server's word and the row's sends a second copy, which has the same Message-ID.
    """
    waiting = OutgoingMail.objects.everything(reason="the job names its mail").filter(
        message_id=work.args["message_id"], state=MailState.WAITING
    )
    mail = waiting.first()
    if mail is None:  # sent already: the worker died before the job was marked as done
        return
    attempt = mail.attempts + 1
    waiting.update(attempts=F("attempts") + 1)
    try:
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
    except NotDelivered as error:
        why = one_line(str(error), ERROR_MAX)
        if error.final or attempt >= ATTEMPTS_MAX:
            waiting.update(state=MailState.FAILED, error=why, text="", settled_at=clock.now())
        else:
            waiting.update(error=why)
        if error.final:
            return
        raise TryAgain(f"mail {mail.pk} did not leave in attempt {attempt}; the delivery log says why") from None
    with work.step():
        waiting.update(state=MailState.SENT, settled_at=clock.now(), error="", text="")
        work.checkpoint("sent", 1, 1)
