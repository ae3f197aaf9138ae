"""Giving credit and taking it back. Expectations: tencent:E.1, tencent:D.3, tencent:F.2 and tencent:F.4."""

from __future__ import annotations

from itertools import groupby

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openpartner.core.base.errors import Conflict, Invalid, NotVisible
from openpartner.core.credit.allocations import (
    NotAllocable,
    NotReclaimable,
    allocate_credit,
    allocate_pool,
)
from openpartner.core.credit.grants import grant_line
from openpartner.core.credit.models import CreditAllocation
from openpartner.core.ledger.verify import faults
from tests.credit.conftest import Give, Spend, usd
from tests.support.people import World


def test_an_increment_adds_and_a_negative_one_takes_back(line: Give, give: Give) -> None:
    """tencent:D.3: the customer's new total and what is available of it."""
    line("sol", "1050.1")
    first, second, third = give("cato", "90"), give("cato", "10"), give("cato", "-50")
    assert [one.total for one in (first, second, third)] == [usd("90"), usd("100"), usd("50")]
    assert [one.available for one in (first, second, third)] == [usd("90"), usd("100"), usd("50")]
    assert list(faults()) == []


def test_what_is_given_must_be_left(line: Give, give: Give) -> None:
    line("sol", "100")
    with pytest.raises(NotAllocable):
        give("cato", "100.000001")
    assert give("cato", "100").total == usd("100")
    with pytest.raises(NotAllocable):
        give("cato", "0.000001")


def test_only_what_is_unspent_is_taken_back(line: Give, give: Give, spend: Spend) -> None:
    """tencent:E.1: reclaim x needs x <= available; the total counts what was spent too."""
    line("sol", "100")
    give("cato", "100")
    spend("cato", "70")
    with pytest.raises(NotReclaimable):
        give("cato", "-30.01")
    done = give("cato", "-30")
    assert (done.total, done.available) == (usd("70"), usd("0"))
    assert give("cato", "30").available == usd("30")


def test_a_reseller_gives_out_of_its_pool(line: Give, pool: Give, give: Give) -> None:
    """tencent:D.3: for a second-level reseller the allocable remainder is the pool from the distributor."""
    with pytest.raises(NotAllocable):
        give("carl", "1")
    line("dora", "1000")
    assert pool("rita", "234.345").total == usd("234.345")
    done = give("carl", "200")
    assert done.total == usd("200")
    with pytest.raises(NotAllocable):
        give("carl", "34.345001")
    with pytest.raises(NotReclaimable):
        pool("rita", "-34.345001")
    after = pool("rita", "-34.345")
    assert (after.total, after.available) == (usd("200"), usd("0"))
    with pytest.raises(NotAllocable):
        pool("rita", "800.000001")
    assert list(faults()) == []


@pytest.mark.parametrize("who", ["otto", "carl", "cato", "dora"])
def test_nobody_gives_to_anothers_customer(world: World, line: Give, who: str) -> None:
    line("dora", "100")
    with pytest.raises(NotVisible) as told:
        allocate_credit(world.dora.caller, customer=world[who].uin, change=usd("1"), key="k")
    with pytest.raises(NotVisible) as absent:
        allocate_credit(world.dora.caller, customer=999, change=usd("1"), key="k")
    assert str(told.value) == str(absent.value)


def test_only_a_distributor_has_pools_and_only_the_provider_gives_lines(world: World, line: Give) -> None:
    line("dora", "100")
    for who, reseller in (("sol", "rita"), ("olga", "rita"), ("dora", "ruth"), ("dora", "cora"), ("pia", "rita")):
        with pytest.raises(NotVisible):
            allocate_pool(world[who].caller, reseller=world[reseller].uin, change=usd("1"), key="k")
    for who, partner in (("dora", "rita"), ("pia", "rita"), ("pia", "cora"), ("sol", "sol")):
        with pytest.raises(NotVisible):
            grant_line(world[who].caller, partner=world[partner].account_id, change=usd("1"), key="k")


