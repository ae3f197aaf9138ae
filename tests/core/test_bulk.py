"""Changing several customers at once: a result and an event for each (huawei:B3, B11)."""

from __future__ import annotations

import json

import pytest

from openpartner.core.access.models import User
from openpartner.core.access.roles import Preset
from openpartner.core.access.users import add_user, caller_of
from openpartner.core.audit.events import Action
from openpartner.core.audit.models import AuditEvent
from openpartner.core.base.errors import Invalid, NotAllowed, NotVisible
from openpartner.core.customers.bulk import AT_ONCE_MAX, Outcome, RowResult, add_label, assign_managers, remove_label
from openpartner.core.customers.commands import LABELS_MAX
from openpartner.core.customers.history import manager_history
from openpartner.core.loading.verify import verify
from tests.support.people import World

NOBODY = "f" * 32


def outcomes(results: list[RowResult]) -> dict[str, Outcome]:
    return {one.account_id: one.outcome for one in results}


def events(action: Action) -> list[AuditEvent]:
    return list(AuditEvent.objects.everything(reason="test").filter(action=action).order_by("pk"))


def manager_of(world: World, name: str = "mira", preset: Preset = Preset.ACCOUNT_MANAGER) -> User:
    return add_user(account=world.dora.account, name=name, email=f"{name}@example.com", password=None, presets=[preset])


def test_it_assigns_and_unassigns_and_keeps_the_history(world: World) -> None:
    mira, moe = manager_of(world), manager_of(world, "moe")
    cora, chen = world.cora, world.chen
    first = assign_managers(world.dora.caller, account_ids=[cora.account_id, chen.account_id], manager=mira.pk)
    assert outcomes(first) == {cora.account_id: Outcome.DONE, chen.account_id: Outcome.DONE}
    assert (cora.account.manager_id, chen.account.manager_id) == (mira.pk, mira.pk)
    again = assign_managers(world.dora.caller, account_ids=[cora.account_id, chen.account_id], manager=moe.pk)
    assert set(outcomes(again).values()) == {Outcome.DONE}
    ended = assign_managers(world.dora.caller, account_ids=[cora.account_id], manager=None)
    assert (outcomes(ended), cora.account.manager_id) == ({cora.account_id: Outcome.DONE}, None)
    history = manager_history(world.dora.caller, cora.account)
    assert [(one.manager.name, one.until is None, one.assigned_by) for one in history] == [
        ("moe", False, "dora"),
        ("mira", False, "dora"),
    ]
    assert history[0].since == history[1].until
    assert [one.until for one in manager_history(world.dora.caller, chen.account)][:1] == [None]
    # Who works for one partner is that partner's own business.
    assert manager_history(world.pia.caller, chen.account) == manager_history(world.rita.caller, chen.account) == []
    assert {report.name: report.told for report in verify() if report.name == "account managers"} == {
        "account managers": []
    }


def test_others_customers_and_absent_ones_are_told_alike(world: World) -> None:
    """carl is bound to dora's reseller rita, otto to another distributor's, f... to nobody."""
    mira = manager_of(world)
    asked = [world.cora.account_id, world.carl.account_id, world.otto.account_id, NOBODY, world.cora.account_id]
    results = assign_managers(world.dora.caller, account_ids=asked, manager=mira.pk)
    assert [(one.account_id, one.outcome) for one in results] == [
        (world.cora.account_id, Outcome.DONE),
        (world.carl.account_id, Outcome.NOT_VISIBLE),
        (world.otto.account_id, Outcome.NOT_VISIBLE),
        (NOBODY, Outcome.NOT_VISIBLE),
    ]
    assert (world.carl.account.manager_id, world.otto.account.manager_id) == (None, None)
    # The provider sees every customer and writes about none.
    told = add_label(world.pia.caller, account_ids=[world.cora.account_id], label="vip")
    assert outcomes(told) == {world.cora.account_id: Outcome.NOT_VISIBLE}


def test_each_customer_has_an_event_and_the_whole_has_one(world: World) -> None:
    mira = manager_of(world)
    asked = [world.cora.account_id, world.chen.account_id, world.otto.account_id]
    assign_managers(world.dora.caller, account_ids=asked, manager=mira.pk)
    assert [one.subject for one in events(Action.MANAGER_ASSIGNED)] == [world.cora.account_pk, world.chen.account_pk]
    (whole,) = events(Action.CUSTOMERS_CHANGED)
    assert json.loads(whole.details) == {
        "changed": "manager",
        "counts": {"done": 2, "unchanged": 0, "not visible": 1, "refused": 0},
    }
    assign_managers(world.dora.caller, account_ids=asked[:2], manager=mira.pk)
    assert len(events(Action.MANAGER_ASSIGNED)) == 2  # nothing happened to anybody
    assert len(events(Action.CUSTOMERS_CHANGED)) == 2


