"""Several callers at once: nobody waits in a ring, nobody passes a limit, a key has one effect (issue 5, section 7)."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from openpartner.core.base.errors import ChannelError
from openpartner.core.credit.allocations import allocate_credit, allocate_pool
from openpartner.core.credit.grants import grant_line
from openpartner.core.credit.queries import credit_of, partner_credit, pools_of
from openpartner.core.ledger.verify import faults
from tests.credit.conftest import usd
from tests.support.people import World, build_world

ROUNDS = 15


def at_once(*works: Callable[[int], object]) -> list[BaseException]:
    """Do each work so many times in a thread of its own; returns what went wrong beyond refusals."""
    wrong: list[BaseException] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[int], object]) -> None:
        try:
            start.wait()
            for number in range(ROUNDS):
                try:
                    work(number)
                except ChannelError:
                    continue
        except BaseException as error:  # noqa: BLE001  # told by the test
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
        assert not one.is_alive(), "callers wait for each other"
    return wrong


@pytest.fixture
def people(transactional_db: None) -> World:
    """Everybody, committed."""
    world = build_world()
    grant_line(world.pia.caller, partner=world.dora.account_id, change=usd("100"), key="line")
    allocate_credit(world.dora.caller, customer=world.cora.uin, change=usd("1"), key="cora")
    allocate_pool(world.dora.caller, reseller=world.rita.uin, change=usd("1"), key="rita")
    return world


@pytest.mark.slow  # threads of their own connections, committed
def test_lines_pools_and_customers_change_at_once(people: World) -> None:
    """The rows of the same partner are named by foreign keys of one caller and locked by another."""
    pia, dora, rita = people.pia.caller, people.dora.caller, people.rita.caller
    wrong = at_once(
        lambda n: grant_line(pia, partner=people.dora.account_id, change=usd("1"), key=f"line{n}"),
        lambda n: allocate_pool(dora, reseller=people.rita.uin, change=usd("1"), key=f"pool{n}"),
        lambda n: allocate_pool(dora, reseller=people.rita.uin, change=usd("1"), key=f"again{n}"),
        lambda n: allocate_credit(dora, customer=people.cora.uin, change=usd("1"), key=f"cora{n}"),
        lambda n: allocate_credit(dora, customer=people.chen.uin, change=usd("1"), key=f"chen{n}"),
        lambda n: allocate_credit(rita, customer=people.carl.uin, change=usd("0.01"), key=f"carl{n}"),
    )
    assert wrong == []
    figures = partner_credit(dora)
    assert figures.total == usd(str(100 + ROUNDS))
    assert figures.allocated == usd(str(2 + 4 * ROUNDS))
    pool = pools_of(people.dora.account_pk, [people.rita.account_pk])[people.rita.account_pk]
    assert pool.total == usd(str(1 + 2 * ROUNDS)).micros
    assert list(faults()) == []


@pytest.mark.slow  # likewise
def test_nobody_gives_more_than_there_is_and_a_key_counts_once(people: World) -> None:
    dora = people.dora.caller
    wrong = at_once(
        *(
            lambda n, who=who: allocate_credit(dora, customer=people[who].uin, change=usd("7"), key=f"{who}{n}")
            for who in ("cora", "cora", "chen", "cyro")
        )
    )
    assert wrong == []
    given = sum(credit_of(people[who].account).total for who in ("cora", "chen", "cyro"))
    assert given == usd("99").micros  # 14 of the keys at 7, and the 1 that cora had; 98 was there
    assert partner_credit(dora).remaining == usd("0")
    assert list(faults()) == []
