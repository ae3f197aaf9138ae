"""The delivery log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from openpartner.core.base.errors import NotVisible
from openpartner.core.base.scope import Scope
from openpartner.core.mail.models import MailState, OutgoingMail


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFilter:
    """Which mails; None means no condition."""

    recipient_contains: str | None = None  # whatever the case
    template: str | None = None
    state: MailState | None = None
    since: datetime | None = None
    until: datetime | None = None  # inclusive


def mails(scope: Scope, where: MailFilter) -> QuerySet[OutgoingMail]:
    """The mails of the caller's own account. Their texts are gone once they are sent or given up."""
    equal = {
        "recipient__icontains": where.recipient_contains,
        "template": where.template,
        "state": where.state,
        "created_at__gte": where.since,
        "created_at__lte": where.until,
    }
    rows = OutgoingMail.objects.within(scope)
    return rows.filter(**{name: value for name, value in equal.items() if value is not None})


def get_mail(scope: Scope, mail: int) -> OutgoingMail:
    """The mail with this key; NotVisible when it is another account's or absent."""
    found = OutgoingMail.objects.within(scope).filter(pk=mail).first()
    if found is None:
        raise NotVisible("mail")
    return found
