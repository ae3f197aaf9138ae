"""The states of invitations, applications and accounts created by a partner, and the moves between them."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from openpartner.core.base.errors import Conflict


class InvitationState(models.TextChoices):
    """Where an invitation stands. One that is open past its last day is told as expired before the job says so."""

    OPEN = "open", "open"
    USED = "used", "used"
    REVOKED = "revoked", "revoked"
    EXPIRED = "expired", "expired"


INVITATION_MOVES: dict[InvitationState, frozenset[InvitationState]] = {
    InvitationState.OPEN: frozenset({InvitationState.USED, InvitationState.REVOKED, InvitationState.EXPIRED}),
    InvitationState.USED: frozenset(),
    InvitationState.REVOKED: frozenset(),
    InvitationState.EXPIRED: frozenset(),
}


class ApplicationState(models.TextChoices):
    """Where an application stands."""

    REVIEWING = "reviewing", "in review"
    PASSED = "passed", "approved"
    REJECTED = "rejected", "rejected"
    WITHDRAWN = "withdrawn", "withdrawn"


APPLICATION_MOVES: dict[ApplicationState, frozenset[ApplicationState]] = {
    ApplicationState.REVIEWING: frozenset(
        {ApplicationState.PASSED, ApplicationState.REJECTED, ApplicationState.WITHDRAWN}
    ),
    ApplicationState.PASSED: frozenset(),
    ApplicationState.REJECTED: frozenset(),
    ApplicationState.WITHDRAWN: frozenset(),
}


class CreationState(models.TextChoices):
    """What became of binding an account that a partner created."""

    WAITING = "waiting", "waiting"
    BOUND = "bound", "bound"
    FAILED = "failed", "failed"


CREATION_MOVES: dict[CreationState, frozenset[CreationState]] = {
    CreationState.WAITING: frozenset({CreationState.BOUND, CreationState.FAILED}),
    CreationState.BOUND: frozenset(),
    CreationState.FAILED: frozenset(),
}


class Happening(models.TextChoices):
    """What happened to an invitation."""

    SENT = "sent", "made"
    SENT_AGAIN = "sent-again", "mailed again"
    APPLIED = "applied", "used for an application"
    FAILED = "failed", "tried in vain"
    PASSED = "passed", "application approved"
    REJECTED = "rejected", "application rejected"
    WITHDRAWN = "withdrawn", "application withdrawn"
    REVOKED = "revoked", "revoked"
    EXPIRED = "expired", "expired"


class Opening(StrEnum):
    """What whoever opens a link finds."""

    OPEN = "open"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    """No such invitation, or no more; a link that was changed is told the same."""


def must_move(
    moves: dict[InvitationState, frozenset[InvitationState]]
    | dict[ApplicationState, frozenset[ApplicationState]]
    | dict[CreationState, frozenset[CreationState]],
    state: str,
    to: str,
) -> None:
    """Conflict unless the table allows this move."""
    allowed = {str(one): {str(other) for other in others} for one, others in moves.items()}
    if to not in allowed[state]:
        raise Conflict(f"it is {state}, and cannot become {to}")