def test_a_manager_is_somebody_active_of_ones_own(world: World) -> None:
    mira = manager_of(world)
    mira.is_active = False
    mira.save(update_fields=["is_active"])
    for person in (mira.pk, world.olga.user_pk, world.rita.user_pk, 0):
        with pytest.raises(NotVisible):
            assign_managers(world.dora.caller, account_ids=[world.cora.account_id], manager=person)
    assert world.cora.account.manager_id is None


def test_it_adds_and_removes_one_label(world: World) -> None:
    """chen's label is Gold and cora has none (tests/support)."""
    both = [world.cora.account_id, world.chen.account_id]
    for person in (world.cora, world.chen):
        row = person.account
        row.labels = "Gold" if person is world.chen else ""
        row.save(update_fields=["labels"])
    assert set(outcomes(add_label(world.dora.caller, account_ids=both, label=" 重点 ")).values()) == {Outcome.DONE}
    assert (world.cora.account.labels, world.chen.account.labels) == ("重点", "Gold,重点")
    gold = add_label(world.dora.caller, account_ids=both, label="Gold")
    assert outcomes(gold) == {both[0]: Outcome.DONE, both[1]: Outcome.UNCHANGED}
    removed = remove_label(world.dora.caller, account_ids=both, label="Gold")
    assert set(outcomes(removed).values()) == {Outcome.DONE}
    # A part of a label is no label.
    assert set(outcomes(remove_label(world.dora.caller, account_ids=both, label="重")).values()) == {Outcome.UNCHANGED}
    assert (world.cora.account.labels, world.chen.account.labels) == ("重点", "重点")


def test_labels_never_grow_beyond_what_huawei_carries(world: World) -> None:
    """One text of 64 characters, commas and all (huawei:C9 label)."""
    row = world.cora.account
    row.labels = "x" * (LABELS_MAX - 4)
    row.save(update_fields=["labels"])
    (tight,) = add_label(world.dora.caller, account_ids=[world.cora.account_id], label="abc")
    assert (tight.outcome, len(world.cora.account.labels)) == (Outcome.DONE, LABELS_MAX)
    (beyond,) = add_label(world.dora.caller, account_ids=[world.cora.account_id], label="d")
    assert (beyond.outcome, len(world.cora.account.labels)) == (Outcome.REFUSED, LABELS_MAX)
    assert "64" in beyond.why


@pytest.mark.parametrize("label", ["", "  ", "a,b", "x" * (LABELS_MAX + 1)])
def test_it_refuses_what_is_no_label(world: World, label: str) -> None:
    for change in (add_label, remove_label):
        with pytest.raises(Invalid):
            change(world.dora.caller, account_ids=[world.cora.account_id], label=label)


def test_it_refuses_none_and_too_many(world: World) -> None:
    for ids in ([], [f"{number:032x}" for number in range(AT_ONCE_MAX + 1)]):
        with pytest.raises(Invalid):
            assign_managers(world.dora.caller, account_ids=ids, manager=None)
    most = [f"{number:032x}" for number in range(AT_ONCE_MAX)]
    assert set(outcomes(assign_managers(world.dora.caller, account_ids=most, manager=None)).values()) == {
        Outcome.NOT_VISIBLE
    }


def test_an_account_manager_tags_only_its_own_customers_and_assigns_nobody(world: World) -> None:
    """huawei:A5: who is an account manager alone sees only what is assigned to it."""
    mira = manager_of(world)
    assign_managers(world.dora.caller, account_ids=[world.cora.account_id], manager=mira.pk)
    caller = caller_of(User.objects.everything(reason="test").select_related("account").get(pk=mira.pk), via="test")
    both = [world.cora.account_id, world.chen.account_id]
    results = add_label(caller, account_ids=both, label="mine")
    assert outcomes(results) == {both[0]: Outcome.DONE, both[1]: Outcome.NOT_VISIBLE}
    with pytest.raises(NotAllowed):
        assign_managers(caller, account_ids=both, manager=None)
