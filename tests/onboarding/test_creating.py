"""Accounts that a partner creates: made at once, bound by a job, found again by the partner's number (huawei:D1)."""

from __future__ import annotations

from typing import Any

import pytest

from openpartner.core.access.models import User
from openpartner.core.accounts.models import Account
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AssociationKind, Suspension
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.eligibility.marks import set_mark
from openpartner.core.eligibility.models import Mark
from openpartner.core.onboarding import creations
from openpartner.core.onboarding.creations import Late, bind_created, create_bound, creation_of
from openpartner.core.onboarding.models import Creation
from openpartner.core.onboarding.registering import NewAccount
from openpartner.core.onboarding.vocabulary import CreationState
from openpartner.worker.run import Worker
from tests.onboarding.people import cause_of
from tests.support.people import Person, World

OWN = NewAccount(account_name="created", external_platform="shop", external_id="42")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is kept waiting here."""
    monkeypatch.setattr(creations, "WAIT_SECONDS", 0.0)


def test_an_account_is_made_at_once_and_bound_by_a_job(dora: Person) -> None:
    made = create_bound(dora.caller, OWN, password=None)
    assert (made.state, made.account.partner_id) == (CreationState.WAITING, None)
    with pytest.raises(Late) as late:
        create_bound(dora.caller, OWN, password=None, wait=True)  # the same number: the same account
    assert (late.value.creation.account, late.value.told.huawei) == (made.account, "CBC.99000050")
    Worker().once()
    again = create_bound(dora.caller, OWN, password=None, wait=True)
    assert (again.pk, again.state, again.account.partner_id) == (made.pk, CreationState.BOUND, dora.account_pk)
    assert again.account.suspension == Suspension.ACCOUNT  # huawei:A3, by default
    assert again.account.external_id == "42"
    assert Account.objects.everything(reason="test").filter(account_name="created").count() == 1
    actions = AuditEvent.objects.within(dora.caller.scope).filter(subject=made.account_id).order_by("id")
    assert [(one.action, one.actor_name) for one in actions] == [
        (Action.ACCOUNT_CREATED, "dora_account/dora"),
        (Action.ASSOCIATED, "dora_account/dora"),
        (Action.SUSPENDED, "dora_account/dora"),
    ]


def test_it_may_run_from_the_first_day(dora: Person) -> None:
    made = create_bound(dora.caller, OWN, password=None, suspend=False)
    assert bind_created(made.pk) is CreationState.BOUND
    assert bind_created(made.pk) is CreationState.BOUND  # a repeat of the job changes nothing
    made.account.refresh_from_db()
    assert made.account.suspension == Suspension.NONE


def test_a_distributor_creates_for_its_reseller(dora: Person, rita: Person, sol: Person, olga: Person) -> None:
    made = create_bound(dora.caller, OWN, password=None, reseller=rita.account_id)
    assert bind_created(made.pk) is CreationState.BOUND
    made.account.refresh_from_db()
    assert (made.account.partner_id, made.account.payer_id) == (rita.account_pk, dora.account_pk)
    assert creation_of(dora.caller.scope, made.account.account_id) == made
    assert creation_of(olga.caller.scope, made.account.account_id) is None
    for who in (olga, sol):
        with pytest.raises(NotVisible):
            create_bound(who.caller, NewAccount(), password=None, reseller=rita.account_id)


def test_what_bars_it_meanwhile_is_kept(dora: Person, pia: Person) -> None:
    made = create_bound(dora.caller, OWN, password=None)
    set_mark(pia.caller, account_id=made.account.account_id, mark=Mark.SPECIAL_CONTRACT)
    assert bind_created(made.pk) is CreationState.FAILED
    assert bind_created(made.pk) is CreationState.FAILED
    with pytest.raises(Barred) as refused:
        create_bound(dora.caller, OWN, password=None, wait=True)
    assert cause_of(refused.value) is Cause.SPECIAL_CONTRACT
    event = AuditEvent.objects.within(dora.caller.scope).get(action=Action.ASSOCIATION_FAILED)
    assert event.subject == made.account_id


def test_what_bars_the_partner_is_told_at_once(world: World) -> None:
    set_mark(world.pia.caller, account_id=world.dora.account_id, mark=Mark.BARRED_PARTNER)
    with pytest.raises(Barred) as refused:
        create_bound(world.rita.caller, OWN, password=None)
    assert refused.value.told.huawei == "CBC.50010086"
    with pytest.raises(NotAllowed):
        create_bound(world.carl.caller, OWN, password=None)
    assert not Creation.objects.everything(reason="test").exists()


def test_its_password_and_its_first_user(dora: Person) -> None:
    new = NewAccount(account_name="owned", email="own@example.com", user_name="boss")
    made = create_bound(dora.caller, new, password="12345678a", kind=AssociationKind.RESALE)  # the vendor's rule held
    user = User.objects.everything(reason="test").get(account=made.account)
    assert (user.name, user.email, user.check_password("12345678a")) == ("boss", "own@example.com", True)
    with pytest.raises(Invalid):
        create_bound(dora.caller, NewAccount(mobile="1"), password=None)


def test_numbers_of_two_partners_do_not_meet(dora: Person, sol: Person) -> None:
    first = create_bound(dora.caller, OWN, password=None)
    second: Any = create_bound(sol.caller, NewAccount(external_platform="shop", external_id="42"), password=None)
    assert first.account_id != second.account_id
