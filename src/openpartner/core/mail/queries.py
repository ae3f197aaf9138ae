"""The delivery log of mail."""

from __future__ import annotations

from django.db.models import QuerySet

from openpartner.core.base.errors import NotVisible
from openpartner.core.base.scope import Scope
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.outgoing.queries import OutgoingFilter, logged


def mails(scope: Scope, where: OutgoingFilter) -> QuerySet[OutgoingMail]:
    """The mails of the caller's own account."""
    return logged(OutgoingMail, scope, where)


def get_mail(scope: Scope, mail: int) -> OutgoingMail:
    """The mail with this key; NotVisible when it is another account's or absent."""
    found = OutgoingMail.objects.within(scope).filter(pk=mail).first()
    if found is None:
        raise NotVisible("mail")
    return found
