"""Suspending customers. Rules: huawei:E2, huawei:D2, huawei:B19, tencent:B.2, tencent:D.3, tencent:E.3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from openpartner.core.accounts.models import Flag
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import Conflict, Invalid, NotAllowed, NotVisible
from openpartner.core.base.kinds import Suspension
from openpartner.core.customers import suspension
from openpartner.core.customers.effects import CHARGED, Act, Means, allowed
from openpartner.core.customers.models import Right, SuspensionCause
from openpartner.core.customers.rights import grant_right, rights_of, withdraw_right
from openpartner.core.customers.suspension import Fault, force, freeze, suspensions, unfreeze
from openpartner.core.parting.ending import disassociate
from openpartner.core.partners.commands import withdraw_flag
from openpartner.kit import clock
from tests.support.people import Person, World

ACCOUNT, RESOURCES, NONE = Suspension.ACCOUNT, Suspension.ACCOUNT_AND_RESOURCES, Suspension.NONE


def faults(results: list[suspension.Result]) -> list[Fault | None]:
    return [one.fault for one in results]


def test_a_freeze_is_kept_with_who_why_and_until_when(world: World, dora: Person) -> None:
    """huawei:E2: frozen pay-per-use resources are released after 15 days unless they are unfrozen."""
    begun = clock.now()
    with clock.frozen(begun):
        results = freeze(dora.caller, account_ids=[world.cora.account_id], level=RESOURCES, reason="does not pay")
    assert [(one.fault, one.is_changed) for one in results] == [(None, True)]
    cora = world.cora.account
    assert (cora.suspension, cora.suspended_at) == (RESOURCES, begun)
    (kept,) = suspensions(dora.caller.scope, cora)
    assert (kept.reason, kept.begun_by, kept.cause) == ("does not pay", "dora", SuspensionCause.MANUAL)
    assert kept.resources_kept_until == begun + timedelta(days=15)
    with clock.frozen(begun + timedelta(days=1)):
        unfreeze(dora.caller, account_ids=[world.cora.account_id], level=RESOURCES, reason="has paid")
    assert (world.cora.account.suspension, world.cora.account.suspended_at) == (NONE, None)
    (ended,) = suspensions(dora.caller.scope, cora)
    assert (ended.until, ended.ended_by, ended.end_reason) == (begun + timedelta(days=1), "dora", "has paid")
    events = AuditEvent.objects.everything(reason="test").filter(subject=cora.pk).order_by("pk")
    assert [(one.action, json.loads(one.details)["reason"]) for one in events] == [
        ("customer.suspended", "does not pay"),
        ("customer.resumed", "has paid"),
    ]


def test_an_account_freeze_has_no_deadline(world: World, dora: Person) -> None:
    freeze(dora.caller, account_ids=[world.cora.account_id], level=ACCOUNT, reason="r")
    (kept,) = suspensions(dora.caller.scope, world.cora.account)
    assert kept.resources_kept_until is None


def test_the_deadline_is_a_setting(world: World, dora: Person, settings: Any) -> None:
    """huawei:F14."""
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, freeze_retention_days=30)
    freeze(dora.caller, account_ids=[world.cora.account_id], level=RESOURCES, reason="r")
    (kept,) = suspensions(dora.caller.scope, world.cora.account)
    assert kept.resources_kept_until == kept.since + timedelta(days=30)


def test_each_customer_has_its_own_result(world: World, dora: Person) -> None:
    freeze(dora.caller, account_ids=[world.chen.account_id], level=RESOURCES, reason="r")
    ids = [world[one].account_id for one in ("cora", "chen", "carl", "otto", "dora")] + ["f" * 32]
    results = freeze(dora.caller, account_ids=[*ids, ids[0]], level=ACCOUNT, reason="r")
    assert [one.account_id for one in results] == ids
    assert faults(results) == [None, Fault.HIGHER, *[Fault.NOT_VISIBLE] * 4]
    assert (world.cora.account.suspension, world.carl.account.suspension) == (ACCOUNT, NONE)


def test_the_same_freeze_again_changes_nothing(world: World, dora: Person) -> None:
    ids = [world.cora.account_id]
    freeze(dora.caller, account_ids=ids, level=ACCOUNT, reason="first")
    again = freeze(dora.caller, account_ids=ids, level=ACCOUNT, reason="second")
    assert [(one.fault, one.is_changed) for one in again] == [(None, False)]
    assert [one.reason for one in suspensions(dora.caller.scope, world.cora.account)] == ["first"]


def test_an_account_freeze_may_become_one_of_resources(world: World, dora: Person) -> None:
    ids = [world.cora.account_id]
    freeze(dora.caller, account_ids=ids, level=ACCOUNT, reason="first")
    freeze(dora.caller, account_ids=ids, level=RESOURCES, reason="second")
    rows = suspensions(dora.caller.scope, world.cora.account)
    assert sorted((one.level, one.until is None) for one in rows) == [(ACCOUNT, False), (RESOURCES, True)]


@pytest.mark.parametrize(("held", "named"), [(ACCOUNT, RESOURCES), (RESOURCES, ACCOUNT), (NONE, ACCOUNT)])
def test_an_unfreeze_names_the_current_level(world: World, dora: Person, held: Suspension, named: Suspension) -> None:
    """huawei:D2: the type must equal the current freeze type, otherwise that id fails."""
    ids = [world.cora.account_id]
    if held:
        freeze(dora.caller, account_ids=ids, level=held, reason="r")
    assert faults(unfreeze(dora.caller, account_ids=ids, level=named, reason="r")) == [Fault.OTHER_LEVEL]
    assert world.cora.account.suspension == held


def test_a_distributor_acts_for_its_resellers_customers(world: World, dora: Person) -> None:
    """huawei:A1, huawei:B19: withdrawn or never given, the work is the distributor's."""
    rita = world.rita.account_id
    ids = [world.carl.account_id, world.cora.account_id]
    results = freeze(dora.caller, account_ids=ids, level=ACCOUNT, reason="r", reseller=rita)
    assert faults(results) == [None, Fault.NOT_VISIBLE]
    assert world.carl.account.suspension == ACCOUNT
    for stranger in (world.ruth.account_id, world.sol.account_id, "f" * 32):
        with pytest.raises(NotVisible):
            freeze(dora.caller, account_ids=ids, level=ACCOUNT, reason="r", reseller=stranger)


