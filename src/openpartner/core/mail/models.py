"""The outbox of mail, which is also its delivery log."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from openpartner.core.outgoing.models import Outgoing, indexes_of


class OutgoingMail(Outgoing):
    """One mail."""

    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    message_id = models.CharField(max_length=300, unique=True)  # the same at each attempt, so that twins are known

    class Meta:
        """As every outbox."""

        db_table = "outgoing_mail"
        indexes: ClassVar = indexes_of("outgoing_mail")
