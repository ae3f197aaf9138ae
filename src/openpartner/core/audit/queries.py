"""Audit events as those may read them whom they concern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent, AuditLink, AuditSeal
from openpartner.core.base.errors import NotVisible
from openpartner.core.base.scope import Scope
from openpartner.kit.slices import Page, Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events; what is not given does not narrow."""

    action: Action | None = None
    since: datetime | None = None
    before: datetime | None = None
    until: datetime | None = None  # inclusive
    subject: int | None = None
    subject_uin: int | None = None
    actor_user: int | None = None
    actor_contains: str | None = None  # of account name and user name, whatever the case
    via: str | None = None
    is_sealed: bool | None = None
    is_on_behalf: bool | None = None  # done by a partner in the name of its customer
    on_behalf_of: int | None = None


def events(scope: Scope, where: EventFilter) -> QuerySet[AuditEvent]:
    """The events within the scope, each with `is_sealed`.

    A customer reads what its own people did and what was done in its name, and no more: what its partner noted about
    it is the partner's.
    """
    rows = AuditEvent.objects.within(scope).annotate(is_sealed=Exists(AuditLink.objects.filter(event=OuterRef("pk"))))
    equal = {
        "action": where.action,
        "at__gte": where.since,
        "at__lt": where.before,
        "at__lte": where.until,
        "subject": where.subject,
        "subject_name": None if where.subject_uin is None else str(where.subject_uin),
        "actor_user": where.actor_user,
        "actor_name__icontains": where.actor_contains,
        "via": where.via,
        "is_sealed": where.is_sealed,
        "on_behalf_of": where.on_behalf_of,
        "on_behalf_of__isnull": None if where.is_on_behalf is None else not where.is_on_behalf,
    }
    if scope.customer is not None:
        rows = rows.filter(Q(actor_account=scope.customer) | Q(on_behalf_of=scope.customer))
    return rows.filter(**{name: value for name, value in equal.items() if value is not None})


def search_events(scope: Scope, where: EventFilter, window: Slice) -> Page[AuditEvent]:
    """The same, newest first."""
    rows = events(scope, where).order_by("-at", "-pk")
    return Page(list(rows[window.offset : window.offset + window.limit]), rows.count())


def get_event(scope: Scope, event: int) -> AuditEvent:
    """The event of this number; NotVisible when the scope does not show it or there is none."""
    found = events(scope, EventFilter()).filter(pk=event).first()
    if found is None:
        raise NotVisible("event")
    return found


def last_sealed_at() -> datetime | None:
    """When the log was last sealed; None while there is no seal."""
    return AuditSeal.objects.order_by("-pk").values_list("at", flat=True).first()
