"""Migrations: every state and event, what each party learns, and money at the instant (tencent:A.2, tencent:F.28)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from openpartner.core.accounts.models import Association
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import Conflict, LimitReached, NotVisible
from openpartner.core.base.kinds import Suspension
from openpartner.core.credit.allocations import allocate_credit, allocate_pool
from openpartner.core.credit.grants import grant_line
from openpartner.core.credit.queries import credit_of, partner_credit
from openpartner.core.customers.suspension import freeze
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.eligibility.marks import set_mark
from openpartner.core.eligibility.models import Mark
from openpartner.core.ledger.verify import faults
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.parting.ending import disassociate
from openpartner.core.parting.migrating import (
    ATTEMPTS_MAX,
    approve_migration,
    confirm_departure,
    confirm_move,
    count_attempt,
    expire_migration,
    refuse_departure,
    refuse_move,
    reject_migration,
    start_migration,
    withdraw_migration,
)
from openpartner.core.parting.models import Migration, MigrationConsent
from openpartner.core.parting.moves import in_name_of
from openpartner.core.parting.unbinding import ask_to_leave
from openpartner.core.parting.vocabulary import (
    CONSENT_TRANSITIONS,
    ENDINGS,
    MIGRATION_TRANSITIONS,
    OPEN,
    ConsentState,
    MigrationState,
    RequestState,
    Side,
)
from openpartner.kit import clock
from openpartner.kit.money import Money
from tests.parting.support import WHY, asked, mailed, migration, pass_time, policy, request, started, trail
from tests.support.people import World

S = MigrationState
C, P = Side.CUSTOMER, Side.PARTNER
EXPIRED = timedelta(days=30)
pytestmark = pytest.mark.django_db

# cora of dora's shall move to sol: what each event does in each state where it may happen.
Act = Callable[[World, Migration], object]
EVENTS: dict[str, Act] = {
    "customer agrees": lambda w, m: confirm_move(w.cora.caller, number=asked(m, C)),
    "customer refuses": lambda w, m: refuse_move(w.cora.caller, number=asked(m, C)),
    "partner agrees": lambda w, m: confirm_departure(w.dora.caller, number=asked(m, P)),
    "partner refuses": lambda w, m: refuse_departure(w.dora.caller, number=asked(m, P), reason="Bills are open"),
    "provider approves": lambda w, m: approve_migration(w.pia.caller, number=m.pk),
    "provider rejects": lambda w, m: reject_migration(w.pia.caller, number=m.pk, reason="No"),
    "receiver withdraws": lambda w, m: withdraw_migration(w.sol.caller, number=m.pk),
    "time passes": lambda w, m: expire_migration(in_name_of(w.sol.account), number=m.pk),
    "association ends": lambda w, _m: disassociate(w.pia.caller, account_id=w.cora.account_id),
}
ALWAYS = {"receiver withdraws": S.WITHDRAWN, "time passes": S.EXPIRED, "association ends": S.LAPSED}
LEADS: dict[MigrationState, dict[str, MigrationState]] = {
    S.WAITS_FOR_CUSTOMER: {**ALWAYS, "customer agrees": S.WAITS_FOR_PARTNER, "customer refuses": S.REFUSED},
    S.WAITS_FOR_PARTNER: {**ALWAYS, "partner agrees": S.WAITS_FOR_PROVIDER, "partner refuses": S.REFUSED},
    S.WAITS_FOR_PROVIDER: {**ALWAYS, "provider approves": S.DONE, "provider rejects": S.REFUSED},
}
MOVES = [(state, event) for state, events in LEADS.items() for event in events]
STANDS = [(state, event) for state, events in LEADS.items() for event in EVENTS if event not in events]


def act(world: World, row: Migration, event: str) -> None:
    """Let it happen, at its time."""
    moment = clock.now() + (EXPIRED if event == "time passes" else timedelta())
    with clock.frozen(moment):
        EVENTS[event](world, row)


@pytest.mark.parametrize(("state", "event"), MOVES)
def test_each_event_leads_to_its_state(world: World, state: MigrationState, event: str) -> None:
    row = started(world, "sol", "cora", state)
    act(world, row, event)
    now, expected = migration(row.pk), LEADS[state][event]
    assert (now.state, now.ended_at is not None) == (expected, expected not in OPEN)
    held = {S.DONE: world.sol.account_pk, S.LAPSED: None}
    assert world.cora.account.partner_id == held.get(expected, world.dora.account_pk)
    if expected not in OPEN:
        waiting = MigrationConsent.objects.everything(reason="test").filter(state=ConsentState.WAITING)
        assert not waiting.exists(), "nobody is asked any more"


@pytest.mark.parametrize(("state", "event"), STANDS)
def test_nothing_else_happens_in_a_state(world: World, state: MigrationState, event: str) -> None:
    """Whose turn it is not finds nothing, or nothing to answer."""
    row = started(world, "sol", "cora", state)
    with pytest.raises((Conflict, NotVisible, MigrationConsent.DoesNotExist)):
        act(world, row, event)
    assert migration(row.pk).state == state


@pytest.mark.parametrize("ending", sorted(event for events in LEADS.values() for event in events))
def test_an_end_is_an_end(world: World, ending: str) -> None:
    state = next(one for one, events in LEADS.items() if ending in events)
    row = started(world, "sol", "cora", state)
    act(world, row, ending)
    if migration(row.pk).state in OPEN:
        return
    before = Migration.objects.everything(reason="test").values().get(pk=row.pk)
    for event in EVENTS.keys() - {"association ends"}:
        with pytest.raises((Conflict, NotVisible, MigrationConsent.DoesNotExist)):
            act(world, row, event)
    assert Migration.objects.everything(reason="test").values().get(pk=row.pk) == before


def test_the_tables_are_whole() -> None:
    assert MIGRATION_TRANSITIONS.keys() == set(S)
    assert set(S) - OPEN == ENDINGS | {S.DONE, S.FAILED}
    assert CONSENT_TRANSITIONS.keys() == set(ConsentState)
    assert {to for events in LEADS.values() for to in events.values()} | {S.FAILED} == set(S) - {S.WAITS_FOR_CUSTOMER}


def test_a_customer_moves_at_one_instant(world: World) -> None:
    """Released and bound in one; both histories, trails and mails tell it."""
    row = started(world, "sol", "cora", S.WAITS_FOR_PROVIDER)
    approve_migration(world.pia.caller, number=row.pk)
    now = migration(row.pk)
    old, new = Association.objects.everything(reason="test").filter(child=world.cora.account_pk).order_by("since")
    assert (old.until, new.since, new.until) == (now.ended_at, now.ended_at, None)
    assert (old.pk, new.pk) == (now.association_id, now.new_association_id)
    assert (new.partner_id, new.payer_id, new.kind) == (world.sol.account_pk, world.sol.account_pk, old.kind)
    cora = world.cora.account
    assert (cora.partner_id, cora.payer_id, cora.remark, cora.manager_id) == (
        world.sol.account_pk,
        world.sol.account_pk,
        "",
        None,
    )
    assert trail("migration.") == [
        "migration.started",
        "migration.confirmed",
        "migration.confirmed",
        "migration.approved",
        "migration.done",
    ]
    assert mailed(world.cora) == ["migration-asked", "association-ended", "migration-done"]
    assert mailed(world.dora) == ["migration-to-confirm", "association-ended"]
    assert mailed(world.sol) == ["migration-done"]
    assert mailed(world.pia) == ["migration-to-review"]


def test_without_a_review_the_partners_word_is_the_last(world: World) -> None:
    """tencent:F.28: the operator's approval is optional. Who receives does not read who let go."""
    policy(world, "sol", reviews_migrations=False)
    row = started(world, "sol", "cora", S.WAITS_FOR_PARTNER)
    confirm_departure(world.dora.caller, number=asked(row, P))
    assert migration(row.pk).state == S.DONE
    new = Association.objects.everything(reason="test").get(child=world.cora.account_pk, until__isnull=True)
    assert new.bound_by == "system"
    for event in AuditEvent.objects.within(world.sol.caller.scope):
        assert "dora" not in f"{event.actor_name} {event.details}"


