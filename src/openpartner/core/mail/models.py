"""The outbox, which is also the delivery log."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from openpartner.core.base.scoped import ScopedManager, ScopedModel


class MailState(models.TextChoices):
    """Where a mail stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class OutgoingMail(ScopedModel):
    """One mail. Its text is forgotten once it is sent or given up: a link in it is nobody's business later."""

    account = models.BigIntegerField(null=True)  # whose mail it is; None for the system's
    user = models.BigIntegerField(null=True)
    template = models.CharField(max_length=48)
    language = models.CharField(max_length=8)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    message_id = models.CharField(max_length=300, unique=True)  # the same at each attempt, so that twins are known
    job = models.BigIntegerField(null=True)  # who delivers it; None when it could not leave at all
    state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.WAITING)
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
        """Listed by account, newest first; upkeep asks for old ones and for those nobody delivers any more."""

        db_table = "outgoing_mail"
        indexes: ClassVar = [
            models.Index(fields=["account", "-id"], name="outgoing_mail_account"),
            models.Index(fields=["settled_at"], name="outgoing_mail_settled"),
            models.Index(fields=["created_at"], condition=Q(state="waiting"), name="outgoing_mail_waiting"),
        ]

    def __str__(self) -> str:
        """Template and state, never the recipient."""
        return f"{self.template} {self.state}"
