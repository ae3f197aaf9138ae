"""Requests to end an association: every state and event, who may what, limits and time (tencent:A.2, huawei:A3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from openpartner.core.accounts.models import Account, Association, EnterpriseMember, Flag
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import Conflict, Invalid, LimitReached, NotAllowed, NotVisible
from openpartner.core.base.kinds import AccountingMode, AssociationKind, Suspension
from openpartner.core.credit.allocations import allocate_credit
from openpartner.core.credit.grants import grant_line
from openpartner.core.credit.policies import set_terms
from openpartner.core.customers.commands import associate
from openpartner.core.customers.suspension import freeze, unfreeze
from openpartner.core.eligibility.causes import Barred, Cause
from openpartner.core.eligibility.marks import set_mark
from openpartner.core.eligibility.models import Mark
from openpartner.core.ledger.verify import faults
from openpartner.core.parting.ending import disassociate
from openpartner.core.parting.models import UnbindRequest
from openpartner.core.parting.moves import in_name_of
from openpartner.core.parting.rules import months_before
from openpartner.core.parting.unbinding import (
    agree_to_leave,
    agree_to_release,
    approve_by_time,
    ask_to_leave,
    ask_to_release,
    refuse_release,
    refuse_to_leave,
    withdraw_leave,
    withdraw_release,
)
from openpartner.core.parting.vocabulary import REQUEST_TRANSITIONS, RequestState, Side
from openpartner.core.partners.commands import grant_flag
from openpartner.kit import clock
from openpartner.kit.money import Money
from tests.parting.support import TEN_DAYS, WHY, mailed, pass_time, policy, request, trail
from tests.support.people import Person, World
from tests.vouchers.support import fill, give

S = RequestState
pytestmark = pytest.mark.django_db


def ask(world: World, side: Side) -> UnbindRequest:
    """cora's association with dora shall end, says one side."""
    if side is Side.CUSTOMER:
        return ask_to_leave(world.cora.caller, reason=WHY)
    return ask_to_release(world.dora.caller, account_id=world.cora.account_id, reason=WHY)


EVENTS: dict[Side, dict[str, tuple[S, Callable[[World, int], object]]]] = {
    Side.CUSTOMER: {
        "agree": (S.DONE, lambda w, n: agree_to_leave(w.dora.caller, number=n)),
        "refuse": (S.REFUSED, lambda w, n: refuse_to_leave(w.dora.caller, number=n, reason="Bills are open")),
        "withdraw": (S.WITHDRAWN, lambda w, n: withdraw_leave(w.cora.caller, number=n)),
        "time": (S.DONE, lambda w, n: approve_by_time(in_name_of(w.dora.account), number=n)),
        "end": (S.LAPSED, lambda w, _n: disassociate(w.pia.caller, account_id=w.cora.account_id)),
    },
    Side.PARTNER: {
        "agree": (S.DONE, lambda w, n: agree_to_release(w.cora.caller, number=n)),
        "refuse": (S.REFUSED, lambda w, n: refuse_release(w.cora.caller, number=n, reason="We stay")),
        "withdraw": (S.WITHDRAWN, lambda w, n: withdraw_release(w.dora.caller, number=n)),
        "end": (S.LAPSED, lambda w, _n: disassociate(w.pia.caller, account_id=w.cora.account_id)),
    },
}
CASES = [
    (side, first, second) for side, events in EVENTS.items() for first in events for second in events if second != "end"
]


@pytest.mark.parametrize(("side", "event"), [(side, event) for side, events in EVENTS.items() for event in events])
def test_each_event_leads_to_its_state(world: World, side: Side, event: str) -> None:
    row = ask(world, side)
    state, act = EVENTS[side][event]
    with clock.frozen(clock.now() + TEN_DAYS):
        act(world, row.pk)
    now = request(row.pk)
    assert (now.state, now.answered_at is not None, now.ended_at is not None) == (state, True, True)
    released = state in {S.DONE, S.LAPSED}
    assert (world.cora.account.partner_id is None) is released
    answered = {"agree": S.AGREED, "time": S.APPROVED_BY_TIME, "end": S.LAPSED}
    assert now.answer == answered.get(event, state)


