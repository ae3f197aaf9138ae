"""The delivery log."""

from __future__ import annotations

from openpartner.core.base.scope import Scope
from openpartner.core.mail.models import MailState, OutgoingMail
from openpartner.kit.slices import Page, Slice


def list_mail(scope: Scope, window: Slice, *, state: MailState | None = None) -> Page[OutgoingMail]:
    """The mails of the caller's own account (an account manager's own ones), newest first; all states or one.

    Their texts are gone once they are sent or given up.
    """
    rows = OutgoingMail.objects.within(scope).order_by("-id")
    if state is not None:
        rows = rows.filter(state=state)
    total = rows.count()
    return Page(list(rows[window.offset : window.offset + window.limit]) if window.offset < total else [], total)
