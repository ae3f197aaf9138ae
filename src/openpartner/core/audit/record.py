"""Writing audit events, inside the transaction of the change they speak of."""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import Protocol

from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.caller import Caller
from openpartner.kit import clock

written: ContextVar[set[Action] | None] = ContextVar("written", default=None)
"""The actions recorded since the current command began: `@command` asserts on it."""


class Subject(Protocol):
    """An account: what an event speaks of, with its tenants."""

    pk: int
    uin: int
    provider_id: int | None
    payer_id: int | None
    partner_id: int | None


def record(
    caller: Caller,
    action: Action,
    *,
    subject: Subject | None = None,
    subject_kind: str = "account",
    **details: object,
) -> AuditEvent:
    """Insert one event and return it. `details` must be JSON values and never hold a secret."""
    event = AuditEvent.objects.create(
        at=clock.now(),
        action=action,
        via=caller.via,
        request_id=caller.request_id,
        actor_account=caller.account,
        actor_user=caller.user,
        actor_name=f"{caller.account_name}/{caller.user_name}"[:200],
        key=caller.key,
        subject_kind=subject_kind if subject is not None else "",
        subject=subject.pk if subject is not None else None,
        subject_name=str(subject.uin) if subject is not None else "",
        provider=subject.provider_id if subject is not None else None,
        payer=subject.payer_id if subject is not None else None,
        # A partner's own row belongs to itself; a customer's to its partner.
        partner=(subject.partner_id if subject is not None and subject.partner_id else caller.account),
        details=json.dumps(details, sort_keys=True, ensure_ascii=False),
    )
    seen = written.get()
    if seen is not None:
        seen.add(action)
    return event
