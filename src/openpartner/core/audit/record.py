"""Writing audit events, inside the transaction of the change they speak of."""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import Any, Protocol

from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.caller import Caller
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.swift import insert
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


_LEVELS = {
    AccountKind.PROVIDER: "provider",
    AccountKind.DISTRIBUTOR: "payer",
    AccountKind.RESELLER: "payer",
    AccountKind.SECOND_LEVEL_RESELLER: "partner",
    AccountKind.CUSTOMER: "subject",
}
"""In which column of an event the people of an account of each kind look for themselves."""


def record(
    caller: Caller,
    action: Action,
    *,
    subject: Subject | None = None,
    subject_kind: str = "account",
    **details: object,
) -> AuditEvent:
    """Insert one event and return it. `details` must be JSON values and never hold a secret.

    Without a subject it belongs to the caller's own account, whose people alone read it.
    """
    whose: Any = _of(subject, subject_kind, caller) if subject is not None else _own(caller)
    event = AuditEvent(
        at=clock.now(),
        action=action,
        via=caller.via,
        request_id=caller.request_id,
        **_actor(caller),
        key=caller.key,
        **whose,
        details=json.dumps(details, sort_keys=True, ensure_ascii=False),
    )
    insert(event)  # every write has an event
    seen = written.get()
    if seen is not None:
        seen.add(action)
    return event


def _actor(caller: Caller) -> dict[str, Any]:
    """Who did it, and in whose name where that is another account's."""
    acting = caller.acting
    if acting is None:
        name = f"{caller.account_name}/{caller.user_name}"
        return {"actor_account": caller.account, "actor_user": caller.user, "actor_name": name[:200]}
    return {
        "actor_account": acting.account,
        "actor_user": caller.user,
        "actor_name": f"{acting.account_name}/{acting.user_name}"[:200],
        "on_behalf_of": caller.account,
        "on_behalf_name": caller.account_name,
    }


def _of(subject: Subject, kind: str, caller: Caller) -> dict[str, Any]:
    """Whose event it is when it speaks of an account."""
    return {
        "subject_kind": kind,
        "subject": subject.pk,
        "subject_name": str(subject.uin),
        "provider": subject.provider_id,
        "payer": subject.payer_id,
        # A partner's own row belongs to itself; a customer's to its partner.
        "partner": subject.partner_id or caller.account,
    }


def _own(caller: Caller) -> dict[str, Any]:
    """Whose event it is when it speaks of nobody but the account that acts."""
    if caller.acting is not None:
        # The customer reads what was done in its name, and so do they who did it.
        whose = {"partner": caller.acting.account, "payer": caller.acting.payer, "subject": caller.account}
        return {**whose, "subject_kind": "account", "subject_name": str(caller.uin)}
    own = {"partner": caller.account, _LEVELS[caller.kind]: caller.account}
    is_customer = caller.kind is AccountKind.CUSTOMER
    return {**own, "subject_kind": "account", "subject_name": str(caller.uin)} if is_customer else own
