"""Delivering one message of an outbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db.models import F

from openpartner.core.jobs.claim import ATTEMPTS_MAX
from openpartner.core.jobs.work import Work
from openpartner.core.outgoing.models import Outgoing, OutgoingState
from openpartner.kit import clock
from openpartner.kit.wording import one_line

Message = TypeVar("Message", bound=Outgoing)

ERROR_MAX = 300


class NotDelivered(Exception):
    """A message did not go; the text says why in words for the log. `final` when another attempt would fail alike."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


class TryAgain(Exception):
    """A message has not left yet. Without recipient and answer, which stand in the delivery log alone."""


def attempt(work: Work, outbox: type[Message], send: Callable[[Message], object]) -> None:
    """Send the message that a job names; a failure is kept in the log and tried again by the queue, five times in all.

    A worker that dies between the receiver's word and the row's sends a second one, which has the same identity.
    """
    waiting = outbox.objects.everything(reason="the job names its message").filter(
        **work.args, state=OutgoingState.WAITING
    )
    message = waiting.first()
    if message is None:  # sent already: the worker died before the job was marked as done
        return
    attempts = message.attempts + 1
    waiting.update(attempts=F("attempts") + 1)
    try:
        send(message)
    except NotDelivered as error:
        why = one_line(str(error), ERROR_MAX)
        if error.final or attempts >= ATTEMPTS_MAX:
            waiting.update(state=OutgoingState.FAILED, error=why, text="", settled_at=clock.now())
        else:
            waiting.update(error=why)
        if error.final:
            return
        raise TryAgain(
            f"{work.kind} {message.pk} did not leave in attempt {attempts}; the delivery log says why"
        ) from None
    with work.step():
        waiting.update(state=OutgoingState.SENT, settled_at=clock.now(), error="", text="")
        work.checkpoint("sent", 1, 1)