@pytest.mark.parametrize(("side", "first", "second"), CASES)
def test_what_has_ended_is_not_moved_again(world: World, side: Side, first: str, second: str) -> None:
    row = ask(world, side)
    with clock.frozen(clock.now() + TEN_DAYS):
        EVENTS[side][first][1](world, row.pk)
        before = UnbindRequest.objects.everything(reason="test").values().get(pk=row.pk)
        count = len(trail())
        with pytest.raises((Conflict, NotVisible)):
            EVENTS[side][second][1](world, row.pk)
    assert UnbindRequest.objects.everything(reason="test").values().get(pk=row.pk) == before
    assert len(trail()) == count


def test_the_table_is_whole() -> None:
    """Every state is reached from REQUESTED, and every state but the passing ones is an end."""
    reached, edge = {S.REQUESTED}, [S.REQUESTED]
    while edge:
        edge = [state for one in edge for state in REQUEST_TRANSITIONS[one] if state not in reached]
        reached |= set(edge)
    assert reached == set(S) == REQUEST_TRANSITIONS.keys()
    assert {one for one, following in REQUEST_TRANSITIONS.items() if not following} == set(S) - {
        S.REQUESTED,
        S.AGREED,
        S.APPROVED_BY_TIME,
    }


def test_a_customer_leaves_with_everything_told(world: World) -> None:
    """Audit and mail read as a person would tell it."""
    row = ask(world, Side.CUSTOMER)
    assert (row.due_at, row.asked_by) == (row.asked_at + TEN_DAYS, "cora")
    assert mailed(world.dora) == ["association-end-due"]
    agree_to_leave(world.dora.caller, number=row.pk)
    assert trail("association.") == ["association.end-asked", "association.end-agreed", "association.ended"]
    assert mailed(world.dora)[1:] == mailed(world.cora) == ["association-ended"]
    ended = Association.objects.everything(reason="test").get(pk=row.association_id)
    assert (ended.ended_by, ended.until) == ("dora", request(row.pk).ended_at)
    for reader in (world.dora, world.pia):
        rows = AuditEvent.objects.within(reader.caller.scope).filter(subject=world.cora.account_pk)
        assert "association.ended" in set(rows.values_list("action", flat=True))


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("cora", lambda p, n: agree_to_release(p.caller, number=n)),
        ("olga", lambda p, n: agree_to_leave(p.caller, number=n)),
        ("rita", lambda p, n: refuse_to_leave(p.caller, number=n, reason="x")),
        ("pia", lambda p, n: agree_to_leave(p.caller, number=n)),
        ("chen", lambda p, n: withdraw_leave(p.caller, number=n)),
        ("dora", lambda p, n: withdraw_release(p.caller, number=n)),
    ],
)
def test_nobody_answers_for_another(world: World, name: str, act: Callable[[Person, int], object]) -> None:
    """Neither oneself, nor a stranger, nor the provider; it reads as absent."""
    row = ask(world, Side.CUSTOMER)
    with pytest.raises(NotVisible):
        act(world[name], row.pk)
    assert request(row.pk).state == S.REQUESTED


def test_a_distributor_does_not_decide_about_its_resellers_customers(world: World) -> None:
    row = ask_to_leave(world.carl.caller, reason=WHY)
    with pytest.raises(NotVisible):
        agree_to_leave(world.dora.caller, number=row.pk)
    with pytest.raises(NotVisible):
        ask_to_release(world.dora.caller, account_id=world.carl.account_id, reason=WHY)
    agree_to_leave(world.rita.caller, number=row.pk)
    assert world.carl.account.partner_id is None


def test_customers_and_partners_have_their_own_permissions(world: World) -> None:
    with pytest.raises(NotAllowed):
        ask_to_release(world.cora.caller, account_id=world.cora.account_id, reason=WHY)
    with pytest.raises(NotVisible):
        ask_to_leave(world.dora.caller, reason=WHY)


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 257])
def test_a_reason_is_needed(world: World, reason: str) -> None:
    """huawei:A3."""
    with pytest.raises(Invalid):
        ask_to_leave(world.cora.caller, reason=reason)
    with pytest.raises(Invalid):
        ask_to_release(world.dora.caller, account_id=world.cora.account_id, reason=reason)
    row = ask(world, Side.CUSTOMER)
    with pytest.raises(Invalid):
        refuse_to_leave(world.dora.caller, number=row.pk, reason=reason)