def test_money_of_one_partner_never_reaches_another(world: World) -> None:
    for name, units in (("dora", "100"), ("sol", "40")):
        grant_line(world.pia.caller, partner=world[name].account_id, change=Money.of(units, "USD"), key=name)
    allocate_credit(world.dora.caller, customer=world.cora.uin, change=Money.of("60", "USD"), key="credit")
    row = started(world, "sol", "cora", S.WAITS_FOR_PROVIDER)
    approve_migration(world.pia.caller, number=row.pk)
    assert partner_credit(world.dora.caller).remaining == Money.of("100", "USD")
    assert partner_credit(world.sol.caller).remaining == Money.of("40", "USD")
    assert credit_of(world.cora.account).total == 0
    assert list(faults()) == []
    allocate_credit(world.sol.caller, customer=world.cora.uin, change=Money.of("5", "USD"), key="anew")
    assert list(faults()) == []


@pytest.mark.parametrize(("pool", "state"), [("60", S.FAILED), ("60.000001", S.DONE)])
def test_a_reseller_needs_more_credit_than_the_customer_was_given(
    world: World, pool: str, state: MigrationState
) -> None:
    """tencent:A.2: its allocable credit must exceed what is allocated, or the migration fails."""
    grant_line(world.pia.caller, partner=world.dora.account_id, change=Money.of("200", "USD"), key="line")
    allocate_pool(world.dora.caller, reseller=world.rita.uin, change=Money.of(pool, "USD"), key="pool")
    allocate_credit(world.dora.caller, customer=world.cora.uin, change=Money.of("60", "USD"), key="credit")
    row = started(world, "rita", "cora", S.WAITS_FOR_PROVIDER)
    approve_migration(world.pia.caller, number=row.pk)
    now = migration(row.pk)
    assert (now.state, now.causes) == (state, Cause.RECEIVER_CREDIT_SHORT if state is S.FAILED else "")
    receiver = world.rita if state is S.DONE else world.dora
    assert world.cora.account.partner_id == receiver.account_pk
    assert list(faults()) == []


