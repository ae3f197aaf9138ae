"""What tests of parting share: requests and migrations in any state, and what was told."""

from __future__ import annotations

from datetime import timedelta

from openpartner.core.audit.models import AuditEvent
from openpartner.core.jobs.claim import claim, process_token
from openpartner.core.jobs.run import run_claimed
from openpartner.core.jobs.schedule import RECURRING
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.parting.jobs import PASS
from openpartner.core.parting.migrating import confirm_departure, confirm_move, start_migration
from openpartner.core.parting.models import Migration, MigrationConsent, UnbindRequest
from openpartner.core.parting.policies import set_parting_policy
from openpartner.core.parting.vocabulary import MigrationState, Side
from openpartner.kit import clock
from openpartner.worker.callers import rebuild
from tests.support.people import Person, World

TEN_DAYS = timedelta(days=10)
WHY = "We move to another region."


def policy(world: World, payer: str = "dora", **changed: object) -> None:
    """Set the rules of a payer, the defaults but for what is given."""
    values: dict[str, object] = {
        "answer_days": 10,
        "requests_max": 3,
        "partner_waits": False,
        "reviews_migrations": True,
        **changed,
    }
    set_parting_policy(world.pia.caller, partner=world[payer].account_id, **values)  # type: ignore[arg-type]  # by name


def request(key: int) -> UnbindRequest:
    """The row as it is now."""
    return UnbindRequest.objects.everything(reason="test").get(pk=key)


def migration(key: int) -> Migration:
    """The row as it is now."""
    return Migration.objects.everything(reason="test").get(pk=key)


def asked(row: Migration, side: Side) -> int:
    """The number of what a side is asked."""
    return MigrationConsent.objects.everything(reason="test").get(migration=row, side=side).pk


def started(world: World, receiver: str, customer: str, until: MigrationState | None = None) -> Migration:
    """A migration that waits for the customer, or for somebody later."""
    row = start_migration(world[receiver].caller, named=str(world[customer].uin), message="Join us")
    if until in {MigrationState.WAITS_FOR_PARTNER, MigrationState.WAITS_FOR_PROVIDER}:
        confirm_move(world[customer].caller, number=asked(row, Side.CUSTOMER))
    if until is MigrationState.WAITS_FOR_PROVIDER:
        confirm_departure(partner_of(world, customer).caller, number=asked(row, Side.PARTNER))
    return migration(row.pk)


def partner_of(world: World, customer: str) -> Person:
    """To whom a customer is bound now."""
    held = world[customer].account.partner_id
    return next(one for one in world.values() if one.account_pk == held)


def pass_time() -> None:
    """What the timetable and a worker do."""
    RECURRING[PASS].run()
    while claimed := claim(process_token(), [PASS]):
        run_claimed(claimed, rebuild)


def mailed(person: Person) -> list[str]:
    """The templates of the mails that somebody's administrators were sent, in order."""
    rows = OutgoingMail.objects.everything(reason="test").filter(account=person.account_pk).order_by("pk")
    return list(rows.values_list("template", flat=True))


def trail(action_begins: str = "") -> list[str]:
    """What was recorded, in order."""
    rows = AuditEvent.objects.everything(reason="test").order_by("pk").values_list("action", flat=True)
    return [one for one in rows if one.startswith(action_begins)]


def after(days: float) -> object:
    """The clock, so many days from now."""
    return clock.frozen(clock.now() + timedelta(days=days))