def test_one_request_at_a_time(world: World) -> None:
    ask(world, Side.CUSTOMER)
    for side in Side:
        with pytest.raises(Conflict):
            ask(world, side)


def bar(world: World, cause: Cause) -> None:
    """Put something in the way of cora's release."""
    cora, dora = world.cora, world.dora
    match cause:
        case Cause.SUSPENDED:
            freeze(dora.caller, account_ids=[cora.account_id], level=Suspension.ACCOUNT, reason="r")
        case Cause.NON_STOP:
            grant_flag(world.pia.caller, account_id=dora.account_id, flag=Flag.NON_STOP)
            set_terms(dora.caller, customer=cora.uin, is_non_stop=True)
        case Cause.RESERVED_INSTANCE | Cause.SUPPORT_PLAN:
            mark = Mark.RESERVED_INSTANCE if cause is Cause.RESERVED_INSTANCE else Mark.SUPPORT_PLAN
            set_mark(world.pia.caller, account_id=cora.account_id, mark=mark)
        case _:
            EnterpriseMember.objects.create(
                master=cora.account, member=world.chen.account, mode=AccountingMode.INDEPENDENT, since=clock.now()
            )


BARS = [Cause.SUSPENDED, Cause.NON_STOP, Cause.RESERVED_INSTANCE, Cause.SUPPORT_PLAN, Cause.INDEPENDENT_MEMBERS]


@pytest.mark.parametrize("cause", BARS)
def test_what_stands_in_the_way_is_told_when_asking(world: World, cause: Cause) -> None:
    bar(world, cause)
    for side in Side:
        with pytest.raises(Barred) as caught:
            ask(world, side)
        assert caught.value.cause is cause


@pytest.mark.parametrize("cause", BARS)
def test_it_is_looked_at_again_when_agreeing(world: World, cause: Cause) -> None:
    """Nothing has changed then, and the request still waits."""
    row = ask(world, Side.CUSTOMER)
    bar(world, cause)
    with pytest.raises(Barred):
        agree_to_leave(world.dora.caller, number=row.pk)
    assert request(row.pk).state == S.REQUESTED
    assert world.cora.account.partner_id == world.dora.account_pk


def test_time_approves_a_customers_request(world: World) -> None:
    """tencent:A.2: ten calendar days, then the system approves."""
    row = ask(world, Side.CUSTOMER)
    with clock.frozen(row.asked_at + TEN_DAYS - timedelta(seconds=1)):
        pass_time()
        assert request(row.pk).state == S.REQUESTED
    with clock.frozen(row.asked_at + TEN_DAYS):
        pass_time()
        pass_time()
    now = request(row.pk)
    assert (now.state, now.answer, now.answered_by) == (S.DONE, S.APPROVED_BY_TIME, "")
    assert world.cora.account.partner_id is None
    assert trail("association.")[1:] == ["association.end-approved-by-time", "association.ended"]


def test_time_approves_what_cannot_be_done(world: World) -> None:
    """A partner cannot be told any more, so both sides are told why it failed; the customer may ask again."""
    row = ask(world, Side.CUSTOMER)
    bar(world, Cause.SUSPENDED)
    with clock.frozen(row.asked_at + TEN_DAYS):
        pass_time()
        now = request(row.pk)
        assert (now.state, now.answer, now.causes) == (S.FAILED, S.APPROVED_BY_TIME, Cause.SUSPENDED)
        assert mailed(world.cora)[-1] == mailed(world.dora)[-1] == "association-not-ended"
        unfreeze(world.dora.caller, account_ids=[world.cora.account_id], level=Suspension.ACCOUNT, reason="r")
        ask(world, Side.CUSTOMER)


def test_time_approves_nothing_of_a_partners(world: World) -> None:
    row = ask(world, Side.PARTNER)
    assert row.due_at is None
    with clock.frozen(clock.now() + timedelta(days=400)):
        pass_time()
    assert request(row.pk).state == S.REQUESTED


