"""Audit events, the links that chain them, and the seals that close a stretch of the chain."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from openpartner.core.base.scoped import ScopedManager, ScopedModel


class AuditEvent(ScopedModel):
    """Who did what to whom, when and through which door. Inserted only: triggers refuse UPDATE and DELETE.

    Identifiers are plain numbers, not foreign keys: an event outlives what it speaks of.
    """

    at = models.DateTimeField()
    action = models.CharField(max_length=64)
    via = models.CharField(max_length=16)
    request_id = models.CharField(max_length=36, blank=True)
    actor_account = models.BigIntegerField(null=True)
    actor_user = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    key = models.BigIntegerField(null=True)
    subject_kind = models.CharField(max_length=32, blank=True)
    subject = models.BigIntegerField(null=True)
    subject_name = models.CharField(max_length=200, blank=True)
    provider = models.BigIntegerField(null=True)
    payer = models.BigIntegerField(null=True)
    partner = models.BigIntegerField(null=True)
    details = models.TextField(default="{}")  # JSON with sorted keys: hashed as written
    on_behalf_of = models.BigIntegerField(null=True)  # the account in whose name the actor acted, if not its own
    on_behalf_name = models.CharField(max_length=128, null=True)  # rows that are sealed stay as they are

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    scope_columns: ClassVar[dict[str, str]] = {
        "provider": "provider",
        "payer": "payer",
        "partner": "partner",
        "customer": "subject",
        "manager": "actor_user",
    }

    class Meta:
        """Read by tenant and time."""

        db_table = "audit_event"
        indexes: ClassVar = [
            models.Index(fields=["provider", "-at", "-id"], name="audit_event_provider"),
            models.Index(fields=["partner", "-at", "-id"], name="audit_event_partner"),
            models.Index(fields=["payer", "-at", "-id"], name="audit_event_payer"),
            models.Index(fields=["subject", "-at"], name="audit_event_subject"),
            models.Index(
                fields=["on_behalf_of", "-at"],
                name="audit_event_on_behalf",
                condition=models.Q(on_behalf_of__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Action and time."""
        return f"{self.action} at {self.at:%F %T}"


class AuditLink(models.Model):
    """The place of one event in the chain and its keyed hash over the link before it."""

    position = models.BigIntegerField(primary_key=True)
    event = models.BigIntegerField(unique=True)
    mac = models.CharField(max_length=64)

    class Meta:
        """Inserted only, like the events."""

        db_table = "audit_link"

    def __str__(self) -> str:
        """Position and event."""
        return f"{self.position}: {self.event}"


class AuditSeal(models.Model):
    """A stretch of the chain closed: how many links there are and the head's hash, also appended to a file.

    `key_id` tells which key made it, so that a process with another key refuses to go on instead of breaking it.
    """

    at = models.DateTimeField(db_index=True)
    count = models.BigIntegerField()
    head = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16)

    class Meta:
        """Inserted only."""

        db_table = "audit_seal"

    def __str__(self) -> str:
        """Count and head."""
        return f"{self.count} {self.head[:12]}"
