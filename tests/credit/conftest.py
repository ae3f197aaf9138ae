"""What tests of credit begin with: lines for dora, sol and olga, and ways to give and to spend."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from django.db import transaction

from openpartner.core.credit import purses
from openpartner.core.credit.allocations import Allocation, allocate_credit, allocate_pool
from openpartner.core.credit.grants import grant_line
from openpartner.core.ledger.models import Kind
from openpartner.core.ledger.transfers import Order, post_one
from openpartner.kit.money import Money
from tests.support.people import World

_keys = count()
Give = Callable[[str, str], Allocation]
Spend = Callable[[str, str], None]


def usd(text: str) -> Money:
    return Money.of(text, "USD")


@pytest.fixture
def line(world: World) -> Give:
    """Change a partner's line: `line("dora", "1000")`."""

    def change(who: str, amount: str) -> Allocation:
        return grant_line(world.pia.caller, partner=world[who].account_id, change=usd(amount), key=f"t{next(_keys)}")

    return change


@pytest.fixture
def pool(world: World) -> Give:
    """Change the pool of one of dora's resellers."""

    def change(who: str, amount: str) -> Allocation:
        return allocate_pool(world.dora.caller, reseller=world[who].uin, change=usd(amount), key=f"t{next(_keys)}")

    return change


@pytest.fixture
def give(world: World) -> Give:
    """Change a customer's credit, by its own partner."""

    def change(who: str, amount: str) -> Allocation:
        owner = next(one for one in world.values() if one.account_pk == world[who].account.partner_id)
        return allocate_credit(owner.caller, customer=world[who].uin, change=usd(amount), key=f"t{next(_keys)}")

    return change


@pytest.fixture
def spend(world: World) -> Spend:
    """Charge a customer as an imported bill does: it may fall below zero."""

    def charge(who: str, amount: str) -> None:
        customer = world[who].account
        with transaction.atomic():
            available, used = purses.hold(purses.available(customer), purses.used(customer))
            micros = usd(amount).micros
            post_one(
                Order(
                    key=f"test:{next(_keys)}",
                    kind=Kind.CHARGE,
                    debit=available.pk,
                    credit=used.pk,
                    micros=micros,
                    covered=False,
                )
            )

    return charge