def test_agency_customers_are_not_frozen(world: World) -> None:
    """huawei:D2: Reseller customers only."""
    results = freeze(world.song.caller, account_ids=[world.su.account_id], level=ACCOUNT, reason="r")
    assert faults(results) == [Fault.NOT_RESALE]
    assert world.su.account.suspension == NONE


@pytest.mark.parametrize("reason", ["", "  ", "x" * 257])
def test_a_reason_is_given(world: World, dora: Person, reason: str) -> None:
    with pytest.raises(Invalid):
        freeze(dora.caller, account_ids=[world.cora.account_id], level=ACCOUNT, reason=reason)
    assert world.cora.account.suspension == NONE


@pytest.mark.parametrize("who", ["pia", "carl"])
def test_who_is_no_partner_freezes_nobody(world: World, who: str) -> None:
    with pytest.raises((NotVisible, NotAllowed)):
        freeze(world[who].caller, account_ids=[world.carl.account_id], level=ACCOUNT, reason="r")
    assert world.carl.account.suspension == NONE


def test_a_reseller_freezes_what_its_distributor_lets_it(world: World, rita: Person) -> None:
    """huawei:B2, huawei:B19."""
    ids = [world.carl.account_id]
    withdraw_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.FORCED_SUSPENSION)
    with pytest.raises(NotAllowed):
        freeze(rita.caller, account_ids=ids, level=ACCOUNT, reason="r")
    grant_right(world.dora.caller, reseller=rita.account_id, right=Right.FREEZE_ACCOUNT)
    assert rights_of(rita.account_pk) == {Right.FREEZE_ACCOUNT}
    assert faults(freeze(rita.caller, account_ids=ids, level=ACCOUNT, reason="r")) == [None]
    with pytest.raises(NotAllowed):
        freeze(rita.caller, account_ids=ids, level=RESOURCES, reason="r")
    withdraw_right(world.dora.caller, reseller=rita.account_id, right=Right.FREEZE_ACCOUNT)
    with pytest.raises(NotAllowed):
        unfreeze(rita.caller, account_ids=ids, level=ACCOUNT, reason="r")
    with pytest.raises(Conflict):
        withdraw_right(world.dora.caller, reseller=rita.account_id, right=Right.FREEZE_ACCOUNT)


