"""The outbox of SMS, which is also their delivery log."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from openpartner.core.outgoing.models import Outgoing, indexes_of


class OutgoingSms(Outgoing):
    """One SMS."""

    recipient = models.CharField(max_length=40)  # +4915112345678
    reference = models.CharField(max_length=32, unique=True)  # the same at each attempt, so that twins are known

    class Meta:
        """As every outbox."""

        db_table = "outgoing_sms"
        indexes: ClassVar = indexes_of("outgoing_sms")