def test_a_receiver_that_was_barred_meanwhile_fails(world: World) -> None:
    row = started(world, "sol", "cora", S.WAITS_FOR_PROVIDER)
    set_mark(world.pia.caller, account_id=world.sol.account_id, mark=Mark.BARRED_PARTNER)
    approve_migration(world.pia.caller, number=row.pk)
    now = migration(row.pk)
    assert (now.state, now.causes) == (S.FAILED, Cause.PARTNER_BARRED)
    assert mailed(world.sol)[-1] == mailed(world.cora)[-1] == mailed(world.dora)[-1] == "migration-stopped"


def no_such(world: World, named: str, receiver: str = "sol") -> tuple[str, str]:
    """How a receiver is told that it names nobody."""
    with pytest.raises(NotVisible) as caught:
        start_migration(world[receiver].caller, named=named)
    return type(caught.value).__name__, caught.value.message


def test_unknown_and_ineligible_read_alike(world: World) -> None:
    """Nobody learns which accounts there are, whose they are, or how they stand."""
    unknown = no_such(world, "299999999999")
    assert unknown == no_such(world, "f" * 32) == no_such(world, "") == no_such(world, "x' OR 1=1 --")
    assert no_such(world, str(world.cato.uin)) == unknown, "its own already"
    assert no_such(world, str(world.rita.uin)) == unknown, "no customer"
    assert no_such(world, str(world.su.uin)) == unknown, "of another site"
    freeze(world.dora.caller, account_ids=[world.chen.account_id], level=Suspension.ACCOUNT, reason="r")
    assert no_such(world, str(world.chen.uin)) == unknown, "suspended"
    disassociate(world.pia.caller, account_id=world.cyro.account_id)
    assert no_such(world, str(world.cyro.uin)) == unknown, "nobody's customer"
    set_mark(world.pia.caller, account_id=world.cora.account_id, mark=Mark.KEY_ACCOUNT)
    assert no_such(world, world.cora.account_id.upper()) == unknown, "a key account"
    started(world, "olga", "carl")
    assert no_such(world, str(world.carl.uin)) == unknown, "asked by another partner"
    assert not Migration.objects.everything(reason="test").exclude(partner=world.olga.account_pk).exists()
    assert (
        not OutgoingMail.objects.everything(reason="test")
        .filter(template="migration-asked")
        .exclude(account=world.carl.account_pk)
        .exists()
    )


def test_guessing_at_numbers_has_an_end(world: World) -> None:
    for _ in range(ATTEMPTS_MAX):
        count_attempt(world.sol.caller)
    with pytest.raises(LimitReached):
        count_attempt(world.sol.caller)
    count_attempt(world.olga.caller)
    with clock.frozen(clock.now() + timedelta(days=1, seconds=1)):
        count_attempt(world.sol.caller)


