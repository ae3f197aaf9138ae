"""What time does to invitations, and the binding of accounts that partners created."""

from __future__ import annotations

from django.db import transaction

from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.jobs.registry import job
from openpartner.core.jobs.schedule import recurring
from openpartner.core.jobs.work import Work
from openpartner.core.onboarding.creations import BIND, bind_created
from openpartner.core.onboarding.inviting import KEPT_FOR
from openpartner.core.onboarding.log import note
from openpartner.core.onboarding.models import Invitation
from openpartner.core.onboarding.vocabulary import INVITATION_MOVES, Happening, InvitationState, must_move
from openpartner.kit import clock

UPKEEP = "onboarding.upkeep"
EVERY_SECONDS = 3600
AT_ONCE = 500
WHY = "time passes for everybody"


@recurring(UPKEEP, every_seconds=EVERY_SECONDS)
def upkeep_if_needed() -> None:
    """Enqueue the upkeep when an invitation has run out or is sixty days old."""
    now = clock.now()
    rows = Invitation.objects.everything(reason=WHY)
    if (
        rows.filter(state=InvitationState.OPEN, expires_at__lte=now).exists()
        or rows.filter(created_at__lte=now - KEPT_FOR).exists()
    ):
        enqueue(None, UPKEEP, {})


@job(UPKEEP)
def upkeep(work: Work) -> None:
    """End the invitations whose thirty days are over, and delete those of sixty days ago with their history."""
    while expire_some():
        work.heartbeat()
    while purge_some():
        work.heartbeat()


@job(BIND)
def bind(work: Work) -> None:
    """Bind an account that a partner created."""
    work.result = {"state": bind_created(int(work.args["creation"]))}


def expire_some() -> int:
    """End up to five hundred open invitations whose last day has passed; returns how many. Again changes nothing."""
    with transaction.atomic():
        rows = Invitation.objects.everything(reason=WHY).filter(state=InvitationState.OPEN, expires_at__lte=clock.now())
        found = list(rows.order_by("pk").select_for_update(no_key=True, of=("self",))[:AT_ONCE])
        for row in found:
            must_move(INVITATION_MOVES, row.state, InvitationState.EXPIRED)
            row.state = InvitationState.EXPIRED
            row.save(update_fields=["state"])
            note(row, Happening.EXPIRED)
    return len(found)


def purge_some() -> int:
    """Delete up to five hundred invitations made sixty days ago; returns how many. Applications stay."""
    with transaction.atomic():
        rows = Invitation.objects.everything(reason=WHY).filter(created_at__lte=clock.now() - KEPT_FOR)
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        Invitation.objects.everything(reason=WHY).filter(pk__in=keys).delete()
    return len(keys)
