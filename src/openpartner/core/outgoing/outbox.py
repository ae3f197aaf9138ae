"""Putting a message into its outbox, in the transaction of the change that asks for it."""

from __future__ import annotations

from typing import TypeVar

from django.db import transaction

from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.outgoing.models import Outgoing, OutgoingState
from openpartner.kit import clock

Message = TypeVar("Message", bound=Outgoing)


def put(
    outbox: type[Message], kind: str, *, identity: dict[str, str], text: str, why_not: str, **values: object
) -> Message:
    """Add a message and the job of this kind that delivers it; both are there if and only if the transaction commits.

    `identity` is the column, and its value, by which the job finds its message. With `why_not` the message cannot
    leave: it stands in the log as failed, and nothing is raised.
    """
    moment = clock.now()
    with transaction.atomic():
        return outbox.objects.create(
            **identity,
            **values,
            text="" if why_not else text,
            job=None if why_not else enqueue(None, kind, identity).pk,
            state=OutgoingState.FAILED if why_not else OutgoingState.WAITING,
            error=why_not,
            created_at=moment,
            settled_at=moment if why_not else None,
        )
