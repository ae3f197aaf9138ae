"""Audit events as those may read them whom they concern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.scope import Scope
from openpartner.kit.slices import Page, Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events; what is not given does not narrow."""

    action: Action | None = None
    since: datetime | None = None
    before: datetime | None = None
    subject: int | None = None
    actor_user: int | None = None


def search_events(scope: Scope, where: EventFilter, window: Slice) -> Page[AuditEvent]:
    """The events within the scope, newest first."""
    rows = AuditEvent.objects.within(scope)
    if where.action is not None:
        rows = rows.filter(action=where.action)
    if where.since is not None:
        rows = rows.filter(at__gte=where.since)
    if where.before is not None:
        rows = rows.filter(at__lt=where.before)
    if where.subject is not None:
        rows = rows.filter(subject=where.subject)
    if where.actor_user is not None:
        rows = rows.filter(actor_user=where.actor_user)
    rows = rows.order_by("-at", "-pk")
    return Page(list(rows[window.offset : window.offset + window.limit]), rows.count())
