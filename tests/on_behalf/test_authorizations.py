"""Authorizations from request to end: huawei:B10, huawei:B19 and the states of issue 6."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from openpartner.core.access.models import AuthToken, Delegation
from openpartner.core.access.profiles import change_profile
from openpartner.core.access.roles import BY_KIND, Preset
from openpartner.core.access.users import add_user, caller_of
from openpartner.core.agreements.queries import current, needed
from openpartner.core.agreements.samples import publish_samples
from openpartner.core.agreements.signing import accept
from openpartner.core.agreements.vocabulary import Agreement
from openpartner.core.audit.models import AuditEvent
from openpartner.core.audit.queries import EventFilter, events
from openpartner.core.base.caller import Caller
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountKind
from openpartner.core.base.permissions import Permission
from openpartner.core.customers.commands import assign_manager
from openpartner.core.customers.models import Right
from openpartner.core.customers.rights import withdraw_right
from openpartner.core.jobs.enqueue import enqueue
from openpartner.core.mail.models import OutgoingMail
from openpartner.core.on_behalf.commands import (
    REQUEST_LASTS,
    LetterNeeded,
    give_back,
    grant_authorization,
    refuse_authorization,
    request_authorization,
    revoke_authorization,
    switch_back,
    switch_role,
)
from openpartner.core.on_behalf.endings import lapse
from openpartner.core.on_behalf.jobs import LAPSE
from openpartner.core.on_behalf.queries import AuthorizationFilter, authorizations, get_authorization
from openpartner.core.on_behalf.verify import faults
from openpartner.core.on_behalf.vocabulary import PERMISSIONS, TRANSITIONS, EndCause, State, Work
from openpartner.core.parting.ending import disassociate
from openpartner.kit import clock
from openpartner.worker.callers import rebuild
from tests.on_behalf.support import BOTH, acting, allow, authorize
from tests.support.people import Person, World

P = Permission


def state_of(person: Person, authorization: int) -> tuple[str, str]:
    row = get_authorization(person.caller.scope, authorization)
    return row.state, row.cause


def mails() -> list[tuple[str, str]]:
    rows = OutgoingMail.objects.everything(reason="test").order_by("pk")
    return list(rows.values_list("template", "recipient"))


def test_a_customer_lets_its_partner_act(world: World, dora: Person) -> None:
    made = request_authorization(
        dora.caller, account_id=world.cora.account_id, works=[Work.ORDERS], text="To order your servers."
    )
    assert (made.state, made.requested_by, made.due_at) == (State.REQUESTED, "dora", made.requested_at + REQUEST_LASTS)
    assert Delegation.objects.everything(reason="test").count() == 0
    row = grant_authorization(world.cora.caller, authorization=made.pk)
    assert (row.state, row.decided_by, row.due_at) == (State.GRANTED, "cora", None)
    caller = acting(dora, row)
    assert caller is not None
    assert (caller.account, caller.kind, caller.user) == (world.cora.account_pk, AccountKind.CUSTOMER, dora.user_pk)
    assert caller.permissions == PERMISSIONS[Work.ORDERS]
    assert caller.scope == world.cora.caller.scope
    assert caller.acting is not None
    assert (caller.acting.account, caller.acting.user_name, caller.counted) == (
        dora.account_pk,
        "dora",
        dora.account_pk,
    )
    assert mails() == [
        ("authorization-requested", world.cora.email),
        ("authorization-granted", dora.email),
    ]


def test_what_is_opened_is_never_the_customers_own_to_say() -> None:
    """Issue 6: limited to what the customer granted."""
    own = {P.CONSENT, P.MEMBER_MANAGE, P.KEY_MANAGE_OWN, P.AUDIT_READ, P.CUSTOMER_REVEAL, P.ON_BEHALF}
    for work in Work:
        assert PERMISSIONS[work] <= BY_KIND[AccountKind.CUSTOMER] - own
    assert P.ORDER_WRITE not in PERMISSIONS[Work.OPERATIONS]


def test_nobody_does_more_for_a_customer_than_its_own_role_allows(world: World, dora: Person) -> None:
    row = authorize(dora, world.cora)
    user = add_user(
        account=dora.account, name="max", email="max@example.com", password=None, presets=[Preset.ACCOUNT_MANAGER]
    )
    manager = caller_of(user, via="test")
    with pytest.raises(NotVisible):  # huawei:A5: it sees only customers it manages
        switch_role(manager, account_id=world.cora.account_id)
    assign_manager(dora.caller, account_id=world.cora.account_id, manager_id=user.pk)
    caller = switch_role(manager, account_id=world.cora.account_id)
    assert P.ORDER_WRITE not in caller.permissions
    assert {P.ORDER_READ, P.BILL_READ} <= caller.permissions
    assert row.delegation_id is not None


def test_only_its_own_partner_asks_and_only_the_customer_answers(world: World, dora: Person, olga: Person) -> None:
    for stranger in (olga, world.sol, world.rita, world.pia, world.otto):
        with pytest.raises((NotVisible, NotAllowed)):
            request_authorization(stranger.caller, account_id=world.cora.account_id, works=BOTH)
    made = request_authorization(dora.caller, account_id=world.cora.account_id, works=BOTH)
    for stranger in (olga, world.otto, world.carl, world.rita):
        with pytest.raises((NotVisible, NotAllowed)):
            grant_authorization(stranger.caller, authorization=made.pk)
        with pytest.raises((NotVisible, NotAllowed)):
            give_back(stranger.caller, authorization=made.pk)
    for own in (dora, world.pia):
        with pytest.raises(NotVisible):
            grant_authorization(own.caller, authorization=made.pk)
    assert state_of(dora, made.pk) == (State.REQUESTED, "")


def test_a_reseller_needs_its_distributor_first(world: World, rita: Person, carl: Person, dora: Person) -> None:
    """huawei:B10: first the distributor's grant, then the customer's."""
    with pytest.raises(NotAllowed):
        request_authorization(rita.caller, account_id=carl.account_id, works=[Work.ORDERS])
    allow(dora, rita, Right.ORDERS_ON_BEHALF)
    with pytest.raises(NotAllowed):
        request_authorization(rita.caller, account_id=carl.account_id, works=BOTH)
    made = request_authorization(rita.caller, account_id=carl.account_id, works=[Work.ORDERS])
    withdraw_right(dora.caller, reseller=rita.account_id, right=Right.ORDERS_ON_BEHALF)
    assert state_of(rita, made.pk) == (State.ENDED, EndCause.RIGHT)
    with pytest.raises(Conflict):
        grant_authorization(carl.caller, authorization=made.pk)


def test_a_right_that_is_withdrawn_takes_its_work_with_it(
    world: World, rita: Person, carl: Person, dora: Person
) -> None:
    allow(dora, rita)
    row = authorize(rita, carl)
    withdraw_right(dora.caller, reseller=rita.account_id, right=Right.ORDERS_ON_BEHALF)
    caller = acting(rita, row)
    assert caller is not None
    assert caller.permissions == PERMISSIONS[Work.OPERATIONS]
    withdraw_right(dora.caller, reseller=rita.account_id, right=Right.OPERATIONS_ON_BEHALF)
    assert acting(rita, row) is None
    assert state_of(carl, row.pk) == (State.ENDED, EndCause.RIGHT)
    withdrawn = AuditEvent.objects.everything(reason="test").filter(action__startswith="authorization.")
    assert [event.action for event in withdrawn.order_by("pk")][2:] == ["authorization.narrowed", "authorization.ended"]


def test_it_ends_with_the_association(world: World, dora: Person) -> None:
    row = authorize(dora, world.cora)
    waiting = request_authorization(dora.caller, account_id=world.chen.account_id, works=[Work.ORDERS])
    for customer in (world.cora, world.chen):
        disassociate(world.pia.caller, account_id=customer.account_id)
    assert acting(dora, row) is None
    assert state_of(world.cora, row.pk) == (State.ENDED, EndCause.RELEASED)
    assert state_of(world.chen, waiting.pk) == (State.ENDED, EndCause.RELEASED)
    told = AuditEvent.objects.everything(reason="test").filter(action="authorization.ended", subject=row.customer_id)
    assert json.loads(told.get().details) == {"cause": "the association ended", "works": "operations,orders"}


def test_the_customer_refuses_and_revokes_with_a_reason(world: World, dora: Person) -> None:
    made = request_authorization(dora.caller, account_id=world.cora.account_id, works=[Work.ORDERS])
    with pytest.raises(Invalid):
        refuse_authorization(world.cora.caller, authorization=made.pk, reason=" ")
    refuse_authorization(world.cora.caller, authorization=made.pk, reason="We order ourselves.")
    assert state_of(dora, made.pk) == (State.REFUSED, "")
    row = authorize(dora, world.cora, Work.ORDERS)
    with pytest.raises(Invalid):
        revoke_authorization(world.cora.caller, authorization=row.pk, reason="")
    revoke_authorization(world.cora.caller, authorization=row.pk, reason="No longer needed.")
    assert acting(dora, row) is None
    with pytest.raises(Conflict):
        revoke_authorization(world.cora.caller, authorization=row.pk, reason="again")
    assert [template for template, to in mails() if to == dora.email] == [
        "authorization-refused",
        "authorization-granted",
        "authorization-revoked",
    ]


def test_the_partner_withdraws_and_gives_back(world: World, dora: Person) -> None:
    made = request_authorization(dora.caller, account_id=world.cora.account_id, works=[Work.ORDERS])
    assert give_back(dora.caller, authorization=made.pk).cause == EndCause.WITHDRAWN
    row = authorize(dora, world.cora)
    assert give_back(dora.caller, authorization=row.pk).cause == EndCause.GIVEN_BACK
    assert acting(dora, row) is None
    with pytest.raises(Conflict):
        give_back(dora.caller, authorization=row.pk)


def test_a_wider_authorization_replaces_the_narrower(world: World, dora: Person) -> None:
    first = authorize(dora, world.cora, Work.ORDERS)
    with pytest.raises(Conflict):
        request_authorization(dora.caller, account_id=world.cora.account_id, works=[Work.ORDERS])
    wider = request_authorization(dora.caller, account_id=world.cora.account_id, works=BOTH)
    with pytest.raises(Conflict):
        request_authorization(dora.caller, account_id=world.cora.account_id, works=[Work.OPERATIONS])
    assert acting(dora, first) is not None
    second = grant_authorization(world.cora.caller, authorization=wider.pk)
    assert acting(dora, first) is None
    assert acting(dora, second) is not None
    assert state_of(dora, first.pk) == (State.ENDED, EndCause.REPLACED)


def test_a_request_lapses(world: World, dora: Person) -> None:
    now = clock.now()
    with clock.frozen(now):
        made = request_authorization(dora.caller, account_id=world.cora.account_id, works=[Work.ORDERS])
    with clock.frozen(now + REQUEST_LASTS - timedelta(seconds=1)):
        assert lapse() == 0
    with clock.frozen(now + REQUEST_LASTS):
        assert (lapse(), lapse()) == (1, 0)
    assert state_of(dora, made.pk) == (State.ENDED, EndCause.LAPSED)


def test_customers_of_other_associations_are_not_asked(world: World) -> None:
    """huawei:B10 is about Reseller customers; su is an agency customer."""
    with pytest.raises(Conflict):
        request_authorization(world.song.caller, account_id=world.su.account_id, works=[Work.ORDERS])


def test_letters_come_first(world: World, pia: Person, dora: Person) -> None:
    """huawei:B10: the commitment letter the first time, the authorization letter each time."""
    publish_samples(pia.caller)
    with pytest.raises(LetterNeeded):
        request_authorization(dora.caller, account_id=world.cora.account_id, works=[Work.ORDERS])
    commitment = needed(dora.account, Agreement.COMMITMENT_LETTER)
    assert commitment is not None
    accept(dora.caller, commitment)
    made = request_authorization(dora.caller, account_id=world.cora.account_id, works=[Work.ORDERS])
    with pytest.raises(LetterNeeded):
        grant_authorization(world.cora.caller, authorization=made.pk)
    with pytest.raises(LetterNeeded):
        grant_authorization(world.cora.caller, authorization=made.pk, letter=commitment)
    row = grant_authorization(
        world.cora.caller, authorization=made.pk, letter=current(Agreement.AUTHORIZATION_LETTER), source="192.0.2.1"
    )
    assert row.letter is not None
    assert row.letter.about == f"authorization {row.pk}"


def test_the_trail_tells_who_on_behalf_of_whom(world: World, dora: Person, rita: Person, carl: Person) -> None:
    """Issue 6: written in the audit trail as "partner P, user U, on behalf of C"."""
    allow(dora, rita)
    row = authorize(rita, carl)
    switch_role(rita.caller, account_id=carl.account_id)
    assert row.delegation_id is not None
    switch_back(rita.caller, delegation=row.delegation_id)
    done = AuditEvent.objects.everything(reason="test").filter(action__startswith="role.").order_by("pk")
    for event in done:
        assert (event.actor_name, event.actor_account) == ("rita_account/rita", rita.account_pk)
        assert (event.on_behalf_of, event.on_behalf_name, event.subject) == (
            carl.account_pk,
            "carl_account",
            carl.account_pk,
        )
    keys = {event.pk for event in done}
    # The customer, its partner and the distributor above read it, and nobody else.
    for reader, reads in ((carl, True), (rita, True), (dora, True), (world.olga, False), (world.cleo, False)):
        seen = {event.pk for event in events(reader.caller.scope, EventFilter(is_on_behalf=True))}
        assert (keys <= seen) is reads, reader.name
    with pytest.raises(Conflict):
        switch_role(rita.caller, account_id=world.cleo.account_id)


def test_what_is_ones_own_is_not_done_on_behalf(world: World, dora: Person) -> None:
    caller = acting(dora, authorize(dora, world.cora))
    assert caller is not None
    with pytest.raises(NotAllowed):
        change_profile(caller, language="ja")
    for refused in _refused(caller):
        with pytest.raises((NotAllowed, NotVisible)):
            refused()
    assert AuthToken.objects.count() == 0


def _refused(caller: Caller) -> list:
    return [
        lambda: switch_role(caller, account_id=caller.account_id),
        lambda: request_authorization(caller, account_id=caller.account_id, works=BOTH),
        lambda: revoke_authorization(caller, authorization=1, reason="x"),
    ]


def test_every_state_is_reached_and_none_is_left_but_as_declared() -> None:
    assert set(TRANSITIONS) == set(State)
    reached = {State.REQUESTED} | {state for after in TRANSITIONS.values() for state in after}
    assert reached == set(State)


def test_lists_are_found_by_name_state_and_work(world: World, dora: Person) -> None:
    row = authorize(dora, world.cora, Work.ORDERS)
    request_authorization(dora.caller, account_id=world.chen.account_id, works=[Work.OPERATIONS])

    def found(**where: object) -> list[int]:
        return [one.customer_id for one in authorizations(dora.caller.scope, AuthorizationFilter(**where))]  # type: ignore[arg-type]

    cora, chen = world.cora.account_pk, world.chen.account_pk
    assert set(found()) == {cora, chen}
    assert found(text="corazón") == found(text=str(world.cora.uin)) == found(state=State.GRANTED) == [cora]
    assert found(work=Work.OPERATIONS) == [chen]
    assert list(authorizations(world.olga.caller.scope, AuthorizationFilter())) == []
    assert [one.pk for one in authorizations(world.cora.caller.scope, AuthorizationFilter())] == [row.pk]


def test_a_job_goes_on_as_whom_it_acted_for(world: World, dora: Person) -> None:
    """Who enqueued it is looked up anew when it runs, and so is what it may do for whom."""
    row = authorize(dora, world.cora)
    caller = acting(dora, row)
    assert caller is not None
    job = enqueue(caller, LAPSE, {})
    assert (job.account, job.user) == (world.cora.account_pk, dora.user_pk)
    found = rebuild(json.loads(job.caller))
    assert (found.account, found.acting, found.permissions) == (caller.account, caller.acting, caller.permissions)
    revoke_authorization(world.cora.caller, authorization=row.pk, reason="enough")
    with pytest.raises(NotAllowed):
        rebuild(json.loads(job.caller))


def test_verify_finds_what_nobody_granted(world: World, dora: Person) -> None:
    row = authorize(dora, world.cora)
    assert list(faults()) == []
    delegations = Delegation.objects.everything(reason="test")
    assert row.delegation_id is not None
    delegations.filter(pk=row.delegation_id).update(permissions="member.manage")
    assert [fault.split(", ")[0] for fault in faults()] == [f"authorization {row.pk} is for operations,orders"]
    delegations.filter(pk=row.delegation_id).update(until=clock.now())
    assert len(list(faults())) == 2
    stray = Delegation.objects.create(
        giver=world.chen.account, holder=dora.account, permissions="customer.read", since=clock.now()
    )
    assert f"delegation {stray.pk} is in force without an authorization" in list(faults())