def test_each_party_sees_its_own_part(world: World) -> None:
    """The partner that lets go is asked after the customer, and is not told who receives."""
    row = started(world, "sol", "cora")
    scopes = {name: world[name].caller.scope for name in ("dora", "olga", "chen")}
    assert not Migration.objects.within(world.dora.caller.scope).exists()
    consents = MigrationConsent.objects.within(scopes["dora"]).filter(side=P)
    assert not consents.exists(), "the customer has not agreed yet"
    confirm_move(world.cora.caller, number=asked(row, C))
    assert consents.exists()
    for name in ("olga", "chen"):
        assert not MigrationConsent.objects.within(scopes[name]).exists()
    assert not MigrationConsent.objects.within(world.sol.caller.scope).exists()
    for event in AuditEvent.objects.within(world.dora.caller.scope):
        assert "sol" not in f"{event.actor_name} {event.details}".lower()
    told = OutgoingMail.objects.everything(reason="test").filter(account=world.dora.account_pk)
    assert all("Sol " not in mail.text for mail in told)
    refuse_departure(world.dora.caller, number=asked(row, P), reason="Bills are open")
    told = OutgoingMail.objects.everything(reason="test").filter(account=world.sol.account_pk)
    assert all("Dora" not in mail.text + mail.subject and "Cora" not in mail.text for mail in told)


def test_what_stands_in_the_way_is_told_at_each_word(world: World) -> None:
    """Preconditions as for unbinding, at every step; nothing has changed then."""
    row = started(world, "sol", "cora")
    freeze(world.dora.caller, account_ids=[world.cora.account_id], level=Suspension.ACCOUNT, reason="r")
    with pytest.raises(Barred):
        confirm_move(world.cora.caller, number=asked(row, C))
    assert migration(row.pk).state == S.WAITS_FOR_CUSTOMER


def test_a_migration_that_is_done_closes_a_request_to_part(world: World) -> None:
    wish = ask_to_leave(world.cora.caller, reason=WHY)
    row = started(world, "sol", "cora", S.WAITS_FOR_PROVIDER)
    approve_migration(world.pia.caller, number=row.pk)
    assert request(wish.pk).state == RequestState.LAPSED


def test_time_ends_what_nobody_answers(world: World) -> None:
    row = started(world, "sol", "cora", S.WAITS_FOR_PARTNER)
    with clock.frozen(row.started_at + EXPIRED - timedelta(seconds=1)):
        pass_time()
    assert migration(row.pk).state == S.WAITS_FOR_PARTNER
    with clock.frozen(row.started_at + EXPIRED):
        pass_time()
        pass_time()
    assert (migration(row.pk).state, migration(row.pk).ended_from) == (S.EXPIRED, S.WAITS_FOR_PARTNER)
    assert mailed(world.dora)[-1] == mailed(world.cora)[-1] == mailed(world.sol)[-1] == "migration-stopped"
    started(world, "sol", "cora")  # and may be asked for again


@pytest.mark.parametrize(
    ("state", "name", "attempt"),
    [
        (S.WAITS_FOR_CUSTOMER, "chen", lambda p, m: confirm_move(p.caller, number=asked(m, C))),
        (S.WAITS_FOR_CUSTOMER, "olga", lambda p, m: withdraw_migration(p.caller, number=m.pk)),
        (S.WAITS_FOR_PARTNER, "sol", lambda p, m: confirm_departure(p.caller, number=asked(m, P))),
        (S.WAITS_FOR_PARTNER, "rita", lambda p, m: refuse_departure(p.caller, number=asked(m, P), reason="x")),
        (S.WAITS_FOR_PROVIDER, "sol", lambda p, m: approve_migration(p.caller, number=m.pk)),
        (S.WAITS_FOR_PROVIDER, "dora", lambda p, m: reject_migration(p.caller, number=m.pk, reason="x")),
    ],
)
def test_nobody_answers_for_another(
    world: World, state: MigrationState, name: str, attempt: Callable[..., object]
) -> None:
    row = started(world, "sol", "cora", state)
    with pytest.raises(NotVisible):
        attempt(world[name], row)
    assert migration(row.pk).state == state
