"""The only places that change a state; each looks into the table of transitions first."""

from __future__ import annotations

from dataclasses import replace

from openpartner.core.access.operators import operator
from openpartner.core.accounts.models import Account
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid
from openpartner.core.parting.models import REASON_MAX, Migration, MigrationConsent, UnbindRequest
from openpartner.core.parting.vocabulary import (
    CONSENT_TRANSITIONS,
    MIGRATION_TRANSITIONS,
    OPEN,
    REQUEST_TRANSITIONS,
    ConsentState,
    MigrationState,
    RequestState,
)
from openpartner.kit import clock

SYSTEM = "system"
"""Who acts when time does."""
WHY = "it was read within a scope, or time passes for everybody"


def lock_request(key: int) -> UnbindRequest:
    """The request, locked until the transaction ends; the customer is locked before it."""
    return UnbindRequest.objects.everything(reason=WHY).select_for_update(no_key=True).get(pk=key)


def lock_migration(key: int) -> Migration:
    """The migration, locked until the transaction ends; its accounts are locked before it."""
    return Migration.objects.everything(reason=WHY).select_for_update(no_key=True).get(pk=key)


def move_request(row: UnbindRequest, to: RequestState, *, by: str, reason: str = "", causes: str = "") -> None:
    """Put a locked request into a state. Conflict when that does not follow from where it stands."""
    if to not in REQUEST_TRANSITIONS[RequestState(row.state)]:
        raise Conflict("this request was answered or withdrawn already")
    moment = clock.now()
    if row.state == RequestState.REQUESTED:
        row.answer, row.answered_at, row.answered_by, row.answer_reason = to, moment, by, reason
    row.state, row.causes = to, causes
    if not REQUEST_TRANSITIONS[to]:
        row.ended_at = moment
    row.save()


def move_migration(row: Migration, to: MigrationState, *, by: str, reason: str = "", causes: str = "") -> None:
    """Put a locked migration into a state; when it ends, nobody is asked any more. Conflict as above."""
    was = MigrationState(row.state)
    if to not in MIGRATION_TRANSITIONS[was]:
        raise Conflict("this migration has ended, or waits for somebody else")
    row.state = to
    if to not in OPEN:
        row.ended_at, row.ended_by, row.ended_from = clock.now(), by, was
        row.end_reason, row.causes = reason, causes
        waiting = MigrationConsent.objects.everything(reason=WHY).filter(migration=row, state=ConsentState.WAITING)
        for one in waiting.select_for_update(no_key=True):
            move_consent(one, ConsentState.VOID, by=by)
    row.save()


def move_consent(row: MigrationConsent, to: ConsentState, *, by: str, reason: str = "") -> None:
    """Put an answer down. Conflict when there is one already."""
    if to not in CONSENT_TRANSITIONS[ConsentState(row.state)]:
        raise Conflict("this was answered already, or is not asked any more")
    row.state, row.answered_at, row.answered_by, row.reason = to, clock.now(), by, reason
    row.save()


def clean_reason(field: str, text: str, *, is_required: bool = True) -> str:
    """A reason without spaces around it. Invalid when it is missing or too long."""
    reason = text.strip()
    if is_required and not reason:
        raise Invalid(field, "is empty")
    if len(reason) > REASON_MAX:
        raise Invalid(field, f"is longer than {REASON_MAX} characters")
    return reason


def in_name_of(account: Account) -> Caller:
    """The system, doing in an account's name what time does, or what others have agreed on."""
    return replace(operator(account=account, via="job"), user_name=SYSTEM)


def name_of(caller: Caller) -> str:
    """Who moves something: the name of the user, as associations note it."""
    return caller.user_name[:128]