@pytest.mark.parametrize("who", ["olga", "sol", "rita"])
def test_rights_are_given_to_ones_own_resellers(world: World, who: str) -> None:
    with pytest.raises((NotVisible, NotAllowed)):
        grant_right(world[who].caller, reseller=world.ruth.account_id if who != "olga" else world.rita.account_id,
                    right=Right.SET_BUDGET)  # fmt: skip


def test_a_reseller_inherits_forced_suspension(world: World, rita: Person) -> None:
    """tencent:A.4."""
    assert force(rita.caller, uin=world.carl.uin, is_forced=True).suspension == RESOURCES
    withdraw_flag(world.pia.caller, account_id=world.dora.account_id, flag=Flag.FORCED_SUSPENSION)
    with pytest.raises(NotAllowed):
        force(rita.caller, uin=world.carl.uin, is_forced=False)


@pytest.fixture
def in_arrears() -> Iterator[set[int]]:
    """Customers that owe, as the capability of credit would tell."""
    owing: set[int] = set()

    def asked(keys: object) -> set[int]:
        return owing & set(keys)  # type: ignore[call-overload]  # keys are integers

    suspension.ARREARS.append(asked)
    yield owing
    suspension.ARREARS.remove(asked)


def test_in_arrears_the_account_alone_stops(world: World, dora: Person, in_arrears: set[int]) -> None:
    """tencent:B.2: resources of a customer in arrears follow the rule of arrears."""
    in_arrears.add(world.cora.account_pk)
    assert force(dora.caller, uin=world.cora.uin, is_forced=True).suspension == ACCOUNT
    assert force(dora.caller, uin=world.chen.uin, is_forced=True).suspension == RESOURCES


def test_force_lifts_whatever_stands_and_repeats_change_nothing(world: World, dora: Person) -> None:
    """tencent:D.3."""
    for level in (ACCOUNT, RESOURCES):
        freeze(dora.caller, account_ids=[world.cora.account_id], level=level, reason="r")
        assert force(dora.caller, uin=world.cora.uin, is_forced=True).suspension == level
        for _again in range(2):
            assert force(dora.caller, uin=world.cora.uin, is_forced=False).suspension == NONE
    assert len(suspensions(dora.caller.scope, world.cora.account)) == 2


def test_only_direct_customers_are_forced(world: World, dora: Person) -> None:
    for one in ("carl", "otto", "rita"):
        with pytest.raises(NotVisible):
            force(dora.caller, uin=world[one].uin, is_forced=True)


def test_a_suspended_customer_does_not_leave(world: World, dora: Person) -> None:
    """huawei:A3: a manually frozen account must be unfrozen first."""
    freeze(dora.caller, account_ids=[world.cora.account_id], level=ACCOUNT, reason="r")
    with pytest.raises(Conflict):
        disassociate(world.pia.caller, account_id=world.cora.account_id)
    unfreeze(dora.caller, account_ids=[world.cora.account_id], level=ACCOUNT, reason="r")
    disassociate(world.pia.caller, account_id=world.cora.account_id)


# huawei:E2, cell by cell: what each level refuses.
REFUSED = {
    (ACCOUNT, Means.PREPAID): {Act.BUY, Act.RENEW, Act.CHANGE, Act.SWITCH, Act.OPERATE, Act.DELETE},
    (ACCOUNT, Means.POSTPAID): {
        *(Act.BUY, Act.CHANGE, Act.SWITCH, Act.OPERATE, Act.DELETE),
        *(Act.RENEW, Act.UNSUBSCRIBE),  # there is neither for pay-per-use
    },
    (RESOURCES, Means.POSTPAID): set(Act) - {Act.VIEW, Act.RENAME},
}


@pytest.mark.parametrize(("level", "means"), list(REFUSED))
def test_effects_are_those_of_the_table(level: Suspension, means: Means) -> None:
    assert set(Act) - allowed(level, means) == REFUSED[level, means]


def test_charges_go_on_for_a_frozen_account_alone() -> None:
    assert CHARGED == {NONE: True, ACCOUNT: True, RESOURCES: False}


def test_prepaid_resources_run_on_unless_the_older_wording_is_chosen(settings: Any) -> None:
    """huawei:F13."""
    assert Act.USE in allowed(RESOURCES, Means.PREPAID)
    settings.OPENPARTNER = msgspec.structs.replace(settings.OPENPARTNER, freeze_stops_prepaid=True)
    assert Act.USE not in allowed(RESOURCES, Means.PREPAID)
    assert Act.USE in allowed(ACCOUNT, Means.PREPAID)
