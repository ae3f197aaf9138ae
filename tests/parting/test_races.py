"""Two at once: only one of them is first, and everything adds up (both databases)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from openpartner.core.accounts.models import Association
from openpartner.core.base.errors import ChannelError
from openpartner.core.ledger.verify import faults
from openpartner.core.parting.migrating import approve_migration, start_migration, withdraw_migration
from openpartner.core.parting.models import Migration, UnbindRequest
from openpartner.core.parting.moves import in_name_of
from openpartner.core.parting.unbinding import agree_to_leave, approve_by_time, ask_to_leave, withdraw_leave
from openpartner.core.parting.vocabulary import MigrationState, RequestState
from openpartner.kit import clock
from tests.parting.support import WHY, migration, request, started
from tests.support.people import build_world

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each answers, or what it was refused with; all begin together."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        ready.wait()
        try:
            return act()
        except ChannelError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result() for one in [pool.submit(run, act) for act in acts]]


def test_agreeing_withdrawing_and_time_at_once() -> None:
    world = build_world()
    with clock.frozen(clock.now() - timedelta(days=10)):
        row = ask_to_leave(world.cora.caller, reason=WHY)
    dora, cora, system = world.dora.caller, world.cora.caller, in_name_of(world.dora.account)
    answers = at_once(
        lambda: agree_to_leave(dora, number=row.pk),
        lambda: withdraw_leave(cora, number=row.pk),
        lambda: approve_by_time(system, number=row.pk),
    )
    assert sum(isinstance(one, UnbindRequest) for one in answers) == 1, answers
    now = request(row.pk)
    assert now.state in {RequestState.DONE, RequestState.WITHDRAWN}
    assert (world.cora.account.partner_id is None) is (now.state == RequestState.DONE)
    assert list(faults()) == []


def test_two_receivers_ask_for_one_customer_at_once() -> None:
    world = build_world()
    sol, olga, named = world.sol.caller, world.olga.caller, str(world.cora.uin)
    answers = at_once(lambda: start_migration(sol, named=named), lambda: start_migration(olga, named=named))
    assert sum(isinstance(one, Migration) for one in answers) == 1, answers


def test_approving_withdrawing_and_parting_at_once() -> None:
    world = build_world()
    wish = ask_to_leave(world.cora.caller, reason=WHY)
    row = started(world, "sol", "cora", MigrationState.WAITS_FOR_PROVIDER)
    pia, sol, dora = world.pia.caller, world.sol.caller, world.dora.caller
    at_once(
        lambda: approve_migration(pia, number=row.pk),
        lambda: withdraw_migration(sol, number=row.pk),
        lambda: agree_to_leave(dora, number=wish.pk),
    )
    now = migration(row.pk).state
    held = world.cora.account.partner_id
    assert (now == MigrationState.DONE) is (held == world.sol.account_pk)
    assert Association.objects.everything(reason="test").filter(
        child=world.cora.account_pk, until__isnull=True
    ).count() == (held is not None)
    assert request(wish.pk).state in {RequestState.DONE, RequestState.LAPSED, RequestState.REQUESTED}
    assert list(faults()) == []
