"""The delivery log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import QuerySet

from openpartner.core.base.scope import Scope
from openpartner.core.outgoing.models import Outgoing, OutgoingState

Message = TypeVar("Message", bound=Outgoing)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingFilter:
    """Which messages; None means no condition."""

    recipient_contains: str | None = None  # whatever the case
    template: str | None = None
    state: OutgoingState | None = None
    since: datetime | None = None
    until: datetime | None = None  # inclusive


def logged(outbox: type[Message], scope: Scope, where: OutgoingFilter) -> QuerySet[Message]:
    """The messages of the caller's own account. Their texts are gone once they are sent or given up."""
    equal = {
        "recipient__icontains": where.recipient_contains,
        "template": where.template,
        "state": where.state,
        "created_at__gte": where.since,
        "created_at__lte": where.until,
    }
    rows = outbox.objects.within(scope)
    return rows.filter(**{name: value for name, value in equal.items() if value is not None})
