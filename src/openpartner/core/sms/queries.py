"""The delivery log of SMS."""

from __future__ import annotations

from django.db.models import QuerySet

from openpartner.core.base.scope import Scope
from openpartner.core.outgoing.queries import OutgoingFilter, logged
from openpartner.core.sms.models import OutgoingSms


def sms(scope: Scope, where: OutgoingFilter) -> QuerySet[OutgoingSms]:
    """The SMS of the caller's own account."""
    return logged(OutgoingSms, scope, where)
