"""The shape of an outbox, which is also a delivery log."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from openpartner.core.base.scoped import ScopedManager, ScopedModel


class OutgoingState(models.TextChoices):
    """Where a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Outgoing(ScopedModel):
    """One message. Its text is forgotten once it is sent or given up: a code in it is nobody's business later."""

    account = models.BigIntegerField(null=True)  # whose message it is; None for the system's
    user = models.BigIntegerField(null=True)
    template = models.CharField(max_length=48)
    language = models.CharField(max_length=8)
    recipient: models.CharField[Any, Any]  # as long as an address of its kind may be
    text = models.TextField(blank=True)
    job = models.BigIntegerField(null=True)  # who delivers it; None when it could not leave at all
    state = models.CharField(max_length=8, choices=OutgoingState.choices, default=OutgoingState.WAITING)
    attempts = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)  # of the last attempt that failed
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)  # sent or given up

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("provider", "payer", "partner", "customer"), "account"),
        "manager": "user",
    }

    class Meta:
        """No table of its own."""

        abstract = True

    def __str__(self) -> str:
        """Template and state, never the recipient."""
        return f"{self.template} {self.state}"


def indexes_of(table: str) -> list[models.Index]:
    """Listed by account, newest first; upkeep asks for old ones and for those nobody delivers any more."""
    return [
        models.Index(fields=["account", "-id"], name=f"{table}_account"),
        models.Index(fields=["settled_at"], name=f"{table}_settled"),
        models.Index(fields=["created_at"], condition=Q(state=OutgoingState.WAITING), name=f"{table}_waiting"),
    ]
