"""Enterprise members. Rules: huawei:A4 (two accounting modes), huawei:A2 and huawei:A3 (a member is no master)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.base.kinds import AccountingMode
from openpartner.core.base.scoped import UnscopedQuery
from openpartner.core.customers.enterprise import add_member, members_on, remove_member
from openpartner.kit import clock
from tests.support.people import Person, World


def test_a_member_joins_changes_mode_and_leaves_by_date(world: World, carl: Person) -> None:
    start = clock.now()
    with clock.frozen(start):
        add_member(carl.caller, account_id=world.cleo.account_id, mode=AccountingMode.UNIFIED)
    with clock.frozen(start + timedelta(days=10)):
        add_member(carl.caller, account_id=world.cleo.account_id, mode=AccountingMode.INDEPENDENT)
    with clock.frozen(start + timedelta(days=20)):
        remove_member(carl.caller, account_id=world.cleo.account_id)

    def modes(days: int) -> list[int]:
        return [row.mode for row in members_on(carl.caller.scope, start + timedelta(days=days))]

    assert modes(5) == [AccountingMode.UNIFIED]
    assert modes(15) == [AccountingMode.INDEPENDENT]
    assert modes(25) == []


def test_members_share_the_masters_partner(world: World, carl: Person) -> None:
    for stranger in ("otto", "cora", "dora", "carl"):
        with pytest.raises(NotVisible):
            add_member(carl.caller, account_id=world[stranger].account_id, mode=AccountingMode.UNIFIED)


def test_a_master_is_no_member(world: World, carl: Person) -> None:
    add_member(carl.caller, account_id=world.cleo.account_id, mode=AccountingMode.UNIFIED)
    with pytest.raises(Conflict):
        add_member(world.cleo.caller, account_id=carl.account_id, mode=AccountingMode.UNIFIED)


def test_only_customers_are_masters(world: World, rita: Person) -> None:
    with pytest.raises(Invalid):
        add_member(rita.caller, account_id=world.carl.account_id, mode=AccountingMode.UNIFIED)


def test_a_scope_without_a_column_is_refused(rita: Person) -> None:
    with pytest.raises(UnscopedQuery):
        members_on(rita.caller.scope, clock.now())
