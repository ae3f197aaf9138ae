"""What was asked about an association lapses when the association ends otherwise."""

from __future__ import annotations

from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.record import record
from openpartner.core.base.kinds import AccountKind
from openpartner.core.parting.models import Migration, UnbindRequest
from openpartner.core.parting.moves import SYSTEM, in_name_of, move_migration, move_request
from openpartner.core.parting.vocabulary import OPEN, MigrationState, RequestState

WHY = "of a locked customer that is being released"


def lapse(child: Account, by: str) -> None:
    """Close open requests and migrations of a locked customer that is being released, and record it."""
    if child.kind != AccountKind.CUSTOMER or child.partner is None:
        return
    requests = UnbindRequest.objects.everything(reason=WHY).filter(customer=child, state=RequestState.REQUESTED)
    for request in requests.select_for_update(no_key=True):
        move_request(request, RequestState.LAPSED, by=by or SYSTEM)
        record(in_name_of(child.partner), Action.RELEASE_LAPSED, subject=child, request=request.pk)
    migrations = Migration.objects.everything(reason=WHY).filter(customer=child, state__in=OPEN)
    for migration in migrations.select_for_update(no_key=True):
        move_migration(migration, MigrationState.LAPSED, by="")
        receiver = migration.partner
        record(in_name_of(receiver), Action.MIGRATION_LAPSED, subject=receiver, migration=migration.pk)