def test_a_repeat_of_a_key_has_one_effect_and_one_answer(world: World, line: Give, give: Give) -> None:
    line("dora", "100")
    first = allocate_credit(world.dora.caller, customer=world.cora.uin, change=usd("10"), key="once")
    give("cora", "5")
    again = allocate_credit(world.dora.caller, customer=world.cora.uin, change=usd("10"), key="once")
    assert again == first
    with pytest.raises(Conflict):
        allocate_credit(world.dora.caller, customer=world.cora.uin, change=usd("11"), key="once")
    with pytest.raises(Conflict):
        allocate_credit(world.dora.caller, customer=world.chen.uin, change=usd("10"), key="once")
    assert give("cora", "1").total == usd("16")


def test_keys_are_the_callers_own(world: World, line: Give) -> None:
    line("dora", "100")
    line("sol", "100")
    for who, customer in (("dora", "cora"), ("sol", "cato")):
        done = allocate_credit(world[who].caller, customer=world[customer].uin, change=usd("10"), key="same")
        assert done.total == usd("10")


@pytest.mark.parametrize("amount", ["0", "1000000000001", "-1000000000001"])
def test_an_absurd_change_is_refused(give: Give, amount: str) -> None:
    with pytest.raises(Invalid):
        give("cora", amount)


def test_a_pool_changes_by_a_million_at_most(line: Give, pool: Give) -> None:
    """tencent:F.4."""
    line("dora", "3000000")
    pool("rita", "1000000")
    with pytest.raises(Invalid):
        pool("rita", "1000000.000001")
    with pytest.raises(Invalid):
        pool("rita", "-1000000.000001")


def test_each_change_has_a_row_with_who_and_why(world: World, line: Give) -> None:
    line("dora", "100")
    done = allocate_credit(world.dora.caller, customer=world.cora.uin, change=usd("10"), remark="trial", key="k")
    row = CreditAllocation.objects.within(world.dora.caller.scope).get(pk=done.row)
    assert (row.operator, row.remark, row.micros) == ("dora_account/dora", "trial", 10_000_000)
    assert (row.provider_id, row.payer_id, row.partner_id, row.customer_id) == (
        world.pia.account_pk,
        world.dora.account_pk,
        world.dora.account_pk,
        world.cora.account_pk,
    )


def test_another_currency_is_refused(world: World, line: Give) -> None:
    from openpartner.kit.money import Money

    line("dora", "100")
    with pytest.raises(Invalid):
        allocate_credit(world.dora.caller, customer=world.cora.uin, change=Money.of("1", "CNY"), key="k")


STATEMENTS = [
    "SAVEPOINT",  # the test's own transaction is outside
    "SELECT customer",  # and lock it
    "SELECT three ledger accounts",  # and lock them
    "INSERT credit_allocation",  # or nothing, when the key was used
    "UPDATE two ledger accounts",
    "INSERT ledger_transfer",
    "INSERT audit_event",
    "RELEASE SAVEPOINT",
]


def test_an_allocation_takes_few_statements(world: World, line: Give, give: Give) -> None:
    """Issue 5, section 7: it is measured against the same statements issued by the bare driver."""
    line("dora", "100")
    give("cora", "10")  # which opened its ledger accounts
    seen: list[str] = []
    connection.ensure_connection()
    raw = connection.connection
    caller = world.dora.caller
    if connection.vendor == "sqlite":
        raw.set_trace_callback(seen.append)
        try:
            allocate_credit(caller, customer=world.cora.uin, change=usd("1"), key="counted")
        finally:
            raw.set_trace_callback(None)
        # A statement that fires triggers is told again, and what they do behind two dashes.
        seen = [sql for sql, _ in groupby(seen) if not sql.startswith("--")]
        assert len(seen) == len(STATEMENTS) + 1, "\n".join(seen)  # the two updates are a statement each
    else:
        with CaptureQueriesContext(connection) as queries:
            allocate_credit(caller, customer=world.cora.uin, change=usd("1"), key="counted")
        # What is prepared goes past the log of Django: it knows of the savepoint and the updates.
        assert len(queries) == 3, "\n".join(one["sql"] for one in queries.captured_queries)