def test_the_policy_of_the_payer_says_how_long(world: World) -> None:
    """huawei:A3 knows no term; a second-level reseller follows its payer."""
    policy(world, answer_days=None)
    assert ask(world, Side.CUSTOMER).due_at is None
    policy(world, answer_days=3)
    row = ask_to_leave(world.carl.caller, reason=WHY)
    assert row.due_at == row.asked_at + timedelta(days=3)
    assert ask_to_leave(world.oona.caller, reason=WHY).due_at is not None  # olga's, by default


def test_three_requests_in_three_months(world: World) -> None:
    """huawei:A3, the newest page: three per side per three months, counted back from now."""
    begun = clock.now()
    for number in range(3):
        with clock.frozen(begun + timedelta(days=number)):
            withdraw_leave(world.cora.caller, number=ask(world, Side.CUSTOMER).pk)
    with clock.frozen(begun + timedelta(days=4)):
        with pytest.raises(LimitReached):
            ask(world, Side.CUSTOMER)
        withdraw_release(world.dora.caller, number=ask(world, Side.PARTNER).pk)  # the other side's own three
    with clock.frozen(begun + timedelta(days=93)):
        ask(world, Side.CUSTOMER)


def test_the_limit_is_configurable(world: World) -> None:
    """huawei:F15: one in older pages, and a partner that waits after its customer's request."""
    policy(world, requests_max=1, partner_waits=True)
    withdraw_leave(world.cora.caller, number=ask(world, Side.CUSTOMER).pk)
    for side in Side:
        with pytest.raises(LimitReached):
            ask(world, side)
    with clock.frozen(clock.now() + timedelta(days=93)):
        ask(world, Side.PARTNER)


@pytest.mark.parametrize(("today", "then"), [("2026-05-31", "2026-02-28"), ("2026-03-15", "2025-12-15")])
def test_months_are_counted_by_the_calendar(today: str, then: str) -> None:
    from datetime import datetime

    assert months_before(datetime.fromisoformat(today), 3) == datetime.fromisoformat(then)


@pytest.mark.parametrize(("field", "value"), [("answer_days", 0), ("answer_days", 366), ("requests_max", 0)])
def test_a_policy_has_bounds(world: World, field: str, value: int) -> None:
    with pytest.raises(Invalid) as caught:
        policy(world, "dora", **{field: value})
    assert caught.value.field == field
    for partner in ("rita", "cora"):
        with pytest.raises(NotVisible):
            policy(world, partner)


def test_money_goes_back_and_nothing_is_negative(world: World) -> None:
    """Credit, vouchers and budgets end with the association; the ledger agrees."""
    grant_line(world.pia.caller, partner=world.dora.account_id, change=Money.of("100", "USD"), key="line")
    allocate_credit(world.dora.caller, customer=world.cora.uin, change=Money.of("60", "USD"), key="credit")
    fill(world, 50)
    give(world.dora, world.cora, Decimal(20))
    row = ask(world, Side.CUSTOMER)
    agree_to_leave(world.dora.caller, number=row.pk)
    assert list(faults()) == []
    from openpartner.core.credit.queries import partner_credit
    from openpartner.core.vouchers.queries import pool_of_partner, usable_balance

    credit = partner_credit(world.dora.caller)
    assert (credit.remaining, credit.customers_available.micros) == (Money.of("100", "USD"), 0)
    assert pool_of_partner(world.dora.account_pk).left_micros == 50_000_000
    assert usable_balance(world.cora.account_pk) == 0


def test_a_released_customer_is_a_plain_account_and_can_be_bound_again(world: World) -> None:
    agree_to_leave(world.dora.caller, number=ask(world, Side.CUSTOMER).pk)
    with pytest.raises(NotVisible):
        ask_to_leave(world.cora.caller, reason=WHY)
    assert world.cora.user.is_active
    associate(world.dora.caller, account_id=world.cora.account_id, kind=AssociationKind.RESALE)
    ask(world, Side.PARTNER)
    assert Account.objects.everything(reason="test").get(pk=world.cora.account_pk).partner_id == world.dora.account_pk
