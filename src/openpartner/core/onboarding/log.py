"""What happened to an invitation: a row of its history, in the transaction of the change."""

from __future__ import annotations

from openpartner.core.eligibility.causes import Cause
from openpartner.core.onboarding.models import REASON_MAX, Invitation, InvitationEvent
from openpartner.core.onboarding.vocabulary import Happening
from openpartner.kit import clock


def note(
    invitation: Invitation,
    what: Happening,
    *,
    by: str = "",
    account: int | None = None,
    cause: Cause | None = None,
    reason: str = "",
) -> InvitationEvent:
    """Insert what happened to an invitation and return it; `account` is the primary key of whoever applies."""
    return InvitationEvent.objects.create(
        provider_id=invitation.provider_id,
        payer_id=invitation.payer_id,
        partner_id=invitation.partner_id,
        invitation=invitation,
        at=clock.now(),
        what=what,
        cause=cause or "",
        reason=reason[:REASON_MAX],
        by=by[:200],
        account_id=account,
    )
